"""Who did what; written once and never rewritten."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
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
