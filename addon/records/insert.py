"""Insert rows and let the database pass over those it already has."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, cast

from sqlalchemy import BindParameter, Column, Table, TextClause, bindparam, text

from addon.records.base import Record, at_once, db


def insert_new(table: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Insert what breaks no unique key; the caller commits. Rows have equal keys."""
    if rows:
        statement = _insert(table, tuple(rows[0]))
        db.session.connection().execute(statement, rows)


def insert_if_new(table: type[Record], row: dict[str, Any]) -> bool:
    """Insert a row unless it breaks a unique key; say whether it is there now anew."""
    statement = _insert(table, tuple(row), returning=True)
    return at_once(statement, **row).first() is not None


@cache
def _insert(
    table: type[Record], names: tuple[str, ...], *, returning: bool = False
) -> TextClause:
    # As text: SQLAlchemy's own statements with this clause, which differ between
    # databases, are put together each time anew.
    columns = cast("Table", table.__table__).c
    values = [bindparam(name, type_=columns[name].type) for name in names]
    values += [
        _by_default(column)
        for column in columns
        if column.default is not None and column.name not in names
    ]
    into = ", ".join(each.key for each in values)
    given = ", ".join(f":{each.key}" for each in values)
    words = (
        f"INSERT INTO {table.__tablename__} ({into}) VALUES ({given})"  # noqa: S608
        f" ON CONFLICT DO NOTHING{' RETURNING 1' if returning else ''}"
    )
    return text(words).bindparams(*values)


def _by_default(column: Column[Any]) -> BindParameter[Any]:
    """Give what a table puts in where nothing is said."""
    default: Any = column.default
    if default.is_callable:
        make = partial(default.arg, None)
        return bindparam(column.name, callable_=make, type_=column.type)
    return bindparam(column.name, default.arg, type_=column.type)
