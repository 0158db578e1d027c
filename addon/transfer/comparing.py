"""Compare unsent entries with what QuickBooks holds, and mark what is there already."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from addon.quickbooks.client import Found
from addon.quickbooks.present import present
from addon.quickbooks.resemblance import KIN, likeness
from addon.records import db, everywhere
from addon.records.connection import Connection
from addon.records.doubt import said_not_there, unsettled
from addon.records.insert import insert_new
from addon.records.installation import Installation
from addon.records.journal import BY_ITSELF
from addon.records.moving import Moving, is_looking, said_otherwise
from addon.records.receipt import Origin, Receipt, claimed_activities, receipts_for
from addon.records.run import under_way
from addon.rules.activity import Activity, amount
from addon.rules.eligibility import Context, judge
from addon.rules.pairing import Present, pair
from addon.transfer.changed import LONG_SKEW
from addon.transfer.context import context_for
from addon.transfer.outside import Outside
from addon.transfer.renew import company_client
from addon.transfer.review import Filter, read

# So many days are read at once.
SPAN = timedelta(days=61)


def compare(
    outside: Outside,
    here: Installation,
    held: Connection,
    one: Moving,
    keep: Callable[[], object] = lambda: None,
) -> None:
    """
    Pair what QuickBooks holds with unsent entries, and write the receipts.

    Nobody may be sending meanwhile: `keep` extends the lease on that. Commits, and
    raises the errors of both gates.
    """
    one.activities = one.entries = one.found = one.minutes = 0
    db.session.commit()
    start = one.start
    while start <= one.end:
        days = Filter(start, min(start + SPAN, one.end))
        _compare(outside, here, held, one, days, keep)
        start = days.end + timedelta(days=1)


def _compare(
    outside: Outside,
    here: Installation,
    held: Connection,
    one: Moving,
    days: Filter,
    keep: Callable[[], object],
) -> None:
    """Compare some days, whose activities and entries are held at once."""
    found = company_client(outside, held, keep).activities(days.start, days.end)
    free = present(_unclaimed(held, found))
    keep()
    one.activities += len(free)
    db.session.commit()
    if not free:
        return
    drafts = _drafts(outside, here, held, one, days, keep)
    pairs = pair(drafts, free)
    keep()
    _mark(outside, held, one, drafts, pairs)


def _unclaimed(held: Connection, found: list[Found]) -> list[Found]:
    """
    Leave out what a receipt of any workspace speaks for, and what a piece may be.

    Whatever has become of that piece is for its own look-up to say, or for a person.
    """
    digest = held.company.realm_digest
    with everywhere():
        taken = claimed_activities(digest, [each.id for each in found])
        pieces = unsettled(digest)
    bodies = [
        (piece.announced_at - LONG_SKEW, json.loads(piece.body))
        for piece in pieces
        if piece.announced_at is not None and piece.body
    ]
    return [
        each
        for each in found
        if each.id not in taken
        and not any(
            (each.created_at is None or since <= each.created_at)
            and likeness(each.body, body) >= KIN
            for since, body in bodies
        )
    ]


def _drafts(
    outside: Outside,
    here: Installation,
    held: Connection,
    one: Moving,
    days: Filter,
    keep: Callable[[], object],
) -> dict[str, Activity]:
    """Draft what every unsent entry of the days would become, by entry."""
    gate = outside.clockify(here)
    workspace = gate.workspace()
    context, zones = context_for(here, held, workspace, rates_known=True)
    context = _without_formalities(context)
    not_there = said_not_there(held.company_id)
    if one.started_by == BY_ITSELF:
        not_there |= said_otherwise(held.company_id)
    db.session.commit()
    drafts: dict[str, Activity] = {}
    before = one.entries
    for page, receipts, sending in read(
        gate, held, days, workspace, zones, rates_known=True
    ):
        taken = {*receipts, *sending, *not_there}
        for entry in page:
            verdict = judge(entry, context)
            if entry.id not in taken and isinstance(verdict, Activity):
                drafts[entry.id] = verdict
        keep()
        one.entries = before + len(drafts)
        db.session.commit()
    return drafts


def _without_formalities(context: Context) -> Context:
    """Whoever recorded it needed neither our rates nor books that are open today."""
    return replace(
        context,
        company=replace(
            context.company,
            closed_through=None,
            tracks_classes=False,
            tracks_locations=False,
        ),
        item=None,
        rates_known=False,
    )


def _mark(
    outside: Outside,
    held: Connection,
    one: Moving,
    drafts: dict[str, Activity],
    pairs: dict[str, Present],
) -> None:
    """Write a receipt for each pair, in the transaction that looks once more."""
    ids = list(pairs)
    gone = {*receipts_for(held.company_id, ids), *under_way(held.company_id, ids)}
    rows = [
        _receipt(one, entry_id, drafts[entry_id], each, outside.now())
        for entry_id, each in pairs.items()
        if entry_id not in gone
    ]
    # A person may have undone the search meanwhile.
    if is_looking(one):
        insert_new(Receipt, rows)
        one.found += len(rows)
        one.minutes += sum(drafts[str(row["entry_id"])].minutes for row in rows)
    db.session.commit()


def _receipt(
    one: Moving, entry_id: str, draft: Activity, each: Present, now: datetime
) -> dict[str, Any]:
    money: Decimal | None = None
    if draft.billable and draft.rate is not None:
        money = amount(draft)
    return {
        "installation_id": one.installation_id,
        "company_id": one.company_id,
        "entry_id": entry_id,
        "part": 0,
        "run_id": None,
        "origin": Origin.FOUND,
        "activity_id": each.id,
        "sync_token": each.sync_token,
        "minutes": draft.minutes,
        "amount": money,
        "currency": draft.currency,
        "recorded_at": now,
    }
