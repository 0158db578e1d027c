"""How Alembic reaches our database: through the application, online only."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, func, select, text

from addon.records.base import db

engine = current_app.extensions["migrate"].db.engine
arguments = current_app.extensions["migrate"].configure_args
IS_SQLITE = engine.dialect.name == "sqlite"
LOCK = 4_816_233  # any number, but always the same


def run() -> None:
    """Migrate in one transaction: what cuts it off leaves the tables as they were."""
    with engine.connect() as connection:
        if IS_SQLITE:
            watch_keys(connection, "OFF")
        try:
            with connection.begin():
                migrate(connection)
        finally:
            if IS_SQLITE:
                watch_keys(connection, "ON")


def migrate(connection: Connection) -> None:
    """Go to the wanted revision; who comes second waits, and finds nothing to do."""
    if not IS_SQLITE:  # which lets one writer in at a time as it is
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    context.configure(connection=connection, target_metadata=db.metadata, **arguments)
    context.run_migrations()
    if IS_SQLITE and connection.execute(text("PRAGMA foreign_key_check")).all():
        raise RuntimeError("this migration would leave rows that belong to nothing")


def watch_keys(connection: Connection, setting: str) -> None:
    """
    Let SQLite watch foreign keys or not; it listens outside of transactions only.

    It changes most tables by a copy that takes their place. If it watched then, it
    would erase whatever belongs to a row of the old table.
    """
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={setting}")


run()
