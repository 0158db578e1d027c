"""A run's entries without a piece are rows, not one list; what QuickBooks said is kept, and the currency of money."""

from alembic import op
import sqlalchemy as sa
import addon.records.base


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

IN_DOUBT = sa.text("reason IN ('maybe-there', 'wrong-person-there')")
RUNNING = ('choosing', 'sending', 'paused', 'stopping')
run = sa.table('run', sa.column('id'), sa.column('installation_id'), sa.column('state'), sa.column('selection', sa.JSON()))
piece = sa.table('piece', sa.column('run_id'), sa.column('entry_id'))
selected = sa.table('selected', sa.column('installation_id'), sa.column('run_id'), sa.column('entry_id'))


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        # A run that a process of the former version begins meanwhile would be missed.
        op.execute('LOCK TABLE run IN ACCESS EXCLUSIVE MODE')
    op.create_table('selected',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', addon.records.base.Word(), nullable=False),
    sa.Column('installation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['installation_id'], ['installation.id'], name=op.f('fk_selected_installation_id_installation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_selected_run_id_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'entry_id', name=op.f('pk_selected'))
    )
    with op.batch_alter_table('selected') as batch:
        batch.create_index(batch.f('ix_selected_installation_id'), ['installation_id'], unique=False)
    op.create_index('ix_piece_in_doubt', 'piece', ['company_id', 'entry_id'], sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)
    op.execute("UPDATE piece SET reason = 'maybe-there' WHERE reason = 'unclear' AND explanation LIKE '%It may be time activity%'")
    op.execute("UPDATE piece SET reason = 'wrong-person-there' WHERE reason = 'wrong-person' AND explanation LIKE '%did not let us take it out%'")
    _select(op.get_bind())
    # The default is for the rows that are there already; the next step takes it away.
    for table in ('piece', 'receipt'):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column('currency', sa.Text(), nullable=False, server_default=''))
        with op.batch_alter_table(table) as batch:
            batch.alter_column('currency', server_default=None)
    with op.batch_alter_table('run') as batch:
        batch.drop_column('selection')
        batch.add_column(sa.Column('raw', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('run') as batch:
        batch.alter_column('raw', server_default=None)


def _select(connection: sa.Connection) -> None:
    running = sa.select(run.c.id, run.c.installation_id).where(run.c.state.in_(RUNNING))
    for number, installation_id in connection.execute(running).all():
        wished = connection.scalar(sa.select(run.c.selection).where(run.c.id == number)) or {}
        ids = dict.fromkeys(wished.get('entries', ()))
        for entry_id in _pieces(connection, number):
            ids.pop(entry_id, None)
        rows = [{'installation_id': installation_id, 'run_id': number, 'entry_id': each} for each in ids]
        for some in (rows[start:start + 1000] for start in range(0, len(rows), 1000)):
            connection.execute(sa.insert(selected), some)


def _pieces(connection: sa.Connection, number: int) -> list[str]:
    return list(connection.scalars(sa.select(piece.c.entry_id).where(piece.c.run_id == number)))


def downgrade() -> None:
    op.drop_index('ix_piece_in_doubt', 'piece', sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)
    for table in ('piece', 'receipt'):
        with op.batch_alter_table(table) as batch:
            batch.drop_column('currency')
    # The default is for the rows that are there already; the last step takes it away.
    with op.batch_alter_table('run') as batch:
        batch.drop_column('raw')
        batch.add_column(sa.Column('selection', sa.JSON(), nullable=False, server_default='{}'))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(run.c.id)).all():
        waiting = connection.scalars(sa.select(selected.c.entry_id).where(selected.c.run_id == number))
        entries = [*_pieces(connection, number), *waiting]
        connection.execute(sa.update(run).where(run.c.id == number).values(selection={'entries': entries}))
    with op.batch_alter_table('run') as batch:
        batch.alter_column('selection', server_default=None)
    op.drop_table('selected')
