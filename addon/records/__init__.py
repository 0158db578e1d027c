"""What we remember: the database, its pragmas, its migrations and its transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import TimeoutError as DatabaseBusy

from addon.records.base import db, everywhere, within
from addon.records.plans import steady

# Seconds that a writer waits for the others on SQLite.
PATIENCE = 20

# Seconds after which a PostgreSQL that does not answer counts as away.
PROMPT = 5
# What a machine that froze in the middle of a transaction holds, it holds no longer
# than this; nothing of ours rests in a transaction for anywhere near so long.
LONGEST_REST = "3min"

MIGRATIONS = Path(__file__).parent / "migrations"

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)
_only_one: ContextVar[bool] = ContextVar("only_one", default=False)

migrations = Migrate(directory=str(MIGRATIONS), render_as_batch=True)


def init_app(app: Flask) -> None:
    """Give the application its database: durable on SQLite, prompt on PostgreSQL."""
    # Importing the models is what registers their tables.
    from addon.records import models  # noqa: F401

    db.init_app(app)
    migrations.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _make_sqlite_durable(db.engine)
        else:
            _make_postgresql_prompt(db.engine)


def migrate(app: Flask) -> None:
    """Apply every pending migration; safe to call when there is none."""
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        if db.engine.dialect.name == "sqlite":
            steady(db.engine)


def ping() -> None:
    """Reach the database, or raise SQLAlchemy's error; needs an app context."""
    db.session.execute(text("SELECT 1"))
    db.session.rollback()


@contextmanager
def reading() -> Iterator[None]:
    """Promise to write nothing, so that SQLite lets others write meanwhile."""
    token = _only_reading.set(True)
    try:
        yield
    finally:
        _only_reading.reset(token)


@contextmanager
def single() -> Iterator[None]:
    """
    Promise one statement until the next commit: SQLite needs no transaction for it.

    In a storm of news that is two waits fewer, for each of many threads.
    """
    token = _only_one.set(True)
    try:
        yield
    finally:
        _only_one.reset(token)


def _make_sqlite_durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:  # noqa: ANN401
        # The driver must not begin transactions by itself: see _begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL, because an answered webhook must survive a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
        cursor.execute("PRAGMA foreign_keys=ON")
        # Erased means erased: freed pages are overwritten with zeroes.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    # SQLite lets writers poll for their turn with ever longer pauses. Within this
    # process they queue up here instead, and the next one goes on at once.
    turn = threading.Lock()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later would be refused without
        # waiting when another wrote in between; so writers queue up at the start.
        if _only_reading.get():
            if not _only_one.get():
                connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("has_turn"):
            connection.info["has_turn"] = turn.acquire(timeout=PATIENCE)
        if not connection.info["has_turn"]:
            # Whoever has waited so long must not wait once more for the file.
            raise DatabaseBusy("SQLite has been busy for too long")
        if not _only_one.get():
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _end_turn(_connection: object, record: Any) -> None:  # noqa: ANN401
        if record.info.pop("has_turn", False):
            turn.release()


def _make_postgresql_prompt(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def _soon(_dialect: object, _record: object, _args: Any, given: Any) -> None:  # noqa: ANN401
        # An address may say otherwise; its own words come first.
        given.setdefault("connect_timeout", PROMPT)
        given.setdefault("keepalives_idle", 30)
        given.setdefault("tcp_user_timeout", 30_000)

    @event.listens_for(engine, "connect")
    def _no_long_rest(connection: Any, _record: Any) -> None:  # noqa: ANN401
        with connection.cursor() as cursor:
            rest = f"SET idle_in_transaction_session_timeout = '{LONGEST_REST}'"
            cursor.execute(rest)
        connection.commit()


def rotate(app: Flask) -> int:
    """Seal stored secrets again with the newest key; give how many had an older one."""
    from addon.records.keys import reseal_everything

    with app.app_context(), everywhere():
        return reseal_everything()


__all__ = [
    "db",
    "everywhere",
    "init_app",
    "migrate",
    "ping",
    "reading",
    "single",
    "within",
]
