"""teams and households"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('area_name',
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('valid_from', sa.String(), nullable=False),
    sa.Column('valid_to', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('area', 'valid_from', name=op.f('pk_area_name'))
    )
    op.create_table('attempt',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('since_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_attempt'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('actor', sa.Integer(), nullable=False),
    sa.Column('via', sa.String(), nullable=False),
    sa.Column('operation', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_target', ['target'], unique=False)

    op.create_table('data_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('answer_by', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('done_by', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_request'))
    )
    with op.batch_alter_table('data_request', schema=None) as batch_op:
        batch_op.create_index('ix_data_request_open', ['due_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('group_chat',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('claimed_by', sa.Integer(), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_group_chat'))
    )
    with op.batch_alter_table('group_chat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_chat_area'), ['area'], unique=False)
        batch_op.create_index('uq_group_chat_address', ['address'], unique=True, sqlite_where=sa.text("address <> ''"), postgresql_where=sa.text("address <> ''"))

    op.create_table('household_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('other', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('actor', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_event'))
    )
    with op.batch_alter_table('household_event', schema=None) as batch_op:
        batch_op.create_index('ix_household_event_household', ['household', 'id'], unique=False)

    op.create_table('link_code',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('household', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.Column('used_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_link_code'))
    )
    with op.batch_alter_table('link_code', schema=None) as batch_op:
        batch_op.create_index('ix_link_code_expires_at', ['expires_at'], unique=False)

    op.create_table('person_address',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('is_owner', sa.Boolean(), nullable=False),
    sa.Column('preferred', sa.Boolean(), nullable=False),
    sa.Column('linked_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('address', 'person', name=op.f('pk_person_address'))
    )
    with op.batch_alter_table('person_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_address_person'), ['person'], unique=False)
        batch_op.create_index('uq_person_address_owner', ['address'], unique=True, sqlite_where=sa.text('is_owner'), postgresql_where=sa.text('is_owner'))
        batch_op.create_index('uq_person_address_preferred', ['person'], unique=True, sqlite_where=sa.text('preferred'), postgresql_where=sa.text('preferred'))

    op.create_table('role_grant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('granted_by', sa.Integer(), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index('uq_role_grant_live', ['person', 'role', 'area'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('team_area',
    sa.Column('team', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('team', 'area', name=op.f('pk_team_area'))
    )
    with op.batch_alter_table('team_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_area_area'), ['area'], unique=False)

    op.create_table('team_member',
    sa.Column('team', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('on_duty', sa.Boolean(), nullable=False),
    sa.Column('quiet_until', sa.BigInteger(), nullable=False),
    sa.Column('joined_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('team', 'person', name=op.f('pk_team_member'))
    )
    with op.batch_alter_table('team_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_member_person'), ['person'], unique=False)

    op.create_table('upkeep',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('ran_at', sa.BigInteger(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_upkeep'))
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.add_column(sa.Column('search', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('successor', sa.String(), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_area_parent'), ['parent'], unique=False)

    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('acting', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('desk', sa.Text(), nullable=False, server_default=''))

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('ix_consent_person', ['person'], unique=False)

    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person', sa.Integer(), nullable=False, server_default='0'))
        batch_op.drop_constraint('pk_conversation', type_='primary')
        batch_op.create_primary_key('pk_conversation', ['address', 'person'])

    with op.batch_alter_table('help_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person', sa.Integer(), nullable=False, server_default='0'))
        batch_op.drop_index('uq_help_request_open')
        batch_op.create_index('uq_help_request_open', ['address', 'person'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.add_column(sa.Column('search', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('state', sa.String(), nullable=False, server_default='active'))
        batch_op.add_column(sa.Column('merged_into', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('muted_reason', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('muted_until', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('changed_at', sa.BigInteger(), nullable=False, server_default='0'))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('ix_outbox_queued_person', ['person'], unique=False, sqlite_where=sa.text("state = 'queued' AND person <> 0"), postgresql_where=sa.text("state = 'queued' AND person <> 0"))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('honorific', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('key', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('is_head', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('age_band', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('smartphone', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('phone', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('phone_mark', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('changed_at', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.alter_column('household', existing_type=sa.String(), nullable=True)
        batch_op.drop_index(batch_op.f('ix_person_household'))

    op.execute("UPDATE person SET key = 'n' || id")
    op.execute("UPDATE household SET search = lower(code || ' ' || label)")
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_phone_mark', ['phone_mark'], unique=False, sqlite_where=sa.text("phone_mark <> ''"), postgresql_where=sa.text("phone_mark <> ''"))
        batch_op.create_index('uq_person_head', ['household'], unique=True, sqlite_where=sa.text('is_head'), postgresql_where=sa.text('is_head'))
        batch_op.create_unique_constraint(batch_op.f('uq_person_household_key'), ['household', 'key'])

    with op.batch_alter_table('progress', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('ix_progress_person', ['person'], unique=False)
