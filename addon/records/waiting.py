"""The unsent time of the last weeks, summed up by what decides on its links."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db


class UnsentCount(Record, OfInstallation):
    """
    When the unsent time of a company was last counted, and over which days.

    `closed_through` and `rounding` are what the count depended on besides Clockify.
    """

    __tablename__ = "unsent_count"
    __table_args__ = (UniqueConstraint("company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    stale_since: Mapped[datetime | None] = mapped_column(Instant)
    start: Mapped[date | None]
    end: Mapped[date | None]
    closed_through: Mapped[date | None]
    rounding: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")


class Unsent(Record, OfInstallation):
    """
    Entries that no receipt speaks for and that nothing but a link may hold back.

    All of one user, project, client and currency, since links are found by these; so
    a link that is made or taken apart changes what waits without counting again.
    An empty id means none. `amount` is the money of the billable ones.
    """

    __tablename__ = "unsent"
    __table_args__ = (Index("ix_unsent_company_id", "company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    user_id: Mapped[str]
    project_id: Mapped[str] = mapped_column(default="")
    client_id: Mapped[str] = mapped_column(default="")
    billable: Mapped[bool]
    currency: Mapped[str] = mapped_column(default="")
    entries: Mapped[int]
    minutes: Mapped[int]
    amount: Mapped[Decimal]


def unsent_count(company_id: int) -> UnsentCount | None:
    """Find out when the unsent time of a company was counted."""
    return db.session.scalar(
        select(UnsentCount).where(UnsentCount.company_id == company_id)
    )


def unsent(company_id: int) -> list[Unsent]:
    """List the unsent time of a company."""
    return list(
        db.session.scalars(
            select(Unsent).where(Unsent.company_id == company_id).order_by(Unsent.id)
        )
    )


def forget_unsent(company_id: int) -> None:
    """Drop what was counted; the caller commits."""
    db.session.execute(delete(Unsent).where(Unsent.company_id == company_id))
