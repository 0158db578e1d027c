"""What news there is: noted when it comes, followed once the lists show it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from addon.quickbooks.notices import Notice, Operation
from addon.records import db, dimension, merge, notice, reading, single, within
from addon.records import preferences as choosing
from addon.records.directory import (
    Directory,
    Kind,
    Listing,
    Side,
    Topic,
    begin,
    count_more,
    row_of,
    rows_of,
)
from addon.records.installation import Installation
from addon.records.journal import BY_ITSELF, note
from addon.records.link import Link
from addon.records.merge import Told
from addon.records.notice import Heard
from addon.records.sealed import digest
from addon.transfer.keeping import KIND_OF
from addon.transfer.outside import Outside

log = structlog.get_logger()

# How long a piece of news from Intuit is known again.
MEMORY = timedelta(days=30)

# What each of Clockify's events is news of; there is one of each in our manifest.
EVENTS = {
    "USER_JOINED_WORKSPACE": Topic.USERS,
    "USER_UPDATED": Topic.USERS,
    "USER_EMAIL_CHANGED": Topic.USERS,
    "USER_ACTIVATED_ON_WORKSPACE": Topic.USERS,
    "USER_DEACTIVATED_ON_WORKSPACE": Topic.USERS,
    "USER_DELETED_FROM_WORKSPACE": Topic.USERS,
    "NEW_PROJECT": Topic.PROJECTS,
    "PROJECT_UPDATED": Topic.PROJECTS,
    "PROJECT_DELETED": Topic.PROJECTS,
    "NEW_CLIENT": Topic.CLIENTS,
    "CLIENT_UPDATED": Topic.CLIENTS,
    "CLIENT_DELETED": Topic.CLIENTS,
    "NEW_TASK": Topic.TASKS,
    "TASK_UPDATED": Topic.TASKS,
    "TASK_DELETED": Topic.TASKS,
    "TIME_ENTRY_UPDATED": Topic.ENTRIES,
    "TIME_ENTRY_DELETED": Topic.ENTRIES,
    "TIME_ENTRY_SPLIT": Topic.ENTRIES,
    "TIME_ENTRY_RESTORED": Topic.ENTRIES,
    "APPROVAL_REQUEST_STATUS_UPDATED": Topic.ENTRIES,
}
# What each of Intuit's entities is news of; other entities are passed over.
ENTITIES = {
    "Employee": Topic.PEOPLE,
    "Vendor": Topic.PEOPLE,
    "Customer": Topic.CUSTOMERS,
    "Item": Topic.ITEMS,
    "Class": Topic.CLASSES,
    "Department": Topic.DEPARTMENTS,
    "Preferences": Topic.COMPANY,
    "TimeActivity": Topic.ACTIVITIES,
}


def expect(installation_id: int, what: Topic | Side, now: datetime) -> bool:
    """
    Note that there is news of a topic, or that a whole side is to be read anew.

    Give whether somebody has to be woken for it: news that finds its list stale
    already is read with what is being waited for. The caller commits and rings.
    """
    if isinstance(what, Topic):
        return _expect(installation_id, what, now)
    begin(installation_id, what.topics)
    for row in rows_of(installation_id, what, hold=True):
        _count_in(row, now)
        row.whole_for = row.news if Topic(row.topic).is_read else row.whole_for
    return True


def _expect(installation_id: int, topic: Topic, now: datetime) -> bool:
    if count_more(installation_id, topic):
        return False
    row = row_of(installation_id, topic)
    is_new = not row.is_stale or bool(row.problem)
    _count_in(row, now)
    return is_new and topic.is_read


def _count_in(row: Directory, now: datetime) -> None:
    """Count one more piece of news; what can be read is to be read."""
    row.news += 1
    if Topic(row.topic).is_read:
        row.stale_since = row.stale_since or now


def from_clockify(outside: Outside, installation_id: int, event: str) -> None:
    """Note an event of Clockify durably, then wake a worker; the body is not used."""
    topic = EVENTS[event]
    with single():
        is_waited_for = count_more(installation_id, topic)
        db.session.commit()
    if is_waited_for:
        return
    with within(installation_id):
        is_new = _expect(installation_id, topic, outside.now())
        db.session.commit()
    if is_new:
        outside.ring("refresh", installation_id)


def from_intuit(outside: Outside, told: Sequence[Notice]) -> None:
    """
    Note what Intuit told, for everybody who is connected to those companies.

    What was told before, companies we do not know and records we do not keep change
    nothing.
    """
    by_realm: dict[str, list[Notice]] = defaultdict(list)
    for each in told:
        if each.entity in ENTITIES:
            by_realm[each.realm].append(each)
    woken: set[int] = set()
    for realm, news in sorted(by_realm.items()):
        with reading(), single():
            found = notice.listeners(digest(realm))
            db.session.commit()
        for listener in found:
            # Kept before the next one is looked for, and before anybody is woken.
            if _note(outside.now(), *listener, news):
                woken.add(listener[0])
            db.session.commit()
    for installation_id in sorted(woken):
        outside.ring("refresh", installation_id)


def _note(
    now: datetime, installation_id: int, company_id: int, news: Sequence[Notice]
) -> bool:
    """Note what is new to one installation; give whether to wake somebody."""
    with within(installation_id):
        return _note_within(now, installation_id, company_id, news)


def _note_within(
    now: datetime, installation_id: int, company_id: int, news: Sequence[Notice]
) -> bool:
    heard = [Heard(n.event_id, n.entity, n.id, n.operation, n.at) for n in news]
    fresh = notice.keep_new(installation_id, company_id, heard, now)
    new_ids = {each.event_id for each in fresh}
    merges = [
        Told(KIND_OF[each.entity], each.deleted_id, each.id)
        for each in news
        if each.event_id in new_ids
        and each.operation is Operation.MERGED
        and each.deleted_id
        and each.entity in KIND_OF
    ]
    merge.keep(installation_id, company_id, merges, now)
    topics = {ENTITIES[each.entity] for each in fresh}
    # One after the other, in one order, so that two writers never wait for each other.
    woken = [expect(installation_id, topic, now) for topic in sorted(topics)]
    return any(woken)


def follow_merges(here: Installation, company_id: int, now: datetime) -> int:
    """
    Move what names a lost record to its survivor; the caller commits.

    Only where the lists themselves show that the one is gone or inactive and the
    other is there: what was told is a hint.
    """
    known = merge.known(company_id)
    pending = [each for each in known if each.applied_at is None]
    if not pending:
        return 0
    into = {(each.kind, each.loser_id): each.survivor_id for each in known}
    shown = _shown(company_id, {each.kind for each in pending})
    moved = 0
    for each in pending:
        survivor = _last(each.kind, each.loser_id, into)
        lost = shown.get((each.kind, each.loser_id))
        kept = shown.get((each.kind, survivor))
        if kept is None or not kept.active or (lost is not None and lost.active):
            continue
        each.applied_at = now
        moved += _follow(here, company_id, each.kind, each.loser_id, survivor, now)
    return moved


def _shown(company_id: int, kinds: set[str]) -> Mapping[tuple[str, str], Listing]:
    rows = db.session.scalars(
        select(Listing).where(Listing.company_id == company_id, Listing.kind.in_(kinds))
    )
    return {(row.kind, row.foreign_id): row for row in rows}


def _last(kind: str, number: str, into: Mapping[tuple[str, str], str]) -> str:
    """Follow a record that went into one that went into another."""
    seen = {number}
    while (following := into.get((kind, number))) and following not in seen:
        seen.add(following)
        number = following
    return number


def _follow(
    here: Installation,
    company_id: int,
    kind: str,
    loser: str,
    survivor: str,
    now: datetime,
) -> int:
    links = db.session.scalars(
        select(Link).where(
            Link.company_id == company_id, Link.target == kind, Link.target_id == loser
        )
    ).all()
    for link in links:
        link.target_id = survivor
        note(
            here.id,
            "merged",
            actor=BY_ITSELF,
            at=now,
            kind=link.kind,
            clockify=link.clockify_id,
            before=f"{kind}:{loser}",
            after=f"{kind}:{survivor}",
        )
    moved = len(links) + dimension.follow_merge(company_id, Kind(kind), loser, survivor)
    kept = choosing.preferences(here.id, company_id)
    if kind == Kind.ITEM and kept.item_id == loser:
        kept.item_id = survivor
        moved += 1
    log.info("merge.followed", installation=here.id, kind=kind, moved=moved)
    return moved
