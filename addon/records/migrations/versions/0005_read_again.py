"""When a run's entries were last fresh, and which entries were found and yet are not there."""

from alembic import op
import sqlalchemy as sa
import addon.records.base


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('run') as batch:
        batch.add_column(sa.Column('fresh_at', addon.records.base.Instant(timezone=True), nullable=True))
    # The default is for the rows that are there already; the next step takes it away.
    with op.batch_alter_table('moving') as batch:
        batch.add_column(sa.Column('undone', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('moving') as batch:
        batch.alter_column('undone', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('moving') as batch:
        batch.drop_column('undone')
    with op.batch_alter_table('run') as batch:
        batch.drop_column('fresh_at')
