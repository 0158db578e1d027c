"""
Piece by piece, exactly once, resumable.

| a piece is | which means                          | and becomes                      |
| ---------- | ------------------------------------ | -------------------------------- |
| chosen     | nothing has left this house          | announced, held, already or      |
|            |                                      | dropped                          |
| announced  | request id and exact body are kept,  | recorded, refused, or chosen if  |
|            | the call may have happened or not    | it certainly did not happen      |
| recorded   | a receipt names the activity         | (final)                          |
| refused    | QuickBooks said no                   | (final)                          |
| held       | our own rules said no                | (final)                          |
| already    | a receipt or another run has it      | (final)                          |
| dropped    | the run was stopped before its turn  | (final)                          |

A call without a clear answer leaves its pieces announced. Once its time is over they
are looked up: what is there gets its receipt, what is not there is announced again,
and what is there under another person's name is taken out and refused. A run that is
stopped drops what is chosen and brings what is announced to its end.
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from addon.quickbooks.errors import QuickBooksError
from addon.records import connection as connections
from addon.records import db, everywhere, installation, lease, within
from addon.records.connection import Company
from addon.records.installation import Installation
from addon.records.run import (
    UNFINISHED,
    PieceState,
    Run,
    RunState,
    count,
    earliest_try,
    is_chosen,
    next_wake,
    owed,
    pieces,
    wake,
)
from addon.transfer.announce import Flight, announce, fly
from addon.transfer.choose import choose
from addon.transfer.job import PAUSE, Job, lease_end
from addon.transfer.land import land, waiting
from addon.transfer.lookup import look_up
from addon.transfer.outside import Outside
from addon.transfer.pace import LONGEST_WAIT, batch_turn

log = structlog.get_logger()

# Calls under way at once for one company: enough to keep Intuit's pace when each
# takes several seconds.
MOST_FLIGHTS = 4
# Seconds after which the lease is extended, however long a call takes.
LONGEST = 30.0
# While there is something new to send, look-ups are gathered for so long.
GATHER = timedelta(seconds=60)


@dataclass(frozen=True)
class Steps:
    """The three steps on which "exactly once" rests."""

    announce: Callable[[Job], Flight | None] = announce
    look_up: Callable[[Job, set[int]], Flight | None] = look_up
    land: Callable[[Job, Flight | None, object], None] = land


STEPS = Steps()


def send(outside: Outside, company_id: int, steps: Steps = STEPS) -> None:
    """Work off what is owed to one company, if nobody else is at it."""
    with everywhere():
        company = db.session.get(Company, company_id)
    here = installation.get(company.installation_id) if company else None
    db.session.commit()
    if company is None or here is None or not here.is_active:
        return
    with within(here.id):
        _send(outside, here, company, steps)


def _send(outside: Outside, here: Installation, company: Company, steps: Steps) -> None:
    owner = f"{outside.owner}/{secrets.token_hex(4)}"
    name = f"send:{company.realm_digest}"
    now = outside.now()
    taken = lease.take(name, owner, until=lease_end(outside), now=now)
    held = connections.current()
    if taken and held is not None and held.company_id == company.id:
        # A person has connected anew: what waited for that need not wait any longer.
        wake(company.id, paused_before=held.connected_at + PAUSE, now=now)
    db.session.commit()
    if not taken:
        return
    try:
        while not outside.halt.is_set() and (run := owed(company.id, outside.now())):
            _advance(outside, here, company, run, owner, steps)
    except lease.LeaseLost:
        db.session.rollback()
        log.warning("send.lease_lost", company=company.id)
    finally:
        db.session.rollback()
        lease.release(name, owner)
        due = next_wake(company.id)
        db.session.commit()
    if due is not None:
        delay = max(0.0, (due - outside.now()).total_seconds())
        outside.ring("send", company.id, delay=delay)


def _advance(
    outside: Outside,
    here: Installation,
    company: Company,
    run: Run,
    owner: str,
    steps: Steps,
) -> None:
    """Take one run as far as it goes now."""
    held = connections.current()
    db.session.commit()
    if held is None or held.company_id != company.id or not held.works:
        is_gone = held is None or held.company_id != company.id
        _wait_for_connection(outside, company, run, is_gone=is_gone)
        return
    job = Job(outside, here, company, held, run.id, owner, outside.parcel)
    if _resume(job) == RunState.CHOOSING and not choose(job):
        return
    _send_pieces(job, steps)
    _finish(job)


def _wait_for_connection(
    outside: Outside, company: Company, run: Run, *, is_gone: bool
) -> None:
    now = outside.now()
    if run.state == RunState.STOPPING and not count(run.id, PieceState.ANNOUNCED):
        _drop(run)
        _end(run, RunState.STOPPED, now)
        db.session.commit()
        return
    run.state = RunState.STOPPING if run.state == RunState.STOPPING else RunState.PAUSED
    run.reason = waiting(company, is_gone=is_gone)
    # Reconnecting rings at once; this is for a ring that got lost.
    run.wake_at = now + PAUSE
    db.session.commit()


def _resume(job: Job) -> str:
    """Go on where a pause began: with the choosing, or with what was chosen."""
    run = job.keep()
    if run.state == RunState.PAUSED:
        run.state = RunState.SENDING if is_chosen(run) else RunState.CHOOSING
        run.reason = ""
    job.commit()
    return run.state


def _send_pieces(job: Job, steps: Steps) -> None:
    """Announce, call and record, several calls at a time, until nothing is due."""
    flights: dict[Future[Any], Flight] = {}
    with job.outside.pool(MOST_FLIGHTS) as pool:
        while True:
            flight, pause = _next_flight(job, flights, steps)
            if flight is not None:
                flights[pool.submit(partial(fly, flight))] = flight
            elif not flights and pause is None:
                return
            elif not flights:
                job.outside.sleep(pause or 0)
            else:
                for future in pool.wait(flights, min(pause or LONGEST, LONGEST)):
                    landed = flights.pop(future)
                    steps.land(job, landed, future.exception() or future.result())


def _next_flight(
    job: Job, flights: dict[Future[Any], Flight], steps: Steps
) -> tuple[Flight | None, float | None]:
    """Give the next call to make, or how long to wait for one (None: nothing due)."""
    run = job.keep()
    is_on = run.state == RunState.SENDING
    is_awake = run.wake_at <= job.now() and run.state != RunState.PAUSED
    db.session.commit()
    if not is_awake or job.outside.halt.is_set():
        return None, None
    if len(flights) >= MOST_FLIGHTS:
        return None, LONGEST
    away = {piece_id for each in flights.values() for piece_id in each.piece_ids}
    is_new = is_on and _due(job, PieceState.CHOSEN, away)
    unsettled = _due(job, PieceState.ANNOUNCED, away, GATHER if is_new else None)
    # No transaction may stay open while calls are under way: on SQLite it would keep
    # everybody else from writing.
    db.session.commit()
    if not is_new and not unsettled:
        return None, None
    try:
        if unsettled:
            return _repeated(job, steps.look_up(job, away)), 0.0
        pause = batch_turn(job.outside, job.company.realm_digest)
        return (None, pause) if pause else (steps.announce(job), 0.0)
    except QuickBooksError as problem:
        steps.land(job, None, problem)
        return None, None


def _repeated(job: Job, flight: Flight | None) -> Flight | None:
    """Let a call that a look-up wants repeated wait for its turn as every call."""
    until = job.now() + LONGEST_WAIT
    while flight is not None:
        pause = batch_turn(job.outside, job.company.realm_digest)
        if not pause:
            return flight
        if job.now() > until:
            # It stays announced, and is looked up once more.
            return None
        job.outside.sleep(pause)
    return None


def _due(
    job: Job, state: PieceState, away: set[int], patience: timedelta | None = None
) -> bool:
    """Say whether a piece in this state, not under way, can be dealt with now."""
    by = job.now() - (patience or timedelta(0))
    due = pieces(job.run_id, state, due=by, most=len(away) + 1)
    return any(piece.id not in away for piece in due)


def _finish(job: Job) -> None:
    """Say where the run stands now that nothing more is due."""
    run = job.keep()
    now = job.now()
    if run.state == RunState.STOPPING:
        _drop(run)
    under_way = count(run.id, *UNFINISHED)
    if run.state == RunState.STOPPING and not under_way:
        _end(run, RunState.STOPPED, now)
    elif run.state == RunState.SENDING and not under_way:
        _end(run, RunState.DONE, now)
    elif run.wake_at <= now:
        due = earliest_try(run.id) or now + timedelta(seconds=5)
        run.wake_at = max(due, now + timedelta(seconds=1))
    job.commit()


def _drop(run: Run) -> None:
    """Leave alone what has not left the house."""
    for piece in pieces(run.id, PieceState.CHOSEN):
        piece.state = PieceState.DROPPED


def _end(run: Run, state: RunState, now: datetime) -> None:
    run.state, run.finished_at, run.reason = state, now, ""
    log.info("run.finished", run=run.id, state=run.state)
