"""Insert rows and let the database pass over those it already has."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from addon.records.base import Record, db


def insert_new(table: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Insert what breaks no unique key; the caller commits. Rows have equal keys."""
    if not rows:
        return
    dialect = db.engine.dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table.__table__).on_conflict_do_nothing()  # type: ignore[arg-type]
    # One statement for each row: the same text every time, so it is put together once.
    db.session.execute(statement, list(rows))
