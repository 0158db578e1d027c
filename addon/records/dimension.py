"""What people chose for further fields: service, class, location, fallback customer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.directory import Kind
from addon.rules.resolving import Source


class Dimension(StrEnum):
    """The fields of an activity that such a choice can decide."""

    ITEM = "item"
    CLASS = "class"
    LOCATION = "location"
    CUSTOMER = "customer"


TARGET_KIND = {
    Dimension.ITEM: Kind.ITEM,
    Dimension.CLASS: Kind.CLASS,
    Dimension.LOCATION: Kind.DEPARTMENT,
    Dimension.CUSTOMER: Kind.CUSTOMER,
}


class DimensionLink(Record, OfInstallation):
    """
    One choice, by id on both sides: for this source, that record in QuickBooks.

    `source_id` is the task's, project's, user's, tag's or client's id in Clockify, or
    "all" where `source_kind` is "fixed".
    """

    __tablename__ = "dimension_link"
    __table_args__ = (
        UniqueConstraint("company_id", "dimension", "source_kind", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    dimension: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[str]
    target_id: Mapped[str]
    confirmed_by: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column(Instant)

    @property
    def key(self) -> tuple[Source, str]:
        """What the choice was made for."""
        return Source(self.source_kind), self.source_id


def dimension_links(company_id: int, *dimensions: Dimension) -> list[DimensionLink]:
    """List the choices for a company, all of them or those of some fields."""
    return list(
        db.session.scalars(
            select(DimensionLink)
            .where(
                DimensionLink.company_id == company_id,
                DimensionLink.dimension.in_(dimensions or tuple(Dimension)),
            )
            .order_by(DimensionLink.id)
        )
    )


def follow_merge(company_id: int, kind: Kind, loser: str, survivor: str) -> int:
    """Let choices point to the record that two were merged into; say how many did."""
    moved = [
        link
        for link in dimension_links(company_id)
        if TARGET_KIND[Dimension(link.dimension)] == kind and link.target_id == loser
    ]
    for link in moved:
        link.target_id = survivor
    return len(moved)
