"""pictures in calls for help"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('help_picture',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('request', sa.Integer(), nullable=False),
    sa.Column('actor', sa.Integer(), nullable=False),
    sa.Column('of_member', sa.Boolean(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_picture'))
    )
    with op.batch_alter_table('help_picture', schema=None) as batch_op:
        batch_op.create_index('ix_help_picture_request', ['request'], unique=False)
        batch_op.create_index('ix_help_picture_path', ['path'], unique=False)
        batch_op.create_index('ix_help_picture_waiting', ['due_at'], unique=False, sqlite_where=sa.text("path = ''"), postgresql_where=sa.text("path = ''"))
    op.add_column('help_event', sa.Column('picture', sa.String(), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('help_event', 'picture')
    op.drop_table('help_picture')
