"""scam warnings are counted; reports have lines in members' words"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def _number() -> sa.Column:
    return sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False)


def upgrade() -> None:
    op.create_table('scam_warning',
    _number(),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scam_warning'))
    )
    with op.batch_alter_table('scam_warning', schema=None) as batch_op:
        batch_op.create_index('ix_scam_warning_at', ['at'], unique=False)
    op.create_table('remark',
    _number(),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('week', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remark'))
    )
    with op.batch_alter_table('remark', schema=None) as batch_op:
        batch_op.create_index('ix_remark_week', ['week', 'area'], unique=False)


def downgrade() -> None:
    op.drop_table('remark')
    op.drop_table('scam_warning')
