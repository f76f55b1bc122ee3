"""who was shown which household"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sight',
    sa.Column('viewer', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('viewer', 'day', 'household', name=op.f('pk_sight'))
    )
    op.create_index('ix_sight_household', 'sight', ['household'], unique=False)
    op.create_index('ix_sight_at', 'sight', ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('sight')
