"""People, projects, customers... as last seen on both sides, and what is stale."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db


class Kind(StrEnum):
    """What a listing is, on whichever side."""

    USER = "user"
    CLIENT = "client"
    PROJECT = "project"
    EMPLOYEE = "employee"
    VENDOR = "vendor"
    CUSTOMER = "customer"
    ITEM = "item"


class Side(StrEnum):
    """The two services."""

    CLOCKIFY = "clockify"
    QUICKBOOKS = "quickbooks"


class Listing(Record, OfInstallation):
    """
    One line of a list of names, on either side.

    `company_id` is 0 on Clockify's side, because two companies may use the same ids
    and a null would not be unique. `active` is false once the other side has
    deactivated or archived it, `gone` is true once it is no longer listed at all.
    """

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("installation_id", "company_id", "kind", "foreign_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    foreign_id: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    parent_id: Mapped[str | None]
    path: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    gone: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Directory(Record, OfInstallation):
    """When one side's lists were last read, and whether news has come since."""

    __tablename__ = "directory"
    __table_args__ = (UniqueConstraint("installation_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str]
    # Counts news; a refresh settles what it had seen when it began.
    news: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    stale_since: Mapped[datetime | None] = mapped_column(Instant)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(default="")


def listings(*kinds: Kind, company_id: int = 0) -> list[Listing]:
    """List what is known of these kinds, by path and name."""
    return list(
        db.session.scalars(
            select(Listing)
            .where(Listing.kind.in_(kinds), Listing.company_id == company_id)
            .order_by(Listing.path, Listing.name, Listing.id)
        )
    )


def directory(installation_id: int, side: Side) -> Directory:
    """Find, or begin, the directory of one side."""
    found = db.session.scalar(
        select(Directory).where(
            Directory.side == side, Directory.installation_id == installation_id
        )
    )
    if found is None:
        found = Directory(installation_id=installation_id, side=side, news=0, settled=0)
        db.session.add(found)
        db.session.flush()
    return found


def forget_company_listings(company_id: int) -> None:
    """Drop the cached lists of a company."""
    db.session.execute(delete(Listing).where(Listing.company_id == company_id))
