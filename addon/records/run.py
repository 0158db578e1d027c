"""A sending, its pieces and its counts."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    case,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.receipt import CHUNK
from addon.rules.money import Money, added, of
from addon.rules.protocol import UNFINISHED as UNFINISHED  # noqa: PLC0414 - given on
from addon.rules.protocol import Doubt, Seen, checked
from addon.rules.protocol import PieceState as PieceState  # noqa: PLC0414 - given on


class RunState(StrEnum):
    """Where a run stands; PAUSED goes on by itself once its reason is cured."""

    CHOOSING = "choosing"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"


UNDER_WAY = "state IN ('chosen', 'announced')"
IN_DOUBT = f"reason IN ({', '.join(repr(each.value) for each in Doubt)})"
RUNNING = (
    RunState.CHOOSING,
    RunState.SENDING,
    RunState.PAUSED,
    RunState.STOPPING,
)


class Run(Record, OfInstallation):
    """One act of sending a set of entries to one company."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_state_wake_at", "state", "wake_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    started_by: Mapped[str]
    started_by_name: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=RunState.CHOOSING)
    reason: Mapped[str] = mapped_column(default="")
    # What QuickBooks itself said where that is the reason.
    raw: Mapped[str] = mapped_column(Text, default="")
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # How many entries were selected.
    size: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    fresh_at: Mapped[datetime | None] = mapped_column(Instant)  # read, or some sent
    wake_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen by itself."""
        return self.state in {RunState.DONE, RunState.STOPPED}


class Piece(Record, OfInstallation):
    """
    A piece of an entry on its way to becoming one activity.

    `snapshot` is the entry as it was chosen; `body` is the exact text announced to
    QuickBooks under `request_id` and `bid`, kept so that it can be repeated unchanged.
    """

    __tablename__ = "piece"
    __table_args__ = (
        UniqueConstraint("run_id", "entry_id", "part"),
        # While a piece is under way nobody else can put the same one on the way.
        Index(
            "uq_piece_under_way",
            "company_id",
            "entry_id",
            "part",
            unique=True,
            sqlite_where=text(UNDER_WAY),
            postgresql_where=text(UNDER_WAY),
        ),
        Index(
            "ix_piece_in_doubt",
            "company_id",
            "entry_id",
            sqlite_where=text(IN_DOUBT),
            postgresql_where=text(IN_DOUBT),
        ),
        Index("ix_piece_run_id_state_id", "run_id", "state", "id"),
        Index("ix_piece_request_id", "request_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    entry_id: Mapped[str]
    part: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=PieceState.CHOSEN)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    day: Mapped[date | None]
    minutes: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal | None]
    # The amount's; empty for the company's own, or where it was not noted yet.
    currency: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str | None]
    bid: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(Text)
    # By QuickBooks' own clock.
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    # While chosen: not to be tried before. While announced: by then the call has
    # happened or never will, so that looking it up gives a certain answer.
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    explanation: Mapped[str] = mapped_column(Text, default="")
    cure: Mapped[str] = mapped_column(Text, default="")
    raw: Mapped[str] = mapped_column(Text, default="")
    # The activities of which one may be this piece's, and a person has to say; while
    # announced, the numbers of those that are to be taken out again.
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    @validates("state")
    def _move(self, _: str, after: str) -> PieceState:
        """Let the piece make the moves of the protocol, and no other."""
        is_stored = self.id is not None
        return checked(self.state if is_stored else self.__dict__.get("state"), after)


def find_run(run_id: int, *, hold: bool = False) -> Run | None:
    """Find a run of the workspace we are within; `hold` keeps other writers out."""
    query = select(Run).where(Run.id == run_id)
    return db.session.scalar(query.with_for_update() if hold else query)


def running(company_id: int) -> Run | None:
    """Find the newest run of this company that is not over."""
    return db.session.scalar(
        select(Run)
        .where(Run.company_id == company_id, Run.state.in_(RUNNING))
        .order_by(Run.id.desc())
        .limit(1)
    )


def latest_runs(company_id: int, *, most: int = 20) -> list[Run]:
    """List the newest runs first."""
    return list(
        db.session.scalars(
            select(Run)
            .where(Run.company_id == company_id)
            .order_by(Run.id.desc())
            .limit(most)
        )
    )


def drop(run_id: int) -> None:
    """Leave alone what has not left the house; the caller commits."""
    db.session.execute(
        update(Piece)
        .where(Piece.run_id == run_id, Piece.state == PieceState.CHOSEN)
        .values(state=PieceState.DROPPED)
        .execution_options(synchronize_session=False)
    )


def is_due(
    run_id: int, state: PieceState, due: datetime, away: Collection[int] = ()
) -> bool:
    """Say whether a piece in this state, none of those away, can be dealt with."""
    query = (
        select(Piece.id)
        .where(
            Piece.run_id == run_id,
            Piece.state == state,
            or_(Piece.not_before.is_(None), Piece.not_before <= due),
        )
        .limit(len(away) + 1)
    )
    return any(number not in away for number in db.session.scalars(query))


def pieces(
    run_id: int,
    *states: PieceState,
    most: int | None = None,
    due: datetime | None = None,
    fresh: bool = False,
) -> list[Piece]:
    """List a run's pieces in these states, in order; only those due, or never tried."""
    query = (
        select(Piece)
        .where(Piece.run_id == run_id, Piece.state.in_(states))
        .order_by(Piece.id)
    )
    if due is not None:
        query = query.where(or_(Piece.not_before.is_(None), Piece.not_before <= due))
    if fresh:
        query = query.where(Piece.attempts == 0)
    return list(db.session.scalars(query.limit(most) if most else query))


