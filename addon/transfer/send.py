"""
Piece by piece, exactly once, resumable.

| a piece is | which means                          | and becomes                      |
| ---------- | ------------------------------------ | -------------------------------- |
| chosen     | nothing has left this house          | announced, held or already       |
| announced  | request id and exact body are kept,  | recorded, refused, or chosen if  |
|            | the call may have happened or not    | it certainly did not happen      |
| recorded   | a receipt names the activity         | (final)                          |
| refused    | QuickBooks said no                   | (final)                          |
| held       | our own rules said no                | (final)                          |
| already    | a receipt or another run has it      | (final)                          |

A call without a clear answer leaves its pieces announced. Once its time is over they
are looked up: what is there gets its receipt, what is not there is announced again.
"""

import secrets
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

import structlog

from addon.quickbooks.errors import QuickBooksError
from addon.records import connection as connections
from addon.records import db, everywhere, installation, lease, within
from addon.records.connection import Company
from addon.records.installation import Installation
from addon.records.pace import take_turn
from addon.records.run import (
    PieceState,
    Run,
    RunState,
    count,
    earliest_try,
    next_wake,
    owed,
    pieces,
)
from addon.transfer.announce import Flight, announce, fly
from addon.transfer.choose import choose
from addon.transfer.job import LEASE, Job
from addon.transfer.land import land
from addon.transfer.lookup import look_up
from addon.transfer.outside import Outside

log = structlog.get_logger()

LARGEST_BATCH = 30
# Calls under way at once for one company: enough to keep Intuit's pace when each
# takes several seconds.
MOST_FLIGHTS = 4
# QuickBooks takes 40 batches a minute; a little slower, so that clocks may differ.
BETWEEN_BATCHES = timedelta(seconds=1.55)


def send(outside: Outside, company_id: int) -> None:
    """Work off what is owed to one company, if nobody else is at it."""
    with everywhere():
        company = db.session.get(Company, company_id)
    here = installation.get(company.installation_id) if company else None
    db.session.commit()
    if company is None or here is None or not here.is_active:
        return
    with within(here.id):
        _send(outside, here, company)


def _send(outside: Outside, here: Installation, company: Company) -> None:
    owner = f"{outside.owner}/{secrets.token_hex(4)}"
    name = f"send:{company.realm_digest}"
    now = outside.now()
    taken = lease.take(name, owner, until=now + LEASE, now=now)
    db.session.commit()
    if not taken:
        return
    try:
        while not outside.halt.is_set() and (run := owed(company.id, outside.now())):
            _advance(outside, here, company, run, owner)
    except lease.LeaseLost:
        db.session.rollback()
        log.warning("send.lease_lost", company=company.id)
    finally:
        db.session.rollback()
        lease.release(name, owner)
        wake = next_wake(company.id)
        db.session.commit()
    if wake is not None:
        delay = max(0.0, (wake - outside.now()).total_seconds())
        outside.ring("send", company.id, delay=delay)


def _advance(
    outside: Outside, here: Installation, company: Company, run: Run, owner: str
) -> None:
    """Take one run as far as it goes now."""
    held = connections.current()
    db.session.commit()
    size = LARGEST_BATCH
    if held is None or held.company_id != company.id or not held.works:
        _wait_for_connection(outside, company, run, is_gone=held is None)
        return
    job = Job(outside, here, company, held, run.id, owner, batch_size=size)
    state = job.keep().state
    job.commit()
    if state == RunState.CHOOSING and not choose(job):
        return
    _resume(job)
    _send_pieces(job)
    _finish(job)


def _wait_for_connection(
    outside: Outside, company: Company, run: Run, *, is_gone: bool
) -> None:
    run.state = RunState.STOPPING if run.state == RunState.STOPPING else RunState.PAUSED
    run.reason = (
        f"Not connected to {company.name}. The run goes on by itself once an admin has"
        " connected it again."
        if is_gone
        else f"The connection to {company.name} must be renewed. The run goes on by"
        " itself once an admin has reconnected it in the settings."
    )
    # Reconnecting rings at once; this is for a ring that got lost.
    run.wake_at = outside.now() + timedelta(minutes=5)
    db.session.commit()


def _resume(job: Job) -> None:
    run = job.keep()
    if run.state == RunState.PAUSED:
        run.state = RunState.SENDING
        run.reason = ""
    job.commit()


def _send_pieces(job: Job) -> None:
    """Announce, call and record, several calls at a time, until nothing is due."""
    flights: dict[Future[object], Flight] = {}
    with ThreadPoolExecutor(MOST_FLIGHTS, thread_name_prefix="flight") as pool:
        try:
            while True:
                flight, pause = _next_flight(job, flights)
                if flight is not None:
                    flights[pool.submit(fly, flight)] = flight
                elif not flights and pause is None:
                    return
                elif not flights:
                    job.outside.sleep(pause or 0)
                else:
                    _land_some(job, flights, pause)
        finally:
            wait(flights)


def _next_flight(
    job: Job, flights: dict[Future[object], Flight]
) -> tuple[Flight | None, float | None]:
    """Give the next call to make, or how long to wait for one (None: nothing due)."""
    run = job.keep()
    is_on = run.state == RunState.SENDING
    is_awake = run.wake_at <= job.now() and run.state != RunState.PAUSED
    db.session.commit()
    if not is_awake or job.outside.halt.is_set():
        return None, None
    if len(flights) >= MOST_FLIGHTS:
        return None, 30.0
    away = {piece_id for each in flights.values() for piece_id in each.piece_ids}
    unsettled = _due(job, PieceState.ANNOUNCED, away)
    if not unsettled and not (is_on and _due(job, PieceState.CHOSEN, away)):
        return None, None
    pause = take_turn(job.gate, BETWEEN_BATCHES, 1, job.now())
    db.session.commit()
    if pause > timedelta(0):
        return None, pause.total_seconds()
    try:
        return (look_up(job, away) if unsettled else announce(job)), 0.0
    except QuickBooksError as problem:
        land(job, None, problem)
        return None, None


def _due(job: Job, state: PieceState, away: set[int]) -> bool:
    """Say whether a piece in this state, not under way, can be dealt with now."""
    due = pieces(job.run_id, state, due=job.now(), most=len(away) + 1)
    return any(piece.id not in away for piece in due)


def _land_some(
    job: Job, flights: dict[Future[object], Flight], pause: float | None
) -> None:
    done, _ = wait(
        flights, timeout=min(pause or 30.0, 30.0), return_when=FIRST_COMPLETED
    )
    for future in done:
        land(job, flights.pop(future), future.exception() or future.result())


def _finish(job: Job) -> None:
    """Say where the run stands now that nothing more is due."""
    run = job.keep()
    now = job.now()
    if run.state == RunState.STOPPING:
        for piece in pieces(run.id, PieceState.CHOSEN):
            piece.state = PieceState.DROPPED
    left = count(run.id, PieceState.CHOSEN, PieceState.ANNOUNCED)
    if left == 0 and run.state in {RunState.SENDING, RunState.STOPPING}:
        is_stopped = run.state == RunState.STOPPING
        run.state = RunState.STOPPED if is_stopped else RunState.DONE
        run.finished_at = now
        run.reason = ""
        log.info("run.finished", run=run.id, state=run.state)
    elif run.wake_at <= now:
        run.wake_at = earliest_try(run.id) or now + timedelta(seconds=5)
    job.commit()
