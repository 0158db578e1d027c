"""Find hours that are in QuickBooks already, so that nothing is sent twice."""

import secrets
from datetime import datetime, timedelta

import structlog

from addon.clockify.errors import ClockifyError
from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import connection as connections
from addon.records import db, everywhere, installation, lease, within
from addon.records.connection import Connection
from addon.records.installation import Installation, beat
from addon.records.journal import BY_ITSELF, note
from addon.records.link import LinkKind, links
from addon.records.moving import (
    MoveState,
    Moving,
    find_moving,
    hold,
    is_looking,
    latest_moving,
)
from addon.records.receipt import Origin, count_receipts, forget_found
from addon.transfer.comparing import compare
from addon.transfer.counting import WINDOW, expect_count
from addon.transfer.job import lease_end
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.renew import mark_reconnect
from addon.transfer.review import Filter, working_connection

log = structlog.get_logger()

LEASE = timedelta(minutes=15)
# A search that failed is tried again by itself after this long.
PAUSE = timedelta(minutes=15)
# Links are often made one after another: so long they are let gather.
REST = timedelta(minutes=1)
# While a run is being sent nothing may be marked; this many seconds later it may.
PATIENCE = 15.0


class _Busy(Exception):
    """Raised where somebody is sending to the company just now."""


def ask(outside: Outside, viewer: Viewer, wanted: Filter | None = None) -> None:
    """
    Look in the background for hours that are there already; without days, the last 60.

    Raises Refused while a search is under way, NotConnected without a company.
    """
    held = working_connection()
    latest = latest_moving(held.company_id)
    if latest is not None and latest.state == MoveState.LOOKING:
        # Rung once more, in case that whoever was at it has died.
        outside.ring("moving", latest.id)
        raise Refused("We are looking already. Wait until that is over.")
    today = outside.now().date()
    wanted = wanted or Filter(today - WINDOW, today + timedelta(days=1))
    one = begin_look(viewer.installation, held, wanted, viewer.user_id, outside.now())
    db.session.commit()
    outside.ring("moving", one.id)


def look_by_itself(outside: Outside, installation_id: int) -> None:
    """
    Look on the first day, and again when links were made before anything was sent.

    Not where a person has undone it, nor where nobody else records time.
    """
    here = installation.get(installation_id)
    db.session.commit()
    if here is None or not here.is_active:
        return
    with within(here.id):
        held = connections.current()
        one = _interrupted(held, outside.now())
        if held is None or not held.works:
            one = None
        elif one is None and _is_first_day(held, outside.now()):
            today = outside.now().date()
            days = Filter(today - WINDOW, today + timedelta(days=1))
            one = begin_look(here, held, days, BY_ITSELF, outside.now())
        db.session.commit()
    if one is not None:
        look(outside, one.id)


def look(outside: Outside, number: int) -> None:
    """Do one search, or go on with one that was interrupted."""
    with everywhere():
        one = find_moving(number)
    here = installation.get(one.installation_id) if one else None
    db.session.commit()
    if one is None or here is None or not here.is_active:
        return
    with within(here.id):
        name, owner, now = f"moving:{one.id}", secrets.token_hex(8), outside.now()
        taken = lease.take(name, owner, until=now + LEASE, now=now)
        db.session.commit()
        if not taken:
            return
        try:
            _look(outside, here, one)
        finally:
            db.session.rollback()
            lease.release(name, owner)
            db.session.commit()


def undo(outside: Outside, viewer: Viewer) -> None:
    """Put what was marked as already there back to where it would be without us."""
    held = working_connection()
    gone = forget_found(held.company_id)
    latest = latest_moving(held.company_id)
    if latest is not None:
        # Others may undo it in the same moment.
        hold(latest)
        latest.state = MoveState.UNDONE
        latest.undone = sorted({*latest.undone, *gone})
    note(
        viewer.installation.id,
        "already there undone",
        actor=viewer.user_id,
        at=outside.now(),
        entries=len(gone),
    )
    beat(viewer.installation.id)
    expect_count(viewer.installation, held.company_id, outside)
    db.session.commit()
    outside.ring("waiting", viewer.installation.id)


