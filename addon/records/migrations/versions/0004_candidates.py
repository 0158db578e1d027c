"""Which activities may be a piece's own, so that a person can say it of one."""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default is for the rows that are there already; the next step takes it away.
    with op.batch_alter_table('piece') as batch:
        batch.add_column(sa.Column('candidates', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('piece') as batch:
        batch.alter_column('candidates', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('piece') as batch:
        batch.drop_column('candidates')
