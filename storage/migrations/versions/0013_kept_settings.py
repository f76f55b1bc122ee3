"""settings given on a page"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kept_setting',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_kept_setting'))
    )


def downgrade() -> None:
    op.drop_table('kept_setting')
