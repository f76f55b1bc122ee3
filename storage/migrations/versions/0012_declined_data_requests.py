"""why a data request was declined"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('data_request') as batch_op:
        batch_op.add_column(sa.Column('declined', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('data_request') as batch_op:
        batch_op.drop_column('declined')
