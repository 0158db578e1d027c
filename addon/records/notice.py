"""Which news from Intuit we have had, so that a replay of it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.connection import Company, Connection
from addon.records.insert import insert_new

# How many ids one statement may name, well below every database's limit.
CHUNK = 500


class Notice(Record, OfInstallation):
    """
    One piece of news of one company: which record, and what happened to it.

    `at` is when it happened, None where Intuit did not say; `heard_at` is when we
    heard of it first.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("company_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int]
    event_id: Mapped[str]
    entity: Mapped[str]
    foreign_id: Mapped[str]
    operation: Mapped[str]
    at: Mapped[datetime | None] = mapped_column(Instant)
    heard_at: Mapped[datetime] = mapped_column(Instant, index=True)


@dataclass(frozen=True)
class Heard:
    """A piece of news as it is to be kept."""

    event_id: str
    entity: str
    foreign_id: str
    operation: str
    at: datetime | None


def keep_new(
    installation_id: int, company_id: int, told: Sequence[Heard], now: datetime
) -> list[Heard]:
    """Keep what we hear for the first time and give it; the caller commits."""
    by_id = {each.event_id: each for each in told}
    known = _known(company_id, list(by_id))
    fresh = [each for number, each in by_id.items() if number not in known]
    insert_new(
        Notice,
        [
            {
                "installation_id": installation_id,
                "company_id": company_id,
                "event_id": each.event_id,
                "entity": each.entity,
                "foreign_id": each.foreign_id,
                "operation": each.operation,
                "at": each.at,
                "heard_at": now,
            }
            for each in fresh
        ],
    )
    return fresh


def listeners(realm_digest: str) -> list[tuple[int, int]]:
    """
    Name the installations, with their companies' numbers, that are connected to this.

    Ask everywhere(): several workspaces may send to one company.
    """
    found = db.session.execute(
        select(Company.installation_id, Company.id)
        .join(Connection, Connection.company_id == Company.id)
        .where(Company.realm_digest == realm_digest)
        .order_by(Company.installation_id)
    )
    return [(installation_id, company_id) for installation_id, company_id in found]


def forget_before(moment: datetime) -> None:
    """Drop what was heard before; nobody replays news that old."""
    db.session.execute(delete(Notice).where(Notice.heard_at < moment))


def _known(company_id: int, ids: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        known.update(
            db.session.scalars(
                select(Notice.event_id).where(
                    Notice.company_id == company_id,
                    Notice.event_id.in_(ids[start : start + CHUNK]),
                )
            )
        )
    return known
