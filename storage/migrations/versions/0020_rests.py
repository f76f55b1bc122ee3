"""chats that write faster than they can be answered rest for a while"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contact') as batch_op:
        batch_op.add_column(sa.Column('rests_until', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('rested', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    with op.batch_alter_table('contact') as batch_op:
        batch_op.drop_column('rested')
        batch_op.drop_column('rests_until')
