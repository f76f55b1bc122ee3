"""sequences, confirmations, reminders and visits"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('confirmation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('revision', sa.String(), nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('visit', sa.Integer(), nullable=False),
    sa.Column('recorder', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confirmation')),
    sa.UniqueConstraint('person', 'guide', 'kind', name=op.f('uq_confirmation_person_guide_kind'))
    )
    with op.batch_alter_table('confirmation', schema=None) as batch_op:
        batch_op.create_index('ix_confirmation_at', ['at'], unique=False)

    op.create_table('guide_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('revision', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('stuck', sa.Integer(), nullable=False),
    sa.Column('helped_at', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('moved_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_run'))
    )
    with op.batch_alter_table('guide_run', schema=None) as batch_op:
        batch_op.create_index('ix_guide_run_helped', ['helped_at'], unique=False, sqlite_where=sa.text('helped_at > 0'), postgresql_where=sa.text('helped_at > 0'))
        batch_op.create_index('ix_guide_run_sequence', ['sequence', 'place'], unique=False)
        batch_op.create_index('uq_guide_run_live', ['person', 'guide'], unique=True, sqlite_where=sa.text("state IN ('planned', 'given', 'started')"), postgresql_where=sa.text("state IN ('planned', 'given', 'started')"))

    op.create_table('reminder',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('run', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_due', ['due_at'], unique=False, sqlite_where=sa.text("state = 'scheduled'"), postgresql_where=sa.text("state = 'scheduled'"))
        batch_op.create_index('ix_reminder_run', ['run'], unique=False)
        batch_op.create_index('ix_reminder_sent', ['address', 'ended_at'], unique=False, sqlite_where=sa.text("state = 'sent'"), postgresql_where=sa.text("state = 'sent'"))
        batch_op.create_index('uq_reminder_scheduled', ['run', 'kind'], unique=True, sqlite_where=sa.text("state = 'scheduled'"), postgresql_where=sa.text("state = 'scheduled'"))

    op.create_table('sequence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequence'))
    )
    with op.batch_alter_table('sequence', schema=None) as batch_op:
        batch_op.create_index('ix_sequence_active_address', ['address'], unique=False, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.create_index('ix_sequence_due', ['due_at'], unique=False, sqlite_where=sa.text('due_at > 0'), postgresql_where=sa.text('due_at > 0'))
        batch_op.create_index('ix_sequence_person', ['person'], unique=False)
        batch_op.create_index('ix_sequence_start', ['start'], unique=False)

    op.create_table('sequence_start',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('guides', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequence_start'))
    )
    op.create_table('visit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('member', sa.Integer(), nullable=False),
    sa.Column('day', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('household', 'person', 'guide', 'outcome', 'day', name=op.f('uq_visit_household_person_guide_outcome_day'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_at', ['at'], unique=False)
        batch_op.create_index('ix_visit_household', ['household', 'at'], unique=False)

