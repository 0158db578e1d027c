"""Count in the background what is unsent, so that the panels know it at once."""

import secrets
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import structlog

from addon.clockify.errors import ClockifyError
from addon.records import connection as connections
from addon.records import db, installation, lease, within
from addon.records.connection import Connection
from addon.records.directory import Kind, Listing, listings
from addon.records.insert import insert_new
from addon.records.installation import Installation, beat
from addon.records.waiting import Unsent, UnsentCount, forget_unsent, unsent_count
from addon.rules.eligibility import Context, Held, Hold, judge
from addon.rules.entry import Entry
from addon.transfer.context import context_for
from addon.transfer.judged_row import minutes_of
from addon.transfer.outside import Outside
from addon.transfer.refresh import keep_workspace
from addon.transfer.review import Filter, read
from addon.transfer.waiting import money_of

log = structlog.get_logger()

# Unsent time of so many days before today is counted.
WINDOW = timedelta(days=60)
# It is counted again after this long even when nobody asked: with the hourly reading
# of the lists, which must not come a moment too early for it.
OFTEN = timedelta(minutes=55)
LEASE = timedelta(minutes=15)


class _Key(NamedTuple):
    user_id: str
    project_id: str
    client_id: str
    billable: bool
    currency: str


class _Sums(NamedTuple):
    entries: int = 0
    minutes: int = 0
    amount: Decimal = Decimal(0)


def expect_count(here: Installation, company_id: int, outside: Outside) -> None:
    """Mark the count as stale; the caller commits and rings "waiting"."""
    _count_of(here, company_id).stale_since = outside.now()


def count(outside: Outside, installation_id: int) -> None:
    """
    Count the unsent time of one workspace, if the last count is no longer true.

    Links that are made or taken apart need no new count: they are looked at when the
    lines are shown.
    """
    here = installation.get(installation_id)
    db.session.commit()
    if here is None or not here.is_active:
        return
    with within(here.id):
        held = connections.current()
        is_due = held is not None and held.works and _is_due(outside, here, held)
        db.session.commit()
        if held is not None and is_due:
            _alone(outside, here, held)


def days_counted(today: date) -> tuple[date, date]:
    """Say which days are counted; where people are ahead of UTC it is tomorrow."""
    return today - WINDOW, today + timedelta(days=1)


def _is_due(outside: Outside, here: Installation, held: Connection) -> bool:
    kept = unsent_count(held.company_id)
    if kept is None or kept.counted_at is None or kept.stale_since is not None:
        return True
    return (
        kept.counted_at <= outside.now() - OFTEN
        or kept.closed_through != held.company.closed_through
        or kept.rounding != _rounding(here)
    )


def _alone(outside: Outside, here: Installation, held: Connection) -> None:
    name, owner = f"count:{here.id}", secrets.token_hex(8)
    now = outside.now()
    taken = lease.take(name, owner, until=now + LEASE, now=now)
    db.session.commit()
    if not taken:
        return
    try:
        _count(outside, here, held)
    except ClockifyError as problem:
        log.warning("count.failed", problem=type(problem).__name__)
        db.session.rollback()
        kept = _count_of(here, held.company_id)
        kept.problem = "Clockify could not be read. We try again by ourselves."
        db.session.commit()
    finally:
        db.session.rollback()
        lease.release(name, owner)
        db.session.commit()


def _count(outside: Outside, here: Installation, held: Connection) -> None:
    seen_at = _count_of(here, held.company_id).stale_since
    db.session.commit()
    gate = outside.clockify(here)
    workspace = gate.workspace()
    keep_workspace(here, workspace)
    context, zones = context_for(here, held, workspace, rates_known=True)
    context = _without_links(context)
    home = context.company.currency or ""
    start, end = days_counted(outside.now().date())
    sums: dict[_Key, _Sums] = defaultdict(_Sums)
    strangers: dict[tuple[Kind, str], Entry] = {}
    db.session.commit()
    for page, receipts, sending in read(
        gate, held, Filter(start, end), workspace, zones, rates_known=True
    ):
        for entry in page:
            if entry.id in receipts or entry.id in sending:
                continue
            if _may_wait(entry, context):
                _add(sums, entry, context, home)
                strangers[Kind.USER, entry.user_id] = entry
                strangers[Kind.PROJECT, entry.project_id or ""] = entry
    _keep(here, held.company_id, sums)
    beat(here.id)
    _introduce(here, strangers)
    kept = _count_of(here, held.company_id)
    kept.counted_at, kept.start, kept.end = outside.now(), start, end
    kept.closed_through, kept.rounding = context.company.closed_through, _rounding(here)
    kept.problem = ""
    if kept.stale_since == seen_at:
        kept.stale_since = None
    db.session.commit()
    log.info("count.done", installation=here.id, sums=len(sums))


def _without_links(context: Context) -> Context:
    """Give a context in which an entry is held for its user at the very least."""
    return Context(
        workspace=context.workspace, company=context.company, people={}, customers={}
    )


def _may_wait(entry: Entry, without_links: Context) -> bool:
    """Say whether nothing but links and fields may hold this entry."""
    verdict = judge(entry, without_links)
    return isinstance(verdict, Held) and verdict.reason is Hold.PERSON_NOT_LINKED


def _add(sums: dict[_Key, _Sums], entry: Entry, context: Context, home: str) -> None:
    key = _Key(
        entry.user_id,
        entry.project_id or "",
        entry.client_id or "",
        entry.billable,
        (entry.currency or home).strip().upper(),
    )
    minutes = minutes_of(entry, context)
    so_far = sums[key]
    sums[key] = _Sums(
        so_far.entries + 1,
        so_far.minutes + minutes,
        so_far.amount + (money_of(entry, minutes) or Decimal(0)),
    )


def _keep(here: Installation, company_id: int, sums: dict[_Key, _Sums]) -> None:
    forget_unsent(company_id)
    rows = [
        {"installation_id": here.id, "company_id": company_id}
        | key._asdict()
        | each._asdict()
        for key, each in sums.items()
    ]
    insert_new(Unsent, rows)


def _introduce(here: Installation, seen: dict[tuple[Kind, str], Entry]) -> None:
    """
    Write down users and projects that have time but are listed no longer.

    Clockify leaves out whoever was deleted, and their time can still be sent.
    """
    known = {(row.kind, row.foreign_id) for row in listings(Kind.USER, Kind.PROJECT)}
    insert_new(
        Listing,
        [
            _stranger(here, kind, foreign_id, entry)
            for (kind, foreign_id), entry in seen.items()
            if foreign_id and (kind, foreign_id) not in known
        ],
    )


def _stranger(
    here: Installation, kind: Kind, foreign_id: str, entry: Entry
) -> dict[str, object]:
    is_user = kind is Kind.USER
    return {
        "installation_id": here.id,
        "company_id": 0,
        "kind": kind,
        "foreign_id": foreign_id,
        "name": entry.user_name if is_user else entry.project_name,
        "email": entry.user_email if is_user else None,
        "parent_id": None if is_user else entry.client_id,
        "path": "" if is_user else entry.client_name,
        "active": False,
        "gone": True,
        "details": {},
    }


def _rounding(here: Installation) -> str:
    return f"{here.rounding_way}{here.rounding_minutes}" if here.rounding_way else ""


def _count_of(here: Installation, company_id: int) -> UnsentCount:
    found = unsent_count(company_id)
    if found is None:
        found = UnsentCount(
            installation_id=here.id, company_id=company_id, rounding="", problem=""
        )
        db.session.add(found)
        db.session.flush()
    return found
