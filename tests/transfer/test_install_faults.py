"""An installation is never acknowledged unless it has been kept."""

import sqlite3
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from addon.records import db
from addon.sandbox.clockify.manifest import InstallFailed
from tests.databases import wipe
from tests.lifecycle import FILLER, stored, tell
from tests.world import World


@contextmanager
def locked(world: World, folder):
    """Somebody else keeps the database file locked."""
    other = sqlite3.connect(folder / "addon.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with each_connection(world, "PRAGMA busy_timeout=50"):
        yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def each_connection(world: World, pragma: str):
    """Let every new connection begin with this word."""

    def say(connection, _record):
        connection.execute(pragma)

    with world.app.app_context():
        engine = db.engine
    engine.dispose()
    sa.event.listen(engine, "connect", say)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", say)
        engine.dispose()


@contextmanager
def full(world: World, folder):
    """There is no room on the disk: not one page more, and the last one is taken."""
    fill_last_page(folder)
    with each_connection(world, "PRAGMA max_page_count=1"):
        yield


def fill_last_page(folder) -> None:
    """Put in rows of nobody until one more would need another page."""
    other = sqlite3.connect(folder / "addon.sqlite", isolation_level=None)
    about = other.execute("PRAGMA table_info(installation)").fetchall()
    needed = [name for _, name, _, is_needed, _, is_key in about if is_needed > is_key]
    named, marks = ", ".join(needed), ", ".join("?" * len(needed))
    put = f"INSERT INTO installation ({named}) VALUES ({marks})"
    for number in range(1000):
        other.execute("BEGIN IMMEDIATE")
        before = other.execute("PRAGMA page_count").fetchone()
        row = {"addon_id": f"{FILLER}{number}", "token": "x" * 500}
        other.execute(put, [row.get(name, "") for name in needed])
        grown = other.execute("PRAGMA page_count").fetchone() != before
        other.execute("ROLLBACK" if grown and number > 1 else "COMMIT")
        if grown and number > 1:
            break
    other.close()


@contextmanager
def read_only(world: World, folder):
    """The database file may be read only."""
    with each_connection(world, "PRAGMA query_only=1"):
        yield


@contextmanager
def away(world: World, folder):
    """The database is not there."""
    with world.app.app_context():
        db.engine.dispose()
    for path in folder.glob("addon.sqlite*"):
        path.rename(folder / f"kept-{path.name}")
    (folder / "addon.sqlite").mkdir()
    try:
        yield
    finally:
        (folder / "addon.sqlite").rmdir()
        for path in folder.glob("kept-*"):
            path.rename(folder / path.name.removeprefix("kept-"))


def failing_install(world: World):
    """Install while something is wrong; give what Clockify had to say."""
    with pytest.raises(InstallFailed):
        world.workspace.install(f"{world.url}/manifest.json")
    return world.workspace.former[-1]


@pytest.mark.parametrize("fault", [locked, full, read_only, away])
def test_p9_installed_is_never_acknowledged_without_a_database(fault, tmp_path, said):
    """While the database is unusable an installation is refused with 5xx, then kept."""
    with World(tmp_path, entries=0) as world:
        with fault(world, tmp_path):
            one = failing_install(world)
            assert tell(world, "installed", one) >= 500
        assert stored(world) == {}
        accept_again_and_again(world, one)


def accept_again_and_again(world: World, one) -> None:
    """Retries and duplicates are accepted and leave one whole installation."""
    for _ in range(3):
        assert tell(world, "installed", one) == 204
        assert stored(world) == {one.addon_id: len(one.webhook_tokens)}


class Fault:
    """Breaks one statement, or the commit, of whatever happens next."""

    def __init__(self, engine: sa.Engine, at: int) -> None:
        self._engine, self._at = engine, at
        self.count = 0

    def __enter__(self):
        sa.event.listen(self._engine, "before_cursor_execute", self._statement)
        sa.event.listen(self._engine, "commit", self._commit)
        return self

    def __exit__(self, *_failure):
        sa.event.remove(self._engine, "before_cursor_execute", self._statement)
        sa.event.remove(self._engine, "commit", self._commit)

    @property
    def struck(self) -> bool:
        return self.count > self._at

    def _statement(self, *_all):
        self._step()

    def _commit(self, _connection):
        self._step()

    def _step(self):
        self.count += 1
        if self.count == self._at + 1:
            raise OperationalError("disk I/O error", None, OSError())


def test_p9_installed_broken_off_at_every_statement_leaves_nothing_half(
    database, tmp_path, capsys, said
):
    """Whichever step of an installation fails, Clockify hears it and can repeat it."""
    with World(tmp_path, environ={"DATABASE_URL": database}, entries=0) as world:
        with world.app.app_context():
            engine = db.engine
        points = 0
        while True:
            with Fault(engine, points) as fault:
                if not fails(world):
                    break
                one = world.workspace.former[-1]
            assert fault.struck
            assert stored(world) == {}
            points += 1
        world.workspace.uninstall()
        accept_again_and_again(world, one)
    with capsys.disabled():
        print(f"\nP9: {points} fault points, all answered with 5xx and repeatable")
    assert points >= 10


def fails(world: World) -> bool:
    try:
        world.workspace.install(f"{world.url}/manifest.json")
    except InstallFailed:
        return True
    return False


@pytest.mark.postgres
def test_p9_installed_while_postgresql_is_down(postgres_url, tmp_path, said):
    """While PostgreSQL refuses connections an installation is not acknowledged."""
    wipe(postgres_url)
    with World(tmp_path, environ={"DATABASE_URL": postgres_url}, entries=0) as world:
        name = postgres_url.rpartition("/")[2]
        server = postgres_url.removesuffix(name) + "postgres"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            try:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s",
                    (name,),
                )
                one = failing_install(world)
                assert tell(world, "installed", one) >= 500
            finally:
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        accept_again_and_again(world, one)
