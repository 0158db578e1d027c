"""Bring both sides' lists of names up to date, and link what is certain."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from addon.clockify.errors import ClockifyError, NotPermitted, Uninstalled
from addon.quickbooks.errors import Busy as QuickBooksBusy
from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import connection as connections
from addon.records import db, installation, lease, meter, within
from addon.records.connection import Connection
from addon.records.directory import Directory, Side, Topic, owe_links, rows_of
from addon.records.installation import Installation
from addon.records.link import LinkKind
from addon.transfer import news, reading
from addon.transfer.certain import link_what_is_certain
from addon.transfer.choices import OURS
from addon.transfer.outside import Outside
from addon.transfer.reading import Read, keep_workspace
from addon.transfer.renew import company_client, mark_reconnect
from addon.transfer.suggestions import THEIRS

__all__ = ["ask", "expect_news", "keep_workspace", "refresh"]

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
# Seconds until the next try after trouble, and between two readings where much is
# happening: those of a company are metered.
PATIENCE = 60
BREATH = 2.0


@dataclass(frozen=True)
class Outcome:
    """What a reading came to; `problem` is "" or tells in words what is wrong."""

    read: Read | None = None
    problem: str = ""


def expect_news(installation_id: int, what: Topic | Side, now: datetime) -> bool:
    """
    Mark one topic as stale, or a whole side as to be read anew.

    Give whether to ring; the caller commits and rings.
    """
    return news.expect(installation_id, what, now)


def ask(outside: Outside, here: Installation) -> None:
    """Mark both sides stale and wake a worker."""
    for side in Side:
        expect_news(here.id, side, outside.now())
    db.session.commit()
    outside.ring("refresh", here.id)


def refresh(outside: Outside, installation_id: int) -> None:
    """
    Read again whatever is stale in one workspace, then link what is certain.

    Each step writes in a short transaction: nobody waits while others are asked, or
    while it is worked out who is who.

    News that arrives meanwhile leaves its topic stale, so that it is read once more.
    """
    here = installation.get(installation_id)
    db.session.commit()
    if here is None or not here.is_active:
        return
    with within(here.id):
        for side in Side:
            _refresh_side(outside, here, side)


def _refresh_side(outside: Outside, here: Installation, side: Side) -> None:
    is_stale = bool(_stale(_rows(here, side)))
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
        rows = _rows(here, side)
        seen = {topic: row.news for topic, row in rows.items()}
        db.session.commit()
        if _stale(rows):
            outcome = _read(outside, here, side, rows)
            _settle(outside, here, side, seen, outcome)
    finally:
        db.session.rollback()
        lease.release(name, owner)
        db.session.commit()


def _rows(here: Installation, side: Side) -> dict[Topic, Directory]:
    return {Topic(row.topic): row for row in rows_of(here.id, side)}


def _stale(rows: Mapping[Topic, Directory]) -> dict[Topic, Directory]:
    return {topic: row for topic, row in rows.items() if row.is_stale}


def _read(
    outside: Outside,
    here: Installation,
    side: Side,
    rows: Mapping[Topic, Directory],
) -> Outcome:
    """Read what is stale; give the problem in words where that was not possible."""
    try:
        if side is Side.CLOCKIFY:
            return Outcome(_read_clockify(outside, here, rows))
        held = connections.current()
        db.session.commit()
        if held is None or not held.works:
            return Outcome()
        return Outcome(_read_quickbooks(outside, here, held, rows))
    except Uninstalled:
        here.unreachable_since = here.unreachable_since or outside.now()
        text = "Clockify says that the add-on is no longer installed."
    except NotPermitted as refusal:
        text = f"Clockify does not let the add-on read its lists ({refusal.what})."
    except ClockifyError as problem:
        log.warning("refresh.failed", side=side, problem=type(problem).__name__)
        text = "Clockify could not be read. We try again by ourselves."
    except Disconnected:
        text = "QuickBooks no longer accepts the connection. Reconnect it."
    except QuickBooksBusy:
        text = "QuickBooks asked us to slow down. We go on by ourselves."
    except QuickBooksError as problem:
        log.warning("refresh.failed", side=side, problem=type(problem).__name__)
        text = "QuickBooks could not be read. We try again by ourselves."
    return Outcome(problem=text)


def _settle(
    outside: Outside,
    here: Installation,
    side: Side,
    seen: Mapping[Topic, int],
    outcome: Outcome,
) -> None:
    """Note what the reading has settled, and ring again for what it has not."""
    rows = rows_of(here.id, side, hold=True)
    for row in rows:
        topic = Topic(row.topic)
        was_stale = row.is_stale and topic in seen
        if outcome.problem and was_stale:
            if row.problem != outcome.problem:
                installation.beat(here.id)
            row.problem = outcome.problem
        elif was_stale or (outcome.read and topic in outcome.read.topics):
            _note_success(here, row, seen.get(topic, 0), outcome.read, outside.now())
    is_stale = any(row.is_stale for row in rows)
    db.session.commit()
    if is_stale:
        delay = PATIENCE if outcome.problem else BREATH
        outside.ring("refresh", here.id, delay=delay)


def _note_success(
    here: Installation, row: Directory, seen: int, read: Read | None, now: datetime
) -> None:
    if row.problem:
        installation.beat(here.id)
    topic = Topic(row.topic)
    is_answered = read is not None and topic in read.topics
    row.problem = ""
    row.settled = seen
    row.refreshed_at = now
    if row.news == seen:
        row.stale_since = None
    if read is None or not is_answered:
        return
    row.company_id, row.read_to = read.company_id, read.read_to
    if topic in read.whole:
        row.whole_at = now


def _read_clockify(
    outside: Outside, here: Installation, rows: Mapping[Topic, Directory]
) -> Read:
    stale = _stale(rows)
    read = reading.clockify(outside, here, stale)
    held = connections.current()
    kinds = _to_be_linked(read, stale)
    if held is not None:
        _owe_links(here, stale, kinds)
    db.session.commit()
    if held is not None:
        link_what_is_certain(here, held.company_id, kinds, outside.now())
    return read


def _read_quickbooks(
    outside: Outside,
    here: Installation,
    held: Connection,
    rows: Mapping[Topic, Directory],
) -> Read:
    client = company_client(outside, held)
    stale = _stale(rows)
    try:
        read = reading.quickbooks(outside, here, held, client, rows)
        # Links that follow a merge are not there to be made anew.
        news.follow_merges(here, held.company_id, outside.now())
        kinds = _to_be_linked(read, stale)
        _owe_links(here, stale, kinds)
        db.session.commit()
    except Disconnected:
        mark_reconnect(outside, held)
        raise
    finally:
        db.session.rollback()
        _count(outside, here, held, client.calls.reads)
    link_what_is_certain(here, held.company_id, kinds, outside.now())
    return read


def _to_be_linked(read: Read, stale: Mapping[Topic, Directory]) -> list[LinkKind]:
    """Say where links may follow from what was read, this time or by who died then."""
    is_owed = any(row.owes_links for row in stale.values())
    is_new = bool(read.whole) and read.company_id != 0
    return [
        kind
        for kind in LinkKind
        if is_owed or is_new or read.changed & {OURS[kind], *THEIRS[kind]}
    ]


def _owe_links(
    here: Installation, stale: Mapping[Topic, Directory], kinds: list[LinkKind]
) -> None:
    """Write down that links are to be made: nothing tells of these changes again."""
    if kinds and stale:
        owe_links(here.id, min(stale))


def _count(outside: Outside, here: Installation, held: Connection, reads: int) -> None:
    """Keep count of the calls that Intuit counts; commits."""
    day = outside.now().date()
    meter.count(here.id, held.company_id, day, reads)
    db.session.commit()
    log.info(
        "refresh.quickbooks", installation=here.id, company=held.company_id, reads=reads
    )
