"""Fill a run with its pieces: the chosen entries, each as Clockify has it now."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from addon.clockify.errors import (
    Busy,
    ClockifyError,
    NotPermitted,
    Uninstalled,
    Unreachable,
)
from addon.quickbooks.errors import Busy as QuickBooksBusy
from addon.quickbooks.errors import Disconnected, QuickBooksError, Rejected
from addon.records import db
from addon.records.insert import insert_new
from addon.records.pace import end_silence, note_silence
from addon.records.receipt import CHUNK
from addon.records.run import Piece, PieceState, RunState
from addon.records.selected import (
    chosen,
    next_selected,
    no_longer_selected,
    select_again,
    still_selected,
)
from addon.transfer.beforehand import look_before_sending
from addon.transfer.job import Job
from addon.transfer.pace import Away, clockify_of
from addon.transfer.receipts import raw_of
from addon.transfer.refresh import keep_workspace
from addon.transfer.review import Filter, Row, State, judged
from addon.transfer.snapshot import pack
from addon.transfer.waits import in_words, wait_for_connection

log = structlog.get_logger()

# Whoever could not be read is tried again after this long.
PATIENCE = timedelta(minutes=1)
STATES = {
    State.READY: PieceState.CHOSEN,
    State.ATTENTION: PieceState.HELD,
    State.SENDING: PieceState.ALREADY,
    State.SENT: PieceState.ALREADY,
}
ELSEWHERE = "Another run is sending this entry already."
SENT_BEFORE = "This entry has been sent before."
FOUND_BEFORE = "This entry is in QuickBooks already."
REFUSED = (
    "{problem} So the entries could not be read. We try again every five minutes; if it"
    " stays, ask the add-on's support."
)
NO_LONGER_LISTED = "Clockify does not list this entry any more."
LISTED_ELSEWHERE = (
    "It may have been deleted, or changed so that it is not among those that the run"
    " was begun with."
)


def choose(job: Job) -> bool:
    """
    Write down every piece of the run before the first is sent; False to come back.

    Begun again after a crash it goes on where it was, because an entry is selected
    until its piece is written.
    """
    try:
        _choose(job)
    except Uninstalled:
        job.pause("Clockify says that the add-on is no longer installed.")
        return False
    except NotPermitted as refusal:
        job.pause(f"Clockify does not let the add-on read entries ({refusal.what}).")
        return False
    except Busy as busy:
        wait = timedelta(seconds=busy.retry_after)
        said = "Clockify asked us to slow down. We go on by ourselves."
        end_silence(clockify_of(job.here.id))
        job.rest(said, max(wait, timedelta(seconds=5)))
        return False
    except QuickBooksError as problem:
        _come_back(job, problem)
        return False
    except Unreachable as problem:
        log.warning("choose.failed", run=job.run_id, problem=type(problem).__name__)
        note_silence(clockify_of(job.here.id), job.outside.common_now())
        job.rest("Clockify could not be read. We try again by ourselves.", PATIENCE)
        return False
    except ClockifyError as problem:
        log.warning("choose.refused", run=job.run_id, problem=type(problem).__name__)
        end_silence(clockify_of(job.here.id))
        job.pause(REFUSED.format(problem=problem))
        return False
    return True


def _come_back(job: Job, problem: QuickBooksError) -> None:
    """QuickBooks could not be asked what it holds already: say why, and when again."""
    log.warning("choose.unlooked", run=job.run_id, problem=type(problem).__name__)
    if isinstance(problem, Disconnected):
        wait_for_connection(job, problem.fault)
    elif isinstance(problem, QuickBooksBusy):
        wait = timedelta(seconds=problem.retry_after)
        job.rest("QuickBooks asked us to slow down. We go on by ourselves.", wait)
    elif isinstance(problem, Rejected):
        job.pause(in_words(job, problem.fault), raw_of(problem.fault))
    else:
        wait = problem.again_in if isinstance(problem, Away) else PATIENCE
        job.rest("QuickBooks cannot be reached. We try again by ourselves.", wait)


def _choose(job: Job) -> None:
    run = job.keep()
    wanted, is_new = _filter(run.filters), run.fresh_at is None
    if run.state == RunState.CHOOSING:
        # Also what was read before, perhaps long ago, and has not left the house.
        select_again(run.id)
    job.commit()
    gate = job.outside.clockify(job.here)
    # First, because while Clockify is away QuickBooks is not asked in vain.
    workspace = gate.workspace()
    if is_new:
        look_before_sending(job, wanted)
    keep_workspace(job.here, workspace)
    pages = judged(gate, job.here, job.held, wanted, rates_known=True, for_a_run=True)
    for page in pages:
        _keep_page(job, page)
    _keep_rest(job)
    run = job.keep()
    end_silence(clockify_of(job.here.id))
    if run.state == RunState.CHOOSING:
        run.state = RunState.SENDING
    run.reason = ""
    job.note_fresh(run)
    job.commit()


def _filter(kept: dict[str, Any]) -> Filter:
    return Filter(
        date.fromisoformat(kept["start"]),
        date.fromisoformat(kept["end"]),
        tuple(kept["users"]),
        tuple(kept["clients"]),
        tuple(kept["projects"]),
        kept["billable"],
    )


def _keep_page(job: Job, page: Sequence[Row]) -> None:
    ids = still_selected(job.run_id, [row.entry.id for row in page])
    rows = [row for row in page if row.entry.id in ids]
    waiting = chosen(job.run_id, ids)
    for row in rows:
        if row.entry.id in waiting:
            # It was read before, long ago, and did not leave the house.
            waiting[row.entry.id].snapshot = pack(row.entry)
    rows = [row for row in rows if row.entry.id not in waiting]
    insert_new(Piece, [_piece(job, row) for row in rows])
    # Where another run put the same piece on its way first, the database has
    # refused ours: it is on its way already.
    kept = set(
        db.session.scalars(
            select(Piece.entry_id).where(
                Piece.run_id == job.run_id, Piece.entry_id.in_(ids)
            )
        )
    )
    elsewhere = [
        _piece(job, row) | {"state": PieceState.ALREADY, "explanation": ELSEWHERE}
        for row in rows
        if row.entry.id not in kept
    ]
    insert_new(Piece, elsewhere)
    no_longer_selected(job.run_id, ids)
    job.commit()


def _piece(job: Job, row: Row) -> dict[str, Any]:
    before = FOUND_BEFORE if row.is_found else SENT_BEFORE
    told = {State.SENDING: ELSEWHERE, State.SENT: before}
    return {
        "installation_id": job.here.id,
        "company_id": job.company.id,
        "run_id": job.run_id,
        "entry_id": row.entry.id,
        "part": 0,
        "state": STATES[row.state],
        "snapshot": pack(row.entry),
        "day": row.entry.day,
        "minutes": row.minutes,
        "amount": row.amount,
        "currency": row.currency,
        "explanation": told.get(row.state, row.reason),
        "cure": row.cure,
    }


def _keep_rest(job: Job) -> None:
    """Write down the entries that Clockify does not list any more."""
    while ids := next_selected(job.run_id, CHUNK):
        for piece in chosen(job.run_id, ids).values():
            piece.state, piece.reason = PieceState.HELD, ""
            piece.explanation, piece.cure = NO_LONGER_LISTED, LISTED_ELSEWHERE
        insert_new(Piece, [_unlisted(job, entry_id) for entry_id in ids])
        no_longer_selected(job.run_id, ids)
        job.commit()


def _unlisted(job: Job, entry_id: str) -> dict[str, Any]:
    return {
        "installation_id": job.here.id,
        "company_id": job.company.id,
        "run_id": job.run_id,
        "entry_id": entry_id,
        "part": 0,
        "state": PieceState.HELD,
        "snapshot": {},
        "minutes": 0,
        "explanation": NO_LONGER_LISTED,
        "cure": LISTED_ELSEWHERE,
    }
