"""guides in words of one's own"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guide_edition',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('base', sa.String(), nullable=False),
    sa.Column('texts', sa.Text(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('revision', sa.String(), nullable=False),
    sa.Column('editors', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_edition'))
    )
    with op.batch_alter_table('guide_edition') as batch_op:
        batch_op.create_index('ix_guide_edition_open', ['guide'], unique=True,
            sqlite_where=sa.text("state IN ('draft', 'submitted')"),
            postgresql_where=sa.text("state IN ('draft', 'submitted')"))


def downgrade() -> None:
    op.drop_table('guide_edition')
