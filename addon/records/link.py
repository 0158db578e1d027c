"""Who is who, confirmed by whom, since when; and what is suggested or put off."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db


class LinkKind(StrEnum):
    """What is linked, named by its Clockify side."""

    USER = "user"
    PROJECT = "project"


class Target(StrEnum):
    """What it is linked to in QuickBooks; "out" is the choice to send none of it."""

    EMPLOYEE = "employee"
    VENDOR = "vendor"
    CUSTOMER = "customer"
    NOBODY = "none"
    OUT = "out"


class Link(Record, OfInstallation):
    """
    A confirmed pair, by id on both sides, so that renaming breaks nothing.

    `origin` is "email", "name" or "path" when it was certain by itself, "hand" when a
    person chose it, "suggestion" when a person accepted what was proposed, "created"
    or "made" when one side was created from the other.
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

    @property
    def value(self) -> str:
        """Write the target as choosers do: "employee:55", "none:", "out:"."""
        return f"{self.target}:{self.target_id}"


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


class Postponed(Record, OfInstallation):
    """A choice put off until the user or project looks different from `seen`."""

    __tablename__ = "postponed"
    __table_args__ = (UniqueConstraint("company_id", "kind", "clockify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    clockify_id: Mapped[str]
    seen: Mapped[str]


class Suggestion(Record, OfInstallation):
    """Who may be meant, worked out when the lists were last read; best rank first."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("company_id", "kind", "clockify_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    clockify_id: Mapped[str]
    rank: Mapped[int]
    target: Mapped[str]
    target_id: Mapped[str]
    score: Mapped[int]
    reason: Mapped[str]

    @property
    def value(self) -> str:
        """Write the target as choosers do."""
        return f"{self.target}:{self.target_id}"


class Making(Record, OfInstallation):
    """
    A record of QuickBooks that is being created, with the one id of its request.

    It is written before the call and goes away with a clear answer, so that a lost
    answer is asked for again and nothing is created twice.
    """

    __tablename__ = "making"
    __table_args__ = (UniqueConstraint("company_id", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    # What it is made from, and exactly what was asked for.
    source: Mapped[str]
    wish: Mapped[str]
    request_id: Mapped[str]


T = TypeVar("T", Link, Parted, Postponed)


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


def postponed(company_id: int, kind: LinkKind) -> dict[str, Postponed]:
    """Give the choices that were put off, by Clockify id."""
    found = db.session.scalars(
        select(Postponed).where(
            Postponed.company_id == company_id, Postponed.kind == kind
        )
    )
    return {each.clockify_id: each for each in found}


def link_of(company_id: int, kind: LinkKind, clockify_id: str) -> Link | None:
    """Find the link of one user or project."""
    return db.session.scalar(_of(Link, company_id, kind, clockify_id))


def parted_of(company_id: int, kind: LinkKind, clockify_id: str) -> Parted | None:
    """Find out whether a person took this one apart."""
    return db.session.scalar(_of(Parted, company_id, kind, clockify_id))


def postponed_of(company_id: int, kind: LinkKind, clockify_id: str) -> Postponed | None:
    """Find out whether the choice for this one was put off."""
    return db.session.scalar(_of(Postponed, company_id, kind, clockify_id))


def making(company_id: int, source: str) -> Making | None:
    """Find the request that was begun for this source and not clearly answered."""
    return db.session.scalar(
        select(Making).where(Making.company_id == company_id, Making.source == source)
    )


def _of(
    table: type[T], company_id: int, kind: LinkKind, clockify_id: str
) -> Select[tuple[T]]:
    return select(table).where(
        table.company_id == company_id,
        table.kind == kind,
        table.clockify_id == clockify_id,
    )
