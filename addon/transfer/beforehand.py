"""Looks before a run whether any of it is in QuickBooks already."""

from dataclasses import replace
from datetime import timedelta

from addon.clockify.errors import ClockifyError
from addon.quickbooks.errors import QuickBooksError
from addon.records import db
from addon.records.connection import Connection
from addon.records.journal import BY_ITSELF
from addon.records.moving import MoveState, latest_moving
from addon.records.receipt import first_sent
from addon.transfer.comparing import compare
from addon.transfer.job import Job
from addon.transfer.moving import begin_look, close_look, fail_look
from addon.transfer.review import Filter


def look_before_sending(job: Job, wanted: Filter) -> None:
    """
    Look once more before a run, over those of its days that others may have recorded.

    The job holds the lease on sending; raises the errors of both gates, after which
    the run comes back and looks again.
    """
    outside, here, held = job.outside, job.here, job.held
    days = _before_us(held, wanted)
    if days is None:
        return
    one = begin_look(here, held, days, BY_ITSELF, outside.now())
    db.session.commit()
    try:
        compare(outside, here, held, one, keep=job.keep)
        close_look(outside, here, one)
    except (ClockifyError, QuickBooksError):
        fail_look(outside, one, "The comparison was interrupted.")
        raise


def _before_us(held: Connection, wanted: Filter) -> Filter | None:
    """
    Pick the days of a run on which others may have recorded the same hours.

    Until we have sent anything these are all of them, later those before our first
    one. An earlier search does not count: since then somebody may have been linked,
    have got a project, or have typed last week's hours. None at all where a person has
    undone a search before it had found anything.
    """
    latest = latest_moving(held.company_id)
    if latest and latest.state == MoveState.UNDONE and not latest.undone:
        return None
    begun = first_sent(held.company_id)
    if begun is None:
        return wanted
    last = min(wanted.end, begun.date() + timedelta(days=1))
    return None if last < wanted.start else replace(wanted, end=last)
