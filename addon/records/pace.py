"""How fast we may call each company: one clock for all processes and machines."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, Record, db


class Gate(Record):
    """
    The moment from which the next call through this gate is in rhythm.

    A gate named `silent:` holds the moment since when nobody has answered.
    """

    __tablename__ = "gate"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant)


def common_now() -> datetime:
    """
    Tell the time that all machines at this database share; the caller commits.

    Clocks of machines differ by seconds, and a gate would let the ones that are
    ahead through too early. An SQLite file is on one machine.
    """
    if db.engine.dialect.name == "postgresql":
        told: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
        return told
    return datetime.now(UTC)


def take_turn(name: str, every: timedelta, burst: int, now: datetime) -> timedelta:
    """
    Take the next turn at a gate, or say how long to wait and take none.

    Turns come one per `every` on average, and up to `burst` at once (the generic
    cell rate algorithm). Whoever comes a little late for a turn does not put off all
    that follow. The caller commits.
    """
    gate = _gate(name, now)
    start = max(gate.next_at, now - every / 5)
    wait = start - every * (burst - 1) - now
    if wait > timedelta(0):
        return wait
    gate.next_at = start + every
    return timedelta(0)


def close_gate(name: str, until: datetime) -> None:
    """Let nobody through before this moment; the caller commits."""
    gate = _gate(name, until)
    gate.next_at = max(gate.next_at, until)


def note_silence(whose: str, now: datetime) -> None:
    """Remember since when there has been no answer; the caller commits."""
    _gate(f"silent:{whose}", now)


def silent_since(whose: str) -> datetime | None:
    """Say since when there has been no answer, None where the last call had one."""
    return db.session.scalar(select(Gate.next_at).where(Gate.name == f"silent:{whose}"))


def end_silence(whose: str) -> None:
    """Somebody answers again; the caller commits."""
    db.session.execute(delete(Gate).where(Gate.name == f"silent:{whose}"))


def _gate(name: str, now: datetime) -> Gate:
    """Find or begin the gate and hold its row until the transaction ends."""
    beginning = text(
        "INSERT INTO gate (name, next_at) VALUES (:name, :now)"
        " ON CONFLICT (name) DO NOTHING"
    ).bindparams(bindparam("now", now, type_=Instant()), name=name)
    db.session.execute(beginning)
    return db.session.scalars(
        select(Gate).where(Gate.name == name).with_for_update()
    ).one()
