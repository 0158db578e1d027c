"""Reads the lists of one side, whole or only what changed in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from addon.clockify.client import Client as ClockifyClient
from addon.quickbooks.changes import DEPTH, Changes
from addon.quickbooks.client import Client
from addon.records.connection import Connection
from addon.records.directory import Directory, Kind, Topic
from addon.records.installation import Installation
from addon.rules.entry import CompanyFacts, Workspace
from addon.transfer import facts, keeping, listed
from addon.transfer.listed import Line
from addon.transfer.outside import Outside

KINDS = {
    Topic.USERS: (Kind.USER,),
    Topic.CLIENTS: (Kind.CLIENT,),
    Topic.PROJECTS: (Kind.PROJECT, Kind.TASK),
    Topic.TAGS: (Kind.TAG,),
    Topic.PEOPLE: (Kind.EMPLOYEE, Kind.VENDOR),
    Topic.CUSTOMERS: (Kind.CUSTOMER,),
    Topic.ITEMS: (Kind.ITEM,),
    Topic.CLASSES: (Kind.CLASS,),
    Topic.DEPARTMENTS: (Kind.DEPARTMENT,),
}
# What Intuit calls these lists, where it tells their changes.
ENTITIES = {
    Topic.PEOPLE: ("Employee", "Vendor"),
    Topic.CUSTOMERS: ("Customer",),
    Topic.ITEMS: ("Item",),
    Topic.CLASSES: ("Class",),
    Topic.DEPARTMENTS: ("Department",),
}
# Clocks differ, and what is being written just then is not shown yet.
OVERLAP = timedelta(minutes=5)


@dataclass
class Read:
    """
    What a reading brought: which topics, which of them whole, and up to when.

    `changed` are the kinds of lines that came, went or were written differently.
    """

    topics: set[Topic] = field(default_factory=set)
    whole: set[Topic] = field(default_factory=set)
    read_to: datetime | None = None
    company_id: int = 0
    changed: set[Kind] = field(default_factory=set)


def clockify(
    outside: Outside, here: Installation, stale: Mapping[Topic, Directory]
) -> Read:
    """
    Read Clockify's stale lists; the caller commits.

    A client's name stands in its projects too, and tasks come with their projects,
    so that these three are two lists (Clockify: `hydrated`).
    """
    client = outside.clockify(here)
    whole = any(row.is_whole_wanted for row in stale.values())
    workspace = client.workspace() if whole else None
    wanted = set(stale)
    if wanted & {Topic.CLIENTS, Topic.TASKS}:
        wanted.add(Topic.PROJECTS)
    found = {
        topic: list(_clockify_lines(client, topic))
        for topic in KINDS
        if topic in wanted
    }
    here.unreachable_since = None
    if workspace is not None:
        keep_workspace(here, workspace)
    changed: set[Kind] = set()
    for topic, lines in found.items():
        changed |= keeping.keep(here, 0, KINDS[topic], lines)
    return Read(topics=wanted, whole=wanted, changed=changed)


def _clockify_lines(client: ClockifyClient, topic: Topic) -> Iterable[Line]:
    if topic is Topic.USERS:
        yield from map(listed.from_user, client.users())
    elif topic is Topic.CLIENTS:
        yield from map(listed.from_client, client.clients())
    elif topic is Topic.TAGS:
        yield from map(listed.from_tag, client.tags())
    elif topic is Topic.PROJECTS:
        for project in client.projects(with_tasks=True):
            yield listed.from_project(project)
            yield from map(listed.from_task, project.tasks)


def keep_workspace(here: Installation, workspace: Workspace) -> None:
    """Write what the workspace says about itself; the caller commits."""
    here.workspace_name = workspace.name
    here.workspace_currency = workspace.currency or ""
    rounding = workspace.rounding
    here.rounding_way = rounding.way if rounding else ""
    here.rounding_minutes = rounding.minutes if rounding else 0


def quickbooks(
    outside: Outside,
    here: Installation,
    held: Connection,
    client: Client,
    rows: Mapping[Topic, Directory],
) -> Read:
    """
    Read a company's stale lists with as few metered calls as will do.

    What has changed takes one call for all lists together (QuickBooks: change data
    capture); whole lists are read where that is not known. The caller commits.
    """
    began = outside.now()
    before = facts.facts_of(held.company)
    stale = {topic for topic, row in rows.items() if row.is_stale}
    about = client.company() if Topic.COMPANY in stale else before
    known = {topic for topic in ENTITIES if _is_known(rows, topic, held, began)}
    whole = ((stale & set(ENTITIES)) - known) | _newly_tracked(before, about)
    skipped = _untracked(about)
    known -= whole | skipped
    changes = _changes(client, rows, known, stale, began)
    if changes is not None and not changes.complete:
        whole |= stale & known
        changes = None
    found = {topic: list(_quickbooks_lines(client, topic)) for topic in whole - skipped}
    found |= {topic: [] for topic in whole & skipped}
    changed = _write(here, held, found, changes)
    settings = stale & {Topic.COMPANY}
    if settings:
        facts.keep(held.company, about, began)
    as_of = changes.as_of if changes is not None else None
    return Read(
        topics=settings | whole | (known if changes is not None else set()),
        whole=settings | whole,
        read_to=min(as_of or began, began) - OVERLAP,
        company_id=held.company_id,
        changed=changed,
    )


def _write(
    here: Installation,
    held: Connection,
    found: Mapping[Topic, Iterable[Line]],
    changes: Changes | None,
) -> set[Kind]:
    """Write what was read, and say what kinds of lines it changed."""
    changed: set[Kind] = set()
    for topic, lines in found.items():
        changed |= keeping.keep(here, held.company_id, KINDS[topic], lines)
    if changes is not None:
        changed |= keeping.apply(here, held.company_id, changes)
    return changed


def _is_known(
    rows: Mapping[Topic, Directory], topic: Topic, held: Connection, now: datetime
) -> bool:
    """Whether it is enough to hear what has changed in this list."""
    row = rows.get(topic)
    return (
        row is not None
        and not row.is_whole_wanted
        and row.company_id == held.company_id
        and row.read_to is not None
        and now - row.read_to < DEPTH
    )


def _untracked(about: CompanyFacts) -> set[Topic]:
    classes = set() if about.tracks_classes else {Topic.CLASSES}
    return classes | (set() if about.tracks_locations else {Topic.DEPARTMENTS})


def _newly_tracked(before: CompanyFacts, now: CompanyFacts) -> set[Topic]:
    return _untracked(before) - _untracked(now)


def _changes(
    client: Client,
    rows: Mapping[Topic, Directory],
    known: set[Topic],
    stale: set[Topic],
    now: datetime,
) -> Changes | None:
    """Ask once for all that changed in known lists; None where there is no need."""
    if not stale & known:
        return None
    names = [name for topic in ENTITIES if topic in known for name in ENTITIES[topic]]
    since = min(rows[topic].read_to or now for topic in known)
    return client.changed_since(since, names, now=now)


def _quickbooks_lines(client: Client, topic: Topic) -> Iterable[Line]:
    if topic is Topic.PEOPLE:
        return map(listed.from_person, client.people())
    if topic is Topic.CUSTOMERS:
        return map(listed.from_customer, client.customers())
    if topic is Topic.ITEMS:
        return map(listed.from_item, client.service_items())
    if topic is Topic.CLASSES:
        return (listed.from_label(Kind.CLASS, each) for each in client.classes())
    return (listed.from_label(Kind.DEPARTMENT, each) for each in client.departments())
