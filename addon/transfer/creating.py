"""Missing records made in QuickBooks: listed first, checked, asked for once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from addon.quickbooks.errors import Busy, Disconnected, QuickBooksError
from addon.quickbooks.names import LONGEST, problem_with, warning_about
from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Connection
from addon.records.directory import Kind, Side
from addon.records.glance import Glance, glances
from addon.records.link import LinkKind
from addon.records.preferences import may_create
from addon.rules.names import plain
from addon.transfer import link, linked, refresh
from addon.transfer.facts import facts_of
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.renew import company_client, mark_reconnect
from addon.transfer.workshop import New, Workshop

log = structlog.get_logger()

# A person waits for this; whatever is left is made by pressing again.
PATIENCE = timedelta(seconds=20)
# More than this nobody reads through at once.
MOST = 100
EVERYBODY = (Kind.EMPLOYEE, Kind.VENDOR, Kind.CUSTOMER)
UNCLEAR = "QuickBooks did not answer. Try again: nothing is created twice."
BUSY = "QuickBooks asked us to slow down. Try again in a minute."
GONE = "QuickBooks no longer accepts the connection. Reconnect it, then try again."


@dataclass(frozen=True)
class Made:
    """What was made, and what is left to do."""

    kind: LinkKind
    count: int
    left: int
    problems: tuple[str, ...]


def plan(
    company_id: int, kind: LinkKind, only: Collection[str] | None = None
) -> tuple[New, ...]:
    """List what would be made for these, or for whoever waits without a suggestion."""
    wanted = [
        row
        for row in linked.read(company_id, kind).rows
        if not row.is_linked and _is_meant(row, only)
    ][:MOST]
    everybody = glances(*EVERYBODY, company_id=company_id)
    names = _Names({_folded(each.name): each for each in everybody})
    if kind is LinkKind.USER:
        held = connections.current()
        has_payroll = held is None or facts_of(held.company).payroll
        return tuple(_person(row, names, payroll=has_payroll) for row in wanted)
    tops: dict[str, Glance | None] = {
        plain(each.name): each
        for each in everybody
        if each.kind == Kind.CUSTOMER and each.active and each.parent_id is None
    }
    return tuple(_customer(row, names, tops) for row in wanted)


def make(
    outside: Outside, viewer: Viewer, kind: LinkKind, chosen: Mapping[str, str]
) -> Made:
    """
    Make the chosen records, each linked at once; `chosen` is "vendor", "employee" or
    "customer" by Clockify id.

    Raises Refused where no admin has allowed it. What cannot be made is told in words.
    """
    company_id = link.connected_company()
    if not may_create(company_id):
        raise Refused("Creating in QuickBooks is switched off in the settings.")
    held = connections.current()
    if held is None or not held.works:
        raise Refused("Reconnect QuickBooks first.")
    wanted = plan(company_id, kind, chosen)
    db.session.commit()
    workshop = Workshop(outside, viewer, company_id, company_client(outside, held))
    until = outside.now() + PATIENCE
    problems: list[str] = []
    count = 0
    for new in wanted:
        if outside.now() > until:
            break
        try:
            problem = new.problem or workshop.make(new, chosen[new.clockify_id])
        except QuickBooksError as trouble:
            problems.append(f"{new.name}: {_why_not(outside, held, trouble)}")
            break
        if problem:
            problems.append(f"{new.name}: {problem}")
        else:
            count += 1
    _read_again(outside, viewer)
    left = max(0, len(wanted) - count - len(problems))
    return Made(kind, count, left, tuple(problems))


def _why_not(outside: Outside, held: Connection, trouble: QuickBooksError) -> str:
    """Say why no more is made now; what was made before is linked, and stays."""
    log.warning("creating.failed", problem=type(trouble).__name__)
    db.session.rollback()
    if isinstance(trouble, Disconnected):
        mark_reconnect(outside, held)
        return GONE
    return BUSY if isinstance(trouble, Busy) else UNCLEAR


def _read_again(outside: Outside, viewer: Viewer) -> None:
    refresh.expect_news(viewer.installation.id, Side.QUICKBOOKS, outside.now())
    db.session.commit()
    outside.ring("refresh", viewer.installation.id)


class _Names:
    """Whose names are taken: customers, vendors and employees share one list."""

    def __init__(self, bearers: dict[str, Glance]) -> None:
        self._bearers = bearers
        self._given: set[str] = set()

    def problem(self, name: str, longest: int = LONGEST) -> str:
        """Say why a name cannot be given, "" where it can; then it is taken."""
        wrong = problem_with(name, longest)
        if wrong is not None:
            return wrong
        folded = _folded(name)
        bearer = self._bearers.get(folded)
        if bearer is not None:
            state = "" if bearer.active else " (inactive)"
            return f"QuickBooks already has the {bearer.kind} “{bearer.name}”{state}."
        if folded in self._given:
            return "Another one in this list has the same name."
        self._given.add(folded)
        return ""


def _is_meant(row: linked.LinkRow, only: Collection[str] | None) -> bool:
    if only is None:
        return row.is_waiting and not row.offers
    return row.clockify_id in only


def _person(row: linked.LinkRow, names: _Names, *, payroll: bool) -> New:
    name = row.name.strip()
    return New(
        kind=row.kind,
        clockify_id=row.clockify_id,
        name=name,
        email=row.detail,
        can_be_employee=not payroll,
        problem=names.problem(name),
        warning=warning_about(name) or "",
    )


def _customer(
    row: linked.LinkRow, names: _Names, tops: dict[str, Glance | None]
) -> New:
    name, client = row.name.strip(), row.detail.strip()
    parent = tops.get(plain(client)) if client else None
    problem = ""
    if client and plain(client) not in tops:
        problem = names.problem(client)
        if not problem:
            tops[plain(client)] = None
    return New(
        kind=row.kind,
        clockify_id=row.clockify_id,
        name=name,
        parent=client,
        parent_id=parent.foreign_id if parent else "",
        problem=problem or names.problem(name),
        warning=warning_about(name) or "",
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
