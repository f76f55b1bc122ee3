"""calls for help are claimed, handed on and told"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_LIVE = sa.text("state <> 'closed'")
_OPEN = sa.text("state = 'open'")
_CLAIMED = sa.text("state = 'claimed'")
_UNTOLD = sa.text("told_at IS NULL")
_TEXTS = ('area', 'level', 'outcome', 'helper')
_NUMBERS = ('due_at', 'claimed_at', 'replied_at', 'said_at', 'ended_at')


def upgrade() -> None:
    op.create_table('help_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('request', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('actor', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_event'))
    )
    with op.batch_alter_table('help_event', schema=None) as batch_op:
        batch_op.create_index('ix_help_event_request', ['request', 'id'], unique=False)
        batch_op.create_index('ix_help_event_untold', ['id'], unique=False, sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)

    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.drop_index('uq_help_request_open', sqlite_where=_OPEN, postgresql_where=_OPEN)
        for name in _TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=''))
        for name in _NUMBERS:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('claimed_by', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('uq_help_request_live', ['address', 'person'], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
        batch_op.create_index('ix_help_request_due', ['due_at'], unique=False, sqlite_where=_LIVE, postgresql_where=_LIVE)
        batch_op.create_index('ix_help_request_claimed', ['claimed_by'], unique=False, sqlite_where=_CLAIMED, postgresql_where=_CLAIMED)


def downgrade() -> None:
    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.drop_index('ix_help_request_claimed', sqlite_where=_CLAIMED, postgresql_where=_CLAIMED)
        batch_op.drop_index('ix_help_request_due', sqlite_where=_LIVE, postgresql_where=_LIVE)
        batch_op.drop_index('uq_help_request_live', sqlite_where=_LIVE, postgresql_where=_LIVE)
        for name in (*_TEXTS, *_NUMBERS, 'claimed_by'):
            batch_op.drop_column(name)
        batch_op.create_index('uq_help_request_open', ['address', 'person'], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

    op.drop_table('help_event')
