"""Who did what; written once and never rewritten."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, func, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db

BY_ITSELF = "itself"


class JournalLine(Record, OfInstallation):
    """One thing that happened; `actor` is a Clockify user id or "itself"."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str]
    event: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def note(
    installation_id: int,
    event: str,
    *,
    actor: str,
    at: datetime,
    **details: str | int | bool | None,
) -> None:
    """Write a line; it is kept when the surrounding transaction is."""
    db.session.add(
        JournalLine(
            installation_id=installation_id,
            at=at,
            actor=actor,
            event=event,
            details=dict(details),
        )
    )


def count(events: Collection[str]) -> int:
    """Count the lines about these events."""
    found = db.session.scalar(
        select(func.count(JournalLine.id)).where(JournalLine.event.in_(events))
    )
    return found or 0


def lines(events: Collection[str], *, most: int, after: int = 0) -> list[JournalLine]:
    """List at most so many lines about these events, newest first, after some."""
    return list(
        db.session.scalars(
            select(JournalLine)
            .where(JournalLine.event.in_(events))
            .order_by(JournalLine.id.desc())
            .offset(after)
            .limit(most)
        )
    )


def line(number: int) -> JournalLine | None:
    """Find a line by its number."""
    return db.session.scalar(select(JournalLine).where(JournalLine.id == number))
