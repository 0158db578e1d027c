"""Insert rows and let the database pass over those it already has."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from addon.records.base import Record, db

# Values in one statement, well below what SQLite accepts.
MOST_VALUES = 10_000


def insert_new(table: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Insert what breaks no unique key; the caller commits. Rows have equal keys."""
    if not rows:
        return
    dialect = db.engine.dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    step = max(1, MOST_VALUES // len(rows[0]))
    for start in range(0, len(rows), step):
        statement = make(table).on_conflict_do_nothing()
        db.session.execute(
            statement.values(list(rows[start : start + step])),
            execution_options={"render_nulls": True},
        )
