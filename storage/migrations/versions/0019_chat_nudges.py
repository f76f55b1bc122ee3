"""reminders for chats nobody is tied to"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chat_nudge',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('guide', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_chat_nudge'))
    )
    with op.batch_alter_table('chat_nudge', schema=None) as batch_op:
        batch_op.create_index('ix_chat_nudge_due_at', ['due_at'], unique=False)


def downgrade() -> None:
    op.drop_table('chat_nudge')
