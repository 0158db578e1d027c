"""Which news from Intuit we have had, so that a replay of it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, at_once, db
from addon.records.connection import Company, Connection
from addon.records.insert import insert_if_new


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


_COMPANIES = Company.__table__.c
_LISTENERS = (
    select(_COMPANIES.installation_id, _COMPANIES.id)
    .join(Connection.__table__, Connection.__table__.c.company_id == _COMPANIES.id)
    .where(_COMPANIES.realm_digest == bindparam("realm_digest"))
    .order_by(_COMPANIES.installation_id)
)


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
    return [each for each in told if _keep(installation_id, company_id, each, now)]


def _keep(installation_id: int, company_id: int, each: Heard, now: datetime) -> bool:
    return insert_if_new(
        Notice,
        {
            "installation_id": installation_id,
            "company_id": company_id,
            "event_id": each.event_id,
            "entity": each.entity,
            "foreign_id": each.foreign_id,
            "operation": each.operation,
            "at": each.at,
            "heard_at": now,
        },
    )


def listeners(realm_digest: str) -> list[tuple[int, int]]:
    """
    Name the installations, with their companies' numbers, that are connected to this.

    Several workspaces may send to one company, so they are looked for everywhere.
    """
    found = at_once(_LISTENERS, realm_digest=realm_digest)
    return [(installation_id, company_id) for installation_id, company_id in found]


def forget_before(moment: datetime) -> None:
    """Drop what was heard before; nobody replays news that old."""
    db.session.execute(delete(Notice).where(Notice.heard_at < moment))
