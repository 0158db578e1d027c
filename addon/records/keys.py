"""Changing the keys: every sealed column is sealed again with the newest one."""

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from flask import current_app
from sqlalchemy import Column, String, Table, bindparam, select, type_coerce, update

from addon.records import reading
from addon.records.base import Record, db
from addon.records.sealed import Sealed, Vault

log = structlog.get_logger()

# Rows resealed per transaction. They are encrypted before it begins, so that it holds
# up other writers for a few milliseconds only.
CHUNK = 500


def reseal_everything() -> int:
    """
    Seal stored secrets again with the newest key; give how many had an older one.

    What is done stays done when it is cut off: the next time goes on behind it.
    """
    vault: Vault = current_app.extensions["vault"]
    return sum(
        _reseal_column(vault, table, column)
        for table in Record.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    )


def _reseal_column(vault: Vault, table: Table, column: Column[Any]) -> int:
    log.info("rotation.begun", column=f"{table}.{column.key}")
    done, is_disturbed = 0, True
    while is_disturbed:
        is_disturbed = False
        for rows in _chunks(table, column):
            fresh = [(*row, vault.reseal(row[1])) for row in rows]
            older = [row for row in fresh if row[2] is not None]
            count = _replace(table, column, older) if older else 0
            # Whoever wrote in between may have used an older key: look again.
            is_disturbed |= count < len(older)
            done += count
    return done


def _chunks(table: Table, column: Column[Any]) -> Iterator[Sequence[Any]]:
    """Read the column as it lies on the disk, without holding up anybody."""
    (key,) = table.primary_key.columns
    raw = type_coerce(column, String)
    query = select(key, raw).where(raw.is_not(None)).order_by(key).limit(CHUNK)
    rows: Sequence[Any] = ()
    while not rows or len(rows) == CHUNK:
        after = query.where(key > rows[-1][0]) if rows else query
        with reading():
            rows = db.session.execute(after).all()
            db.session.commit()
        if not rows:
            return
        yield rows


def _replace(
    table: Table, column: Column[Any], rows: Sequence[tuple[Any, str, str | None]]
) -> int:
    """Replace values, except where somebody has stored a newer one meanwhile."""
    (key,) = table.primary_key.columns
    raw = type_coerce(column, String)
    statement = (
        update(table)
        .where(key == bindparam("which"), raw == bindparam("was", type_=String))
        .values({column.name: bindparam("becomes", type_=String)})
    )
    given = [{"which": k, "was": was, "becomes": fresh} for k, was, fresh in rows]
    done: int = db.session.connection().execute(statement, given).rowcount
    db.session.commit()
    return done
