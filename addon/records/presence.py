"""When a worker was last seen, for whoever runs the add-on."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text

from addon.records.base import Instant, db
from addon.records.lease import Lease

# A worker sweeps each minute; one that has missed two of them is not there.
ABSENT = timedelta(minutes=3)
_NAME = "worker"

_SIGN = text(
    "INSERT INTO lease (name, owner, until) VALUES (:name, :owner, :until)"
    " ON CONFLICT (name) DO UPDATE"
    " SET owner = excluded.owner, until = excluded.until"
).bindparams(bindparam("until", type_=Instant()))


def sign(owner: str, now: datetime) -> None:
    """Note that a worker is there, which counts for a while; the caller commits."""
    given = {"name": _NAME, "owner": owner, "until": now + ABSENT}
    db.session.execute(_SIGN, given)


def last_seen() -> datetime | None:
    """Say when a worker was last there."""
    until = db.session.scalar(select(Lease.until).where(Lease.name == _NAME))
    return until - ABSENT if until else None


def is_present(now: datetime) -> bool:
    """Say whether a worker has been seen lately."""
    seen = last_seen()
    return seen is not None and now - seen <= ABSENT
