"""logins of the console"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('login',
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=False),
    sa.Column('totp', sa.Text(), nullable=False),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('invitation', sa.String(), nullable=False),
    sa.Column('invited_until', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('person', name=op.f('pk_login')),
    sa.UniqueConstraint('name', name=op.f('uq_login_name'))
    )
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.create_index('uq_login_invitation', ['invitation'], unique=True, sqlite_where=sa.text("invitation <> ''"), postgresql_where=sa.text("invitation <> ''"))

    op.create_table('login_link',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_login_link'))
    )
    with op.batch_alter_table('login_link', schema=None) as batch_op:
        batch_op.create_index('ix_login_link_expires_at', ['expires_at'], unique=False)

    op.create_table('login_session',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_login_session'))
    )
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.create_index('ix_login_session_person', ['person'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.drop_index('ix_login_session_person')

    op.drop_table('login_session')
    with op.batch_alter_table('login_link', schema=None) as batch_op:
        batch_op.drop_index('ix_login_link_expires_at')

    op.drop_table('login_link')
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.drop_index('uq_login_invitation', sqlite_where=sa.text("invitation <> ''"), postgresql_where=sa.text("invitation <> ''"))

    op.drop_table('login')
