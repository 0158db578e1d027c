"""The entries of a period, each with its verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from addon.clockify.client import Client
from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Connection
from addon.records.directory import Kind, listings
from addon.records.doubt import questions
from addon.records.installation import Installation
from addon.records.receipt import Receipt, receipts_for
from addon.records.run import under_way
from addon.records.selected import selected_by_runs
from addon.rules.entry import Entry, Workspace
from addon.transfer.context import context_for
from addon.transfer.judged_row import Row, State, Totals, row_of
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.waiting import Line, lines_of, sum_of

__all__ = [
    "Filter",
    "FilterChoices",
    "NotConnected",
    "Review",
    "Row",
    "State",
    "Totals",
    "filter_choices",
    "judged",
    "read",
    "review",
    "row_of",
    "working_connection",
]

LONGEST = timedelta(days=366)


class NotConnected(Exception):
    """Raised where hours cannot be judged because no company is connected."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.text = text
        self.cure = cure


@dataclass(frozen=True)
class Filter:
    """Which entries are meant: both days included, empty means all."""

    start: date
    end: date
    users: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    billable: bool | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise Refused("The last day lies before the first. Choose other dates.")
        if self.end - self.start > LONGEST:
            raise Refused("Choose a period of at most one year.")


@dataclass(frozen=True)
class Review:
    """The rows of a filter and their sums by state."""

    rows: tuple[Row, ...]
    totals: Mapping[State, Totals]
    company_id: int
    company_name: str
    currency: str
    # What these rows wait for, link by link.
    waiting: tuple[Line, ...] = ()


@dataclass(frozen=True)
class FilterChoices:
    """What the filters offer, as (id, name)."""

    users: tuple[tuple[str, str], ...] = field(default=())
    clients: tuple[tuple[str, str], ...] = field(default=())
    projects: tuple[tuple[str, str], ...] = field(default=())


def review(outside: Outside, viewer: Viewer, wanted: Filter) -> Review:
    """
    Judge the entries of a filter for the person who looks.

    Team members see their own entries only. Raises NotConnected, and the errors of
    the gate to Clockify.
    """
    held = working_connection()
    if not viewer.is_admin:
        wanted = Filter(
            wanted.start,
            wanted.end,
            (viewer.user_id,),
            wanted.clients,
            wanted.projects,
            wanted.billable,
        )
    client = outside.clockify_for(viewer)
    rows = [
        row
        for page in judged(
            client, viewer.installation, held, wanted, rates_known=viewer.is_admin
        )
        for row in page
    ]
    rows.sort(key=lambda row: (row.entry.start, row.entry.id), reverse=True)
    totals = dict.fromkeys(State, Totals())
    for row in rows:
        totals[row.state] = totals[row.state].plus(row)
    home = held.company.facts.get("currency") or ""
    told = ((row.lacks, sum_of(row.entry, row.minutes, home)) for row in rows)
    return Review(
        rows=tuple(rows),
        totals=totals,
        company_id=held.company_id,
        company_name=held.company.name,
        currency=home,
        waiting=lines_of(told, held.company_id),
    )


def working_connection() -> Connection:
    """Give the connection, or say who must do what to have one."""
    held = connections.current()
    if held is None:
        raise NotConnected(
            "Not connected to QuickBooks.",
            "An admin can connect it in the add-on's settings: Workspace settings >"
            " Add-ons > Hours to Books > Settings.",
        )
    if not held.works:
        raise NotConnected(
            f"The connection to {held.company.name} must be renewed.",
            "An admin can press Reconnect QuickBooks in the add-on's settings.",
        )
    return held


def judged(
    client: Client,
    here: Installation,
    held: Connection,
    wanted: Filter,
    *,
    rates_known: bool,
    for_a_run: bool = False,
) -> Iterator[list[Row]]:
    """
    Read a filter's entries by page and judge each; no transaction stays open.

    Where it is done `for_a_run`, what runs have yet to put together counts as free:
    the first to write a piece down has it.
    """
    db.session.commit()
    workspace = client.workspace()
    context, zones = context_for(here, held, workspace, rates_known=rates_known)
    db.session.commit()
    asked_for = {"rates_known": rates_known, "selected": not for_a_run}
    pages = read(client, held, wanted, workspace, zones, **asked_for)
    for page, receipts, sending in pages:
        asked = questions(held.company_id, [entry.id for entry in page])
        db.session.commit()
        yield [
            row_of(
                entry,
                context,
                receipts.get(entry.id),
                is_sending=entry.id in sending,
                question=asked.get(entry.id),
            )
            for entry in page
        ]


def read(
    client: Client,
    held: Connection,
    wanted: Filter,
    workspace: Workspace,
    zones: Mapping[str, str],
    *,
    rates_known: bool,
    selected: bool = False,
) -> Iterator[tuple[list[Entry], dict[str, Receipt], set[str]]]:
    """
    Read a filter's entries by page, with their receipts and who is under way.

    Those that are `selected` and have no piece yet are under way too, where asked for.
    """
    for page in client.entries(
        wanted.start,
        wanted.end,
        zone="UTC",
        users=wanted.users,
        clients=wanted.clients,
        projects=wanted.projects,
        billable=wanted.billable,
        amounts=rates_known,
        rounding=workspace.rounding is not None,
        zones=zones,
    ):
        ids = [entry.id for entry in page]
        # In the order in which an entry moves on, or it would be seen in none of them.
        sending = selected_by_runs(held.company_id, ids) if selected else set()
        sending |= under_way(held.company_id, ids)
        receipts = receipts_for(held.company_id, ids)
        db.session.commit()
        yield page, receipts, sending


def filter_choices() -> FilterChoices:
    """Offer everybody and everything that can have entries, leavers too."""
    names: dict[str, list[tuple[str, str]]] = {"user": [], "client": [], "project": []}
    for row in listings(Kind.USER, Kind.CLIENT, Kind.PROJECT):
        label = f"{row.path} / {row.name}" if row.path else row.name
        names[row.kind].append((row.foreign_id, label))
    return FilterChoices(
        *(
            tuple(sorted(names[kind], key=lambda pair: pair[1].casefold()))
            for kind in ("user", "client", "project")
        )
    )