def _interrupted(held: Connection | None, now: datetime) -> Moving | None:
    """Find a search whose worker has died."""
    latest = latest_moving(held.company_id) if held else None
    if latest is None or latest.state != MoveState.LOOKING:
        return None
    return latest if latest.started_at < now - LEASE else None


def _is_first_day(held: Connection, now: datetime) -> bool:
    latest = latest_moving(held.company_id)
    if latest is None:
        return not count_receipts(held.company_id, Origin.SENT)
    if latest.state == MoveState.FAILED:
        is_due = latest.finished_at is None or latest.finished_at < now - PAUSE
        return is_due and latest.started_by == BY_ITSELF
    if latest.state != MoveState.DONE or not latest.activities:
        return False
    newest = _newest_link(held.company_id)
    is_news = newest is not None and newest > latest.started_at
    is_rested = latest.started_at < now - REST
    return is_news and is_rested and not count_receipts(held.company_id, Origin.SENT)


def _newest_link(company_id: int) -> datetime | None:
    """Say when somebody or something was last linked."""
    moments = [
        link.since for kind in LinkKind for link in links(company_id, kind).values()
    ]
    return max(moments, default=None)


def begin_look(
    here: Installation, held: Connection, wanted: Filter, actor: str, now: datetime
) -> Moving:
    """Put down that a search begins; the caller commits."""
    one = Moving(
        installation_id=here.id,
        company_id=held.company_id,
        state=MoveState.LOOKING,
        start=wanted.start,
        end=wanted.end,
        started_by=actor,
        started_at=now,
        activities=0,
        entries=0,
        found=0,
        minutes=0,
        problem="",
        undone=[],
    )
    db.session.add(one)
    db.session.flush()
    return one


def _look(outside: Outside, here: Installation, one: Moving) -> None:
    held = connections.current()
    db.session.commit()
    if one.state != MoveState.LOOKING:
        return
    if held is None or held.company_id != one.company_id or not held.works:
        fail_look(outside, one, "QuickBooks is not connected.")
        return
    try:
        _with_sending_stopped(outside, here, held, one)
        close_look(outside, here, one)
    except _Busy:
        db.session.rollback()
        outside.ring("moving", one.id, delay=PATIENCE)
    except ClockifyError as problem:
        log.warning("moving.failed", problem=type(problem).__name__)
        fail_look(outside, one, "Clockify could not be read.")
    except Disconnected:
        mark_reconnect(outside, held)
        fail_look(outside, one, "QuickBooks no longer accepts the connection.")
    except QuickBooksError as problem:
        log.warning("moving.failed", problem=type(problem).__name__)
        fail_look(outside, one, "QuickBooks could not be read.")


def _with_sending_stopped(
    outside: Outside, here: Installation, held: Connection, one: Moving
) -> None:
    """Compare while nobody sends: else an entry could be marked that is on its way."""
    name, owner = f"send:{held.company.realm_digest}", secrets.token_hex(8)
    until = lease_end(outside)
    taken = lease.take(name, owner, until=until, now=outside.now())
    db.session.commit()
    if not taken:
        raise _Busy
    try:
        compare(
            outside,
            here,
            held,
            one,
            keep=lambda: lease.keep(name, owner, until=lease_end(outside)),
        )
    except lease.LeaseLost as lost:
        raise _Busy from lost
    finally:
        db.session.rollback()
        lease.release(name, owner)
        db.session.commit()
        outside.ring("send", held.company_id)


def close_look(outside: Outside, here: Installation, one: Moving) -> None:
    """Bring a search to its end, and say what it has found; commits."""
    if not is_looking(one):
        # A person has undone it meanwhile.
        db.session.commit()
        return
    one.state, one.finished_at, one.problem = MoveState.DONE, outside.now(), ""
    beat(here.id)
    if one.found:
        note(
            here.id,
            "already there",
            actor=one.started_by,
            at=outside.now(),
            entries=one.found,
        )
        expect_count(here, one.company_id, outside)
    db.session.commit()
    log.info("moving.done", installation=here.id, found=one.found)
    if one.found:
        outside.ring("waiting", here.id)


def fail_look(outside: Outside, one: Moving, problem: str) -> None:
    """Leave a search that could not be brought to its end; commits."""
    db.session.rollback()
    one.state, one.finished_at, one.problem = MoveState.FAILED, outside.now(), problem
    db.session.add(one)
    db.session.commit()
