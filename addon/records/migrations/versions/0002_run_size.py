"""A run knows how many entries it was begun over, without reading its list of ids."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

run = sa.table('run', sa.column('id'), sa.column('selection', sa.JSON()), sa.column('size'))


def upgrade() -> None:
    # The default is for the rows that are there already; the next step takes it away.
    with op.batch_alter_table('run') as batch:
        batch.add_column(sa.Column('size', sa.Integer(), nullable=False, server_default='0'))
    connection = op.get_bind()
    for number, selection in connection.execute(sa.select(run.c.id, run.c.selection)).all():
        size = len((selection or {}).get('entries', ()))
        connection.execute(sa.update(run).where(run.c.id == number).values(size=size))
    with op.batch_alter_table('run') as batch:
        batch.alter_column('size', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('run') as batch:
        batch.drop_column('size')
