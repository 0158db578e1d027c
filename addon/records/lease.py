"""Who may work on what until when: one worker at a time, over all machines."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, Record, db


class LeaseLost(Exception):
    """Raised when somebody else has taken over while we were away."""


class Lease(Record):
    """A named piece of work and its present owner."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime] = mapped_column(Instant)


_TAKE = text(
    "INSERT INTO lease (name, owner, until) VALUES (:name, :owner, :until)"
    " ON CONFLICT (name) DO UPDATE"
    " SET owner = excluded.owner, until = excluded.until"
    " WHERE lease.until < :now OR lease.owner = excluded.owner"
).bindparams(bindparam("until", type_=Instant()), bindparam("now", type_=Instant()))


def alone(name: str) -> None:
    """
    Wait until nobody else is inside a transaction of this name, and keep others out.

    It ends with the transaction. SQLite lets one writer in at a time as it is.
    """
    if db.engine.dialect.name == "postgresql":
        key = func.hashtextextended(name, 0)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def take(name: str, owner: str, *, until: datetime, now: datetime) -> bool:
    """Take the lease if it is free, lapsed or ours; the caller commits."""
    given = {"name": name, "owner": owner, "until": until, "now": now}
    return bool(db.session.execute(_TAKE, given).rowcount)  # type: ignore[attr-defined]


def keep(name: str, owner: str, *, until: datetime) -> None:
    """
    Extend our lease, or raise LeaseLost.

    Called in the transaction it protects: a worker that slept too long must not write.
    """
    kept = db.session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.owner == owner)
        .values(until=until)
        .execution_options(synchronize_session=False)
    )
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise LeaseLost(name)


def release(name: str, owner: str) -> None:
    """Give our lease back; the caller commits."""
    db.session.execute(
        delete(Lease)
        .where(Lease.name == name, Lease.owner == owner)
        .execution_options(synchronize_session=False)
    )
