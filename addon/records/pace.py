"""How fast we may call each company: one clock for all processes and machines."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, Record, db


class Gate(Record):
    """The moment from which the next call through this gate is in rhythm."""

    __tablename__ = "gate"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant)


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
