"""Another company than before: what waits for the former one, and the question."""

from dataclasses import dataclass

from sqlalchemy import func, select, text

from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Company
from addon.records.receipt import Receipt
from addon.records.run import (
    RUNNING,
    UNDER_WAY,
    UNFINISHED,
    Piece,
    PieceState,
    Run,
    RunState,
)
from addon.transfer import runs
from addon.transfer.outside import Outside, Viewer


@dataclass(frozen=True)
class Former:
    """
    A company that was connected before the present one.

    `waiting` entries were chosen for it and not sent; of those, `under_way` had left
    when the connection changed. `sent` entries have a receipt of it.
    """

    name: str
    now_name: str
    waiting: int
    under_way: int
    sent: int
    can_stop: bool


def former(company_id: int | None, name: str) -> Former | None:
    """
    Say what waits for another company than the present one; None: nothing to tell.

    Where nothing waits, it is told that sent entries are kept apart, until the first
    run to the present company, which is `company_id` and has this name.
    """
    if company_id is None:
        return None
    waiting = (
        select(Run.company_id)
        .where(Run.company_id != company_id, Run.state.in_(RUNNING))
        .order_by(Run.id.desc())
        .limit(1)
    )
    first = select(Run.id).where(Run.company_id == company_id).limit(1)
    before = (
        select(Receipt.company_id)
        .where(Receipt.company_id != company_id)
        .order_by(Receipt.id.desc())
        .limit(1)
    )
    asked = select(*(each.scalar_subquery() for each in (waiting, first, before)))
    waits, has_run, has_sent = db.session.execute(asked).one()
    other = waits or (has_sent if has_run is None else None)
    return _waiting(other, name) if other else None


def stay(outside: Outside, viewer: Viewer) -> None:
    """Keep the present company: stop every run that waits for another one."""
    held = connections.current()
    if held is None:
        return
    waiting = db.session.scalars(
        select(Run.id).where(Run.company_id != held.company_id, Run.state.in_(RUNNING))
    ).all()
    for run_id in waiting:
        runs.stop(outside, viewer, run_id)


def _waiting(company_id: int, now_name: str) -> Former:
    company = db.session.scalars(select(Company).where(Company.id == company_id)).one()
    open_runs = db.session.scalars(
        select(Run).where(Run.company_id == company_id, Run.state.in_(RUNNING))
    ).all()
    under_way = db.session.scalar(
        select(func.count(Piece.id)).where(
            Piece.company_id == company_id,
            Piece.state == PieceState.ANNOUNCED,
            # In the very words of the index, or it is not used.
            text(UNDER_WAY),
        )
    )
    chosen = sum(run.size for run in open_runs)
    settled = db.session.scalar(
        select(func.count(Piece.id)).where(
            Piece.run_id.in_([run.id for run in open_runs]),
            Piece.state.not_in(UNFINISHED),
        )
    )
    sent = db.session.scalar(
        select(func.count(Receipt.id)).where(Receipt.company_id == company_id)
    )
    return Former(
        name=company.name,
        now_name=now_name,
        waiting=chosen - (settled or 0),
        under_way=under_way or 0,
        sent=sent or 0,
        can_stop=any(run.state != RunState.STOPPING for run in open_runs),
    )
