"""goals and reports"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('goal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due', sa.String(), nullable=False),
    sa.Column('base', sa.Integer(), nullable=False),
    sa.Column('base_source', sa.String(), nullable=False),
    sa.Column('base_day', sa.String(), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal'))
    )
    with op.batch_alter_table('goal', schema=None) as batch_op:
        batch_op.create_index('ix_goal_area', ['area', 'guide', 'id'], unique=False)

    op.create_table('report_snapshot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('week', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_snapshot')),
    sa.UniqueConstraint('area', 'week', 'version', name=op.f('uq_report_snapshot_area_week_version'))
    )
    with op.batch_alter_table('progress', schema=None) as batch_op:
        batch_op.create_index('ix_progress_at', ['at'], unique=False)
        batch_op.create_index('ix_progress_finished', ['person', 'guide', 'at'], unique=False, sqlite_where=sa.text("outcome = 'finished'"), postgresql_where=sa.text("outcome = 'finished'"))
