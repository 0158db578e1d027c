"""A search for hours that reached QuickBooks before us, by whichever way."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db


class MoveState(StrEnum):
    """Where a search stands."""

    LOOKING = "looking"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class Moving(Record, OfInstallation):
    """
    One search of a company's time activities for entries of a period.

    `activities` counts those that no receipt spoke for, `entries` those compared,
    `found` the pairs. `started_by` is a Clockify user id or "itself".
    """

    __tablename__ = "moving"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(default=MoveState.LOOKING)
    start: Mapped[date]
    end: Mapped[date]
    started_by: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    activities: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    # The entries of which a person said that they are not there after all.
    undone: Mapped[list[str]] = mapped_column(JSON, default=list)


def latest_moving(company_id: int) -> Moving | None:
    """Find the newest search in a company."""
    return db.session.scalar(
        select(Moving)
        .where(Moving.company_id == company_id)
        .order_by(Moving.id.desc())
        .limit(1)
    )


def find_moving(number: int) -> Moving | None:
    """Find a search of the workspace we are within."""
    return db.session.scalar(select(Moving).where(Moving.id == number))


def movings(company_id: int) -> list[Moving]:
    """List the searches in a company, the newest last."""
    query = select(Moving).where(Moving.company_id == company_id)
    return list(db.session.scalars(query.order_by(Moving.id)))


def said_otherwise(company_id: int) -> set[str]:
    """Say of which entries a person has undone that they were found."""
    return {entry for each in movings(company_id) for entry in each.undone}


def is_looking(one: Moving) -> bool:
    """Say whether a search is still wanted, and keep others from changing that."""
    hold(one)
    return one.state == MoveState.LOOKING


def hold(one: Moving) -> None:
    """Reread a search, and keep others from changing it until the commit."""
    db.session.flush()
    db.session.refresh(one, with_for_update=True)
