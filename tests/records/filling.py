"""Fill whatever tables a database has with rows, and say what is gone later."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from addon.records.base import Record
from addon.records.sealed import Sealed, Vault

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OURS = "alembic_version"


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """Read what tables there are, parents first, whatever the program knows of."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != OURS]


def fill(engine: sa.Engine, vault: Vault, count: int) -> None:
    """Put so many rows into every table; the nth belongs to its parents' nth."""
    with engine.begin() as connection:
        for table in tables_of(connection):
            rows = [
                {each.name: _value(each, n, vault) for each in table.columns}
                for n in range(1, count + 1)
            ]
            connection.execute(table.insert(), rows)
        if engine.dialect.name == "postgresql":
            _move_counters(connection)


def _value(column: sa.Column[Any], n: int, vault: Vault) -> Any:
    kind = column.type
    if column.foreign_keys:
        return n
    if isinstance(kind, sa.Boolean):
        return bool(n % 2)
    if isinstance(kind, sa.DateTime):
        moment = NEW_YEAR + timedelta(minutes=n)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1) + timedelta(days=n)
    if isinstance(kind, sa.JSON):
        return {"n": n}
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return n
    text = f"{column.table.name}.{column.name} {n}"
    return vault.seal(text) if _is_sealed(column) else text


def _is_sealed(column: sa.Column[Any]) -> bool:
    known = Record.metadata.tables.get(column.table.name)
    if known is None or column.name not in known.columns:
        return column.name.endswith("token")
    return isinstance(known.columns[column.name].type, Sealed)


def _move_counters(connection: sa.Connection) -> None:
    """Let PostgreSQL count on behind the numbers that were given."""
    for table in tables_of(connection):
        for column in table.primary_key.columns:
            if column.autoincrement and isinstance(column.type, sa.Integer):
                name = f"{connection.dialect.identifier_preparer.format_table(table)}"
                where = sa.func.pg_get_serial_sequence(name, column.name)
                most = sa.select(sa.func.max(column)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(where, most)))


def rows_of(engine: sa.Engine) -> Rows:
    """Read everything."""
    found: Rows = {}
    with engine.connect() as connection:
        for table in tables_of(connection):
            names = [each.name for each in table.primary_key.columns]
            found[table.name] = {
                tuple(row[name] for name in names): dict(row)
                for row in connection.execute(sa.select(table)).mappings()
            }
    return found


def lost(before: Rows, after: Rows) -> list[str]:
    """Name each row, and each value, that was there before and is no more."""
    gone: list[str] = []
    for name in before.keys() & after.keys():
        for key, row in before[name].items():
            now = after[name].get(key)
            if now is None:
                gone.append(f"{name} {key}")
                continue
            gone += [
                f"{name}.{column} {key}"
                for column, value in row.items()
                if value is not None and column in now and now[column] is None
            ]
    return gone
