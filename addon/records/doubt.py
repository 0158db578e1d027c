"""Entries that may be in QuickBooks although no receipt says so; a person must look."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select, text, update

from addon.records.base import db
from addon.records.receipt import CHUNK
from addon.records.run import IN_DOUBT, Piece


class Doubt(StrEnum):
    """Why a piece was given up although something may be, or is, in QuickBooks."""

    MAYBE_THERE = "maybe-there"
    WRONG_PERSON_THERE = "wrong-person-there"


# The reason of a piece after a person has looked, and found nothing.
NOT_THERE = "not-there"


class Question(NamedTuple):
    """What a person is asked to look at, and how."""

    text: str
    cure: str


def questions(company_id: int, entry_ids: Sequence[str]) -> dict[str, Question]:
    """Give the open question about each of these entries that has one."""
    found: dict[str, Question] = {}
    for start in range(0, len(entry_ids), CHUNK):
        rows = db.session.execute(
            select(Piece.entry_id, Piece.explanation, Piece.cure)
            .where(
                Piece.company_id == company_id,
                # In the very words of the index, or SQLite does not use it.
                text(IN_DOUBT),
                Piece.entry_id.in_(entry_ids[start : start + CHUNK]),
            )
            .order_by(Piece.id)
        )
        found.update({entry_id: Question(said, cure) for entry_id, said, cure in rows})
    return found


def count_in_doubt(run_id: int) -> int:
    """Count the pieces of a run that a person has yet to look at."""
    query = select(func.count(Piece.id)).where(Piece.run_id == run_id, text(IN_DOUBT))
    return db.session.scalar(query) or 0


def settle(company_id: int, entry_id: str, cure: str) -> bool:
    """Note that an entry is not in QuickBooks; say if that was open; caller commits."""
    changed = db.session.execute(
        update(Piece)
        .where(
            Piece.company_id == company_id, Piece.entry_id == entry_id, text(IN_DOUBT)
        )
        .values(reason=NOT_THERE, cure=cure)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
