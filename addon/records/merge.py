"""Two records of a company that became one, until all that names the lost one moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.directory import Kind
from addon.records.insert import insert_new


class Merge(Record, OfInstallation):
    """
    What Intuit told of a merge: `loser_id` went into `survivor_id`.

    It is applied once the lists themselves show it.
    """

    __tablename__ = "merge"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "loser_id", "survivor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int]
    kind: Mapped[str]
    loser_id: Mapped[str]
    survivor_id: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(Instant)
    applied_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Told:
    """A merge as it was told."""

    kind: Kind
    loser_id: str
    survivor_id: str


def keep(
    installation_id: int, company_id: int, told: Iterable[Told], now: datetime
) -> None:
    """Keep merges to be applied; one that is known is left as it is."""
    insert_new(
        Merge,
        [
            {
                "installation_id": installation_id,
                "company_id": company_id,
                "kind": each.kind,
                "loser_id": each.loser_id,
                "survivor_id": each.survivor_id,
                "told_at": now,
            }
            for each in dict.fromkeys(told)
            if each.loser_id != each.survivor_id
        ],
    )


def known(company_id: int) -> list[Merge]:
    """List all merges of a company, oldest first; also those that were applied."""
    return list(
        db.session.scalars(
            select(Merge).where(Merge.company_id == company_id).order_by(Merge.id)
        )
    )
