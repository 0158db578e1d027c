"""Migrations run again, or cut off in the middle, lose nothing on either database."""

from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from addon import create_app
from addon.config import Settings
from addon.records import MIGRATIONS, db, migrate
from tests.records.filling import fill

WHERE = str(MIGRATIONS)


class PowerCut(BaseException):
    """The machine stops in the middle of a statement."""


def an_app(database: str, folder) -> Flask:
    environ = {
        "ADDON_BASE_URL": "https://hours.example.com",
        "ADDON_SECRET_KEYS": Fernet.generate_key().decode(),
        "INTUIT_CLIENT_ID": "client-id",
        "INTUIT_CLIENT_SECRET": "client-secret",
        "DATABASE_URL": database,
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
    }
    return create_app(Settings.from_environ(environ))


@pytest.fixture
def app(database, tmp_path):
    """An application whose database is still empty."""
    made = an_app(database, tmp_path)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def test_p38_migrating_again_keeps_every_row(app):
    """Starting the add-on again on a filled database changes nothing in it."""
    migrate(app)
    with app.app_context():
        row = {"name": "send:1", "owner": "me", "until": "2030-01-01 00:00:00+00"}
        put = sa.text("INSERT INTO lease VALUES (:name, :owner, :until)")
        db.session.execute(put, row)
        db.session.commit()
        db.session.remove()
        migrate(app)
        kept = db.session.execute(sa.text("SELECT name FROM lease")).scalars().all()
    assert kept == ["send:1"]


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_p38_a_migration_cut_off_in_the_middle_can_be_repeated(app, share):
    """A power cut during an update leaves the old tables, never half of the new."""
    with app.app_context():
        said = statements_of(lambda: upgrade(directory=WHERE))
        downgrade(directory=WHERE, revision="base")
        with pytest.raises(PowerCut):
            statements_of(lambda: upgrade(directory=WHERE), int(len(said) * share))
        db.engine.dispose()
        assert tables() <= {"alembic_version"}
        upgrade(directory=WHERE)
        check(directory=WHERE)
        assert set(db.metadata.tables) <= tables()


def statements_of(act, last=None) -> list[str]:
    """Note what changes the database, and stop it all at one statement."""
    said: list[str] = []

    def look(_connection, _cursor, statement, *_rest):
        if not statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE")):
            return
        if last is not None and len(said) >= last:
            raise PowerCut
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", look)
    try:
        act()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", look)
    return said


def entries_of(table: str, run_id: int) -> list[str]:
    """List the ids of entries in a table of whatever revision."""
    query = sa.text(f"SELECT entry_id FROM {table} WHERE run_id = :run ORDER BY 1")
    with db.engine.connect() as connection:
        return list(connection.scalars(query, {"run": run_id}))


def selections() -> dict[int, list[str]]:
    """Read what the older revision knows of each run."""
    query = sa.select(sa.table("run", sa.column("id"), sa.column("selection", sa.JSON)))
    with db.engine.connect() as connection:
        rows = connection.execute(query).all()
    return {number: sorted(kept.get("entries", ())) for number, kept in rows}


def test_p38_a_run_that_is_still_choosing_goes_on_after_an_update(app):
    """An update in the middle of a run forgets no entry that somebody chose."""
    wished = [f"entry {n:04}" for n in range(2500)]
    with app.app_context():
        upgrade(directory=WHERE, revision="0002")
        fill(db.engine, app.extensions["vault"], 3)
        run = sa.table(
            "run", sa.column("id"), sa.column("state"), sa.column("selection", sa.JSON)
        )
        states = {1: "paused", 2: "choosing", 3: "done"}
        with db.engine.begin() as connection:
            for number, state in states.items():
                own = f"piece.entry_id {number}"
                change = sa.update(run).where(run.c.id == number)
                connection.execute(
                    change.values(state=state, selection={"entries": [own, *wished]})
                )
        kept = selections()
        upgrade(directory=WHERE)
        found = {number: entries_of("selected", number) for number in states}
        assert found == {1: wished, 2: wished, 3: []}
        downgrade(directory=WHERE, revision="0002")
        assert selections() == kept | {3: ["piece.entry_id 3"]}


def test_sqlite_is_as_durable_as_promised(tmp_path):
    """A webhook that was answered survives a power cut, and erased means erased."""
    app = an_app(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
    with app.app_context():
        with closing(db.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            found = {
                name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted
            }
        db.engine.dispose()
    assert found == wanted


def test_the_migrations_have_one_head_and_no_gap():
    """There is one way to the newest tables, so that every update finds it."""
    script = ScriptDirectory(WHERE)
    assert len(script.get_heads()) == 1
    assert len(list(script.walk_revisions())) >= 1
