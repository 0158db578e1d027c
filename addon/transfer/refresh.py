"""Bring both sides' lists of names up to date, and link what is certain."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from addon.clockify.errors import ClockifyError, NotPermitted, Uninstalled
from addon.quickbooks.errors import Busy as QuickBooksBusy
from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import connection as connections
from addon.records import db, installation, lease, within
from addon.records.connection import Connection
from addon.records.directory import Directory, Kind, Listing, Side, directory, listings
from addon.records.installation import Installation
from addon.rules.entry import Workspace
from addon.transfer import facts, listed
from addon.transfer.link import link_what_is_certain
from addon.transfer.outside import Outside
from addon.transfer.renew import company_client, mark_reconnect

log = structlog.get_logger()

LEASE = timedelta(minutes=5)

CLOCKIFY_KINDS = (Kind.USER, Kind.CLIENT, Kind.PROJECT)
QUICKBOOKS_KINDS = (Kind.EMPLOYEE, Kind.VENDOR, Kind.CUSTOMER, Kind.ITEM)


def expect_news(installation_id: int, side: Side, now: datetime) -> None:
    """Mark one side's lists as stale; the caller commits and rings."""
    lists = directory(installation_id, side)
    lists.news += 1
    lists.stale_since = lists.stale_since or now


def ask(outside: Outside, here: Installation) -> None:
    """Mark both sides stale and wake a worker."""
    for side in Side:
        expect_news(here.id, side, outside.now())
    db.session.commit()
    outside.ring("refresh", here.id)


def refresh(outside: Outside, installation_id: int) -> None:
    """
    Read again whatever is stale in one workspace, then link what is certain.

    News that arrives meanwhile leaves the side stale, so that it is read once more.
    """
    here = installation.get(installation_id)
    db.session.commit()
    if here is None or not here.is_active:
        return
    with within(here.id):
        for side in Side:
            _refresh_side(outside, here, side)


def _refresh_side(outside: Outside, here: Installation, side: Side) -> None:
    lists = directory(here.id, side)
    seen = lists.news
    is_stale = lists.stale_since is not None
    db.session.commit()
    if not is_stale:
        return
    name, owner = f"refresh:{here.id}:{side}", secrets.token_hex(8)
    now = outside.now()
    taken = lease.take(name, owner, until=now + LEASE, now=now)
    db.session.commit()
    if not taken:
        # Whoever holds it may have begun before our news came.
        outside.ring("refresh", here.id, delay=2)
        return
    try:
        problem = _read(outside, here, side)
        _settle(outside, here, side, seen, problem)
    finally:
        lease.release(name, owner)
        db.session.commit()


def _read(outside: Outside, here: Installation, side: Side) -> str:
    """Read one side; give the problem in words where that was not possible."""
    try:
        if side is Side.CLOCKIFY:
            _read_clockify(outside, here)
        else:
            held = connections.current()
            db.session.commit()
            if held is not None and held.works:
                _read_quickbooks(outside, here, held)
    except Uninstalled:
        here.unreachable_since = here.unreachable_since or outside.now()
        return "Clockify says that the add-on is no longer installed."
    except NotPermitted as refusal:
        return f"Clockify does not let the add-on read its lists ({refusal.what})."
    except ClockifyError as problem:
        log.warning("refresh.failed", side=side, problem=type(problem).__name__)
        return "Clockify could not be read. We try again by ourselves."
    except Disconnected:
        mark_reconnect(outside)
        return "QuickBooks no longer accepts the connection. Reconnect it."
    except QuickBooksBusy:
        return "QuickBooks asked us to slow down. We go on by ourselves."
    except QuickBooksError as problem:
        log.warning("refresh.failed", side=side, problem=type(problem).__name__)
        return "QuickBooks could not be read. We try again by ourselves."
    return ""


def _settle(
    outside: Outside, here: Installation, side: Side, seen: int, problem: str
) -> None:
    lists = directory(here.id, side)
    lists.problem = problem
    if not problem:
        _note_success(lists, seen, outside.now())
    is_stale = lists.stale_since is not None
    db.session.commit()
    if is_stale:
        outside.ring("refresh", here.id, delay=60 if problem else 0)


def _note_success(lists: Directory, seen: int, now: datetime) -> None:
    lists.settled = seen
    lists.refreshed_at = now
    if lists.news == seen:
        lists.stale_since = None


def _read_clockify(outside: Outside, here: Installation) -> None:
    client = outside.clockify(here)
    workspace = client.workspace()
    found = [
        *(listed.from_user(each) for each in client.users()),
        *(listed.from_client(each) for each in client.clients()),
        *(listed.from_project(each) for each in client.projects()),
    ]
    keep_workspace(here, workspace)
    _keep_listings(here, 0, CLOCKIFY_KINDS, found)
    held = connections.current()
    if held is not None:
        link_what_is_certain(here, held.company_id, outside.now())
    db.session.commit()


def keep_workspace(here: Installation, workspace: Workspace) -> None:
    """Write what the workspace says about itself; the caller commits."""
    here.workspace_name = workspace.name
    here.workspace_currency = workspace.currency or ""
    rounding = workspace.rounding
    here.rounding_way = rounding.way if rounding else ""
    here.rounding_minutes = rounding.minutes if rounding else 0


def _read_quickbooks(outside: Outside, here: Installation, held: Connection) -> None:
    client = company_client(outside, held)
    about = client.company()
    found = [
        *(listed.from_person(each) for each in client.people()),
        *(listed.from_customer(each) for each in client.customers()),
        *(listed.from_item(each) for each in client.service_items()),
    ]
    facts.keep(held.company, about, outside.now())
    _keep_listings(here, held.company_id, QUICKBOOKS_KINDS, found)
    link_what_is_certain(here, held.company_id, outside.now())
    db.session.commit()
    log.info("refresh.quickbooks", installation=here.id, reads=client.calls.reads)


def _keep_listings(
    here: Installation,
    company_id: int,
    kinds: tuple[Kind, ...],
    found: Iterable[listed.Line],
) -> None:
    """Make the stored lists equal to what was found; keep what is gone, marked so."""
    known = {
        (each.kind, each.foreign_id): each
        for each in listings(*kinds, company_id=company_id)
    }
    for line in found:
        row = known.pop((line.kind, line.foreign_id), None)
        if row is None:
            row = Listing(
                installation_id=here.id,
                company_id=company_id,
                kind=line.kind,
                foreign_id=line.foreign_id,
            )
            db.session.add(row)
        line.write_into(row)
    for row in known.values():
        row.gone, row.active = True, False
