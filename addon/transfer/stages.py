"""A run's stages: it is begun or gone on with, waits, and comes to its end."""

from datetime import datetime, timedelta

import structlog

from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Company
from addon.records.directory import Side
from addon.records.installation import Installation
from addon.records.pace import silent_since
from addon.records.run import (
    UNFINISHED,
    PieceState,
    Run,
    RunState,
    count,
    drop,
    earliest_try,
    find_run,
    is_refused_for,
)
from addon.records.selected import is_chosen, no_longer_selected
from addon.transfer.choose import choose
from addon.transfer.job import PAUSE, STALE, Job
from addon.transfer.outside import Outside
from addon.transfer.refresh import expect_news
from addon.transfer.waits import waiting

log = structlog.get_logger()

# Refusals that our lists of QuickBooks' records, or its closing date, did not foresee.
OUT_OF_DATE = ("610", "2030", "2500", "6200", "6210")


def begin(
    outside: Outside, here: Installation, company: Company, run_id: int, owner: str
) -> Job | None:
    """Get a run ready to be sent; None where it has to wait first."""
    held = connections.current()
    run = find_run(run_id)
    db.session.commit()
    if run is None:
        return None
    if held is None or held.company_id != company.id or not held.works:
        is_gone = held is None or held.company_id != company.id
        _wait_for_connection(outside, company, run_id, is_gone=is_gone)
        return None
    job = Job(outside, here, company, held, run_id, owner)
    if _resume(job) == RunState.CHOOSING:
        if not choose(job):
            return None
        job.is_just_read = True
    return job


def read_again(job: Job) -> None:
    """
    Let entries that have waited for long be read again when the run is next begun.

    Meanwhile somebody may have moved them to another project, or deleted them. Raises
    the gate's errors: while QuickBooks is away nothing is read in vain.
    """
    is_silent = silent_since(job.company.realm_digest) is not None
    job.commit()
    if is_silent:
        job.client().look_at_the_clock()
    run = job.keep()
    if run.state == RunState.SENDING:
        run.state = RunState.CHOOSING
        log.info("run.read_again", run=run.id)
    job.commit()


def finish(job: Job) -> None:
    """Say where the run stands now that nothing of it is due or under way."""
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
    is_news = run.is_over and is_refused_for(run.id, OUT_OF_DATE)
    is_news = is_news and expect_news(job.here.id, Side.QUICKBOOKS, now)
    job.commit()
    if is_news:
        job.outside.ring("refresh", job.here.id)


def _wait_for_connection(
    outside: Outside, company: Company, run_id: int, *, is_gone: bool
) -> None:
    now = outside.now()
    run = find_run(run_id, hold=True)
    if run is None:
        db.session.commit()
        return
    if run.state == RunState.STOPPING:
        _drop(run)
        if not count(run.id, PieceState.ANNOUNCED):
            _end(run, RunState.STOPPED, now)
            db.session.commit()
            return
    else:
        run.state = RunState.PAUSED
        if is_gone or not run.raw:
            # Else QuickBooks has said more than that.
            run.reason, run.raw = waiting(company, is_gone=is_gone), ""
    # Reconnecting rings at once; this is for a ring that got lost.
    run.wake_at = now + PAUSE
    db.session.commit()


def _resume(job: Job) -> str:
    """Go on where a pause began: with the choosing, or with what was chosen."""
    run = job.keep()
    job.fresh_until = (run.fresh_at or run.created_at) + STALE
    if run.state == RunState.PAUSED:
        run.state = RunState.SENDING if is_chosen(run.id) else RunState.CHOOSING
        run.reason = ""
    job.commit()
    return run.state


def _drop(run: Run) -> None:
    """Leave alone what has not left the house, looked at or not."""
    drop(run.id)
    no_longer_selected(run.id)


def _end(run: Run, state: RunState, now: datetime) -> None:
    run.state, run.finished_at, run.reason = state, now, ""
    log.info("run.finished", run=run.id, end=str(state))
