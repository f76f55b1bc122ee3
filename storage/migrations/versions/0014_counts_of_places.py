"""what is counted of places is kept by week; where people live is read from indexes"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('place_week',
    sa.Column('week', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.Column('steps', sa.Text(), nullable=False),
    sa.Column('counted_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('week', 'area', name=op.f('pk_place_week'))
    )
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_household_area'))
        batch_op.create_index('ix_household_area', ['area', 'state', 'code'], unique=False)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_lives', ['household', 'id', 'age_band', 'smartphone'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index('ix_person_lives')
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index('ix_household_area')
        batch_op.create_index(batch_op.f('ix_household_area'), ['area'], unique=False)
    op.drop_table('place_week')