def count(run_id: int, *states: PieceState) -> int:
    """Count a run's pieces in these states."""
    query = select(func.count(Piece.id)).where(
        Piece.run_id == run_id, Piece.state.in_(states)
    )
    return db.session.scalar(query) or 0


def earliest_try(run_id: int) -> datetime | None:
    """Say when the first of a run's unfinished pieces can be dealt with."""
    return db.session.scalar(
        select(func.min(Piece.not_before)).where(
            Piece.run_id == run_id, Piece.state.in_(UNFINISHED)
        )
    )


def is_refused_for(run_id: int, reasons: Collection[str]) -> bool:
    """Say whether a piece of a run was refused for one of these reasons."""
    query = select(Piece.id).where(
        Piece.run_id == run_id,
        Piece.state == PieceState.REFUSED,
        Piece.reason.in_(reasons),
    )
    return db.session.scalar(query.limit(1)) is not None


def announced_under(request_id: str) -> list[Piece]:
    """List every piece that was announced with this request id."""
    return list(
        db.session.scalars(
            select(Piece).where(Piece.request_id == request_id).order_by(Piece.id)
        )
    )


def tally(run_id: int) -> dict[str, tuple[int, int, Money]]:
    """Count pieces, minutes and money by state, as people who looked have seen it."""
    seen = {Seen.THERE: PieceState.RECORDED, Seen.NOT_THERE: PieceState.DROPPED}
    state = case(seen, value=Piece.reason, else_=Piece.state)
    rows = db.session.execute(
        select(
            state,
            Piece.currency,
            func.count(Piece.id),
            func.coalesce(func.sum(Piece.minutes), 0),
            func.coalesce(func.sum(Piece.amount), 0),
        )
        .where(Piece.run_id == run_id)
        .group_by(state, Piece.currency)
    )
    sums: dict[str, tuple[int, int, Money]] = {}
    for state, currency, number, minutes, amount in rows:
        numbers, length, money = sums.get(state, (0, 0, ()))
        money = added(money, of(Decimal(str(amount)), currency))
        sums[state] = numbers + number, length + int(minutes), money
    return sums


def under_way(company_id: int, entry_ids: list[str]) -> set[str]:
    """Say which of these entries have a piece under way in some run."""
    found: set[str] = set()
    for start in range(0, len(entry_ids), CHUNK):
        found.update(
            db.session.scalars(
                select(Piece.entry_id).where(
                    Piece.company_id == company_id,
                    # In the very words of the index, or SQLite does not use it.
                    text(UNDER_WAY),
                    Piece.entry_id.in_(entry_ids[start : start + CHUNK]),
                )
            )
        )
    return found
