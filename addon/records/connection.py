"""Which company, with which tokens, in what health."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.sealed import Sealed

# How long ahead a person is told that Intuit will ask for a new permission.
NOTICE = timedelta(days=60)


class Health(StrEnum):
    """Whether the connection works, or who must do what."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"


class Company(Record, OfInstallation):
    """A QuickBooks company as one installation knows it; it outlives its connection."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("installation_id", "realm_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[str] = mapped_column(Sealed)
    realm_digest: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    closed_through: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)


class Connection(Record, OfInstallation):
    """The permission to write to a company; its absence means not connected."""

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("installation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    health: Mapped[str] = mapped_column(default=Health.CONNECTED)
    access_token: Mapped[str] = mapped_column(Sealed)
    refresh_token: Mapped[str] = mapped_column(Sealed)
    access_expires_at: Mapped[datetime] = mapped_column(Instant)
    refresh_expires_at: Mapped[datetime] = mapped_column(Instant)
    connected_by: Mapped[str]
    connected_at: Mapped[datetime] = mapped_column(Instant)
    last_success_at: Mapped[datetime | None] = mapped_column(Instant)

    company: Mapped[Company] = relationship(lazy="joined")

    @property
    def works(self) -> bool:
        """Say whether calls may be tried with this connection."""
        return self.health == Health.CONNECTED

    @property
    def ends_at(self) -> datetime | None:
        """
        Say when a person must connect anew whatever we do; None while that is far off.

        Each renewal gives a hundred days from then on, unless Intuit's five years
        for one permission are over before.
        """
        left = self.refresh_expires_at - self.access_expires_at
        return self.refresh_expires_at if left < NOTICE else None


def current(*, hold: bool = False) -> Connection | None:
    """
    Find the connection of the workspace we are within, as it stands now.

    Whoever works with it for long keeps to it: another company that is connected
    meanwhile must not slip into the middle of his work. To change it, `hold` it: that
    gives the row itself and keeps writers out.
    """
    if hold:
        query = select(Connection).with_for_update(of=Connection)
        return db.session.scalar(query)
    found = db.session.scalar(select(Connection))
    return None if found is None else _as_it_stands(found)


def _as_it_stands(row: Connection) -> Connection:
    copy = Connection()
    for each in inspect(Connection).attrs:
        set_committed_value(copy, each.key, getattr(row, each.key))
    return copy


def unused_since(moment: datetime) -> list[int]:
    """List the installations whose connection works, but whose token is that old."""
    return list(
        db.session.scalars(
            select(Connection.installation_id).where(
                Connection.health == Health.CONNECTED,
                Connection.access_expires_at < moment,
            )
        )
    )


def company_with(realm_digest: str) -> Company | None:
    """Find the company that the workspace we are within knows by this realm."""
    return db.session.scalar(
        select(Company).where(Company.realm_digest == realm_digest)
    )
