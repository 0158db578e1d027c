"""Entries that may be in QuickBooks although no receipt says so; a person must look."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, TextClause, func, select, text, update

from addon.records.base import db
from addon.records.connection import Company
from addon.records.receipt import CHUNK, Receipt
from addon.records.run import IN_DOUBT, UNDER_WAY, Piece, PieceState, Run
from addon.rules.durations import say
from addon.rules.protocol import Seen

MAYBE = (
    "QuickBooks did not say what became of this entry. It may be {activities}, which"
    " is not, or no longer, as it was sent."
)
NO_MORE = (
    "QuickBooks did not say what became of this entry. What it might have been is"
    " another entry's by now."
)


class Candidate(NamedTuple):
    """An activity that may be the one, as a person knows it."""

    id: str
    day: date | None
    minutes: int | None
    customer: str
    description: str

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Candidate":
        """Read what `present.summary` has put down."""
        day = date.fromisoformat(kept["day"]) if kept["day"] else None
        words = kept["customer"], kept["description"]
        return cls(kept["id"], day, kept["minutes"], *words)

    @property
    def label(self) -> str:
        """Say which one it is: "3 h on 24 November 2026 for Cool Cars"."""
        length = "time" if self.minutes is None else say(self.minutes)
        when = f" on {self.day:%-d %B %Y}" if self.day else ""
        customer = f" for {self.customer}" if self.customer else ""
        words = f" (“{self.description[:40]}”)" if self.description else ""
        return f"{length}{when}{customer}{words}"


def maybe(candidates: Sequence[Candidate]) -> str:
    """Ask about these activities in words that a person finds them by."""
    if not candidates:
        return NO_MORE
    told = (f"time activity {each.id}, {each.label}" for each in candidates)
    return MAYBE.format(activities="; or ".join(told))


class Question(NamedTuple):
    """What a person is asked to look at, how, and which activities it may be."""

    text: str
    cure: str
    candidates: tuple[Candidate, ...]


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
    ids = {each["id"] for *_, kept in rows for each in kept}
    taken = _taken(company_id, ids)
    found = {}
    for entry_id, said, cure, kept in rows:
        free = [Candidate.read(each) for each in kept if each["id"] not in taken]
        text = maybe(free) if kept else said
        found[entry_id] = Question(text, cure, tuple(free))
    return found


def unsettled(realm_digest: str) -> list[Piece]:
    """
    List what may have arrived: under way, or a person has yet to look; by whomever.

    Ask everywhere(): several workspaces may send to one company.
    """
    companies = select(Company.id).where(Company.realm_digest == realm_digest)
    mine = Piece.company_id.in_(companies)
    announced = Piece.state == PieceState.ANNOUNCED
    on_the_way = select(Piece).where(mine, announced, text(UNDER_WAY))
    asked_about = select(Piece).where(mine, text(IN_DOUBT))
    return [*db.session.scalars(on_the_way), *db.session.scalars(asked_about)]


def said_not_there(company_id: int) -> set[str]:
    """Say of which entries a person has found that they are not there."""
    # By way of the runs, or all pieces of all times are looked through.
    mine = select(Run.id).where(Run.company_id == company_id)
    query = select(Piece.entry_id).where(
        Piece.run_id.in_(mine),
        Piece.state == PieceState.REFUSED,
        Piece.reason == Seen.NOT_THERE,
    )
    return set(db.session.scalars(query))


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
