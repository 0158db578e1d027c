"""Insert rows and let the database pass over those it already has."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite

from addon.records.base import Record, db


def insert_new(table: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Insert what breaks no unique key; the caller commits. Rows have equal keys."""
    if not rows:
        return
    # One statement for each row: the same text every time, so it is put together once.
    statement = _insert(table, db.engine.dialect.name)
    db.session.connection().execute(statement, rows)


@cache
def _insert(table: type[Record], dialect: str) -> Executable:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table.__table__).on_conflict_do_nothing()  # type: ignore[arg-type]
