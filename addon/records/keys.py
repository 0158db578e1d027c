"""Changing the keys: every sealed column is sealed again with the newest one."""

from typing import Any

from flask import current_app
from sqlalchemy import Column, String, Table, select, type_coerce, update

from addon.records.base import Record, db
from addon.records.sealed import Sealed, Vault

# Rows resealed per transaction, so that sending goes on meanwhile.
CHUNK = 200


def reseal_everything() -> int:
    """Seal all stored secrets again with the newest key; give their number."""
    vault: Vault = current_app.extensions["vault"]
    return sum(
        _reseal_column(vault, table, column)
        for table in Record.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    )


def _reseal_column(vault: Vault, table: Table, column: Column[Any]) -> int:
    (key,) = table.primary_key.columns
    raw = type_coerce(column, String)
    done = 0
    last: Any = None
    while True:
        query = select(key, raw).where(raw.is_not(None)).order_by(key).limit(CHUNK)
        rows = db.session.execute(
            query if last is None else query.where(key > last)
        ).all()
        for row_key, sealed in rows:
            _reseal_row(vault, table, column, row_key, sealed)
        db.session.commit()
        if len(rows) < CHUNK:
            return done + len(rows)
        done += len(rows)
        last = rows[-1][0]


def _reseal_row(
    vault: Vault,
    table: Table,
    column: Column[Any],
    row_key: Any,  # noqa: ANN401
    sealed: str,
) -> None:
    """Replace one value, unless somebody has stored a newer one meanwhile."""
    (key,) = table.primary_key.columns
    raw = type_coerce(column, String)
    db.session.execute(
        update(table)
        .where(key == row_key, raw == sealed)
        .values({column.name: type_coerce(vault.reseal(sealed), String)})
    )
