"""Who is who, confirmed by whom, since when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db


class LinkKind(StrEnum):
    """What is linked, named by its Clockify side."""

    USER = "user"
    PROJECT = "project"


class Target(StrEnum):
    """What it is linked to in QuickBooks."""

    EMPLOYEE = "employee"
    VENDOR = "vendor"
    CUSTOMER = "customer"
    NOBODY = "none"


class Link(Record, OfInstallation):
    """
    A confirmed pair, by id on both sides, so that renaming breaks nothing.

    `origin` is "email", "name" or "path" when it was certain by itself, "hand" when a
    person chose it.
    """

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("company_id", "kind", "clockify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    clockify_id: Mapped[str]
    target: Mapped[str]
    target_id: Mapped[str] = mapped_column(default="")
    origin: Mapped[str]
    confirmed_by: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column(Instant)


class Parted(Record, OfInstallation):
    """A pair that a person took apart: it is never linked again by itself."""

    __tablename__ = "parted"
    __table_args__ = (UniqueConstraint("company_id", "kind", "clockify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    clockify_id: Mapped[str]


def links(company_id: int, kind: LinkKind) -> dict[str, Link]:
    """Give the links of a company by Clockify id."""
    found = db.session.scalars(
        select(Link).where(Link.company_id == company_id, Link.kind == kind)
    )
    return {link.clockify_id: link for link in found}


def parted(company_id: int, kind: LinkKind) -> dict[str, Parted]:
    """Give the pairs a person took apart, by Clockify id."""
    found = db.session.scalars(
        select(Parted).where(Parted.company_id == company_id, Parted.kind == kind)
    )
    return {each.clockify_id: each for each in found}
