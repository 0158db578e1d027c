"""Entries that may be in QuickBooks although no receipt says so; a person must look."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, TextClause, func, select, text, update

from addon.records.base import db
from addon.records.receipt import CHUNK, Receipt
from addon.records.run import IN_DOUBT, Piece
from addon.rules.protocol import Seen


class Question(NamedTuple):
    """What a person is asked to look at, how, and which activities it may be."""

    text: str
    cure: str
    candidates: tuple[str, ...]


def questions(company_id: int, entry_ids: Sequence[str]) -> dict[str, Question]:
    """Give the open question about each of these entries that has one."""
    rows = [
        row
        for start in range(0, len(entry_ids), CHUNK)
        for row in db.session.execute(
            select(Piece.entry_id, Piece.explanation, Piece.cure, Piece.candidates)
            .where(*_open(company_id, entry_ids[start : start + CHUNK]))
            .order_by(Piece.id)
        )
    ]
    taken = _taken(company_id, {number for *_, ids in rows for number in ids})
    return {
        entry_id: Question(said, cure, tuple(each for each in ids if each not in taken))
        for entry_id, said, cure, ids in rows
    }


def in_doubt(company_id: int, entry_id: str) -> Piece | None:
    """Find the piece of an entry that a person has yet to look at, held for us."""
    query = select(Piece).where(*_open(company_id, [entry_id])).order_by(Piece.id)
    return db.session.scalar(query.limit(1).with_for_update())


def count_in_doubt(run_id: int) -> int:
    """Count the pieces of a run that a person has yet to look at."""
    query = select(func.count(Piece.id)).where(Piece.run_id == run_id, text(IN_DOUBT))
    return db.session.scalar(query) or 0


def settle(company_id: int, entry_id: str, cure: str) -> bool:
    """Note that an entry is not in QuickBooks; say if that was open; caller commits."""
    changed = db.session.execute(
        update(Piece)
        .where(*_open(company_id, [entry_id]))
        .values(reason=Seen.NOT_THERE, cure=cure)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _open(
    company_id: int, entry_ids: Sequence[str]
) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (
        Piece.company_id == company_id,
        Piece.entry_id.in_(entry_ids),
        # In the very words of the index, or SQLite does not use it.
        text(IN_DOUBT),
    )


def _taken(company_id: int, activity_ids: Collection[str]) -> set[str]:
    """Say which of these activities are another entry's by now."""
    if not activity_ids:
        return set()
    query = select(Receipt.activity_id).where(
        Receipt.company_id == company_id, Receipt.activity_id.in_(activity_ids)
    )
    return set(db.session.scalars(query))
