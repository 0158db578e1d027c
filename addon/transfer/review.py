"""The entries of a period, each with its verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from addon.clockify.client import Client
from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Connection
from addon.records.directory import Kind, listings
from addon.records.installation import Installation
from addon.records.receipt import Receipt, receipts_for
from addon.records.run import under_way
from addon.rules.activity import Activity, amount
from addon.rules.eligibility import Context, Held, judge
from addon.rules.entry import Entry
from addon.rules.rounding import round_duration, whole_minutes
from addon.transfer.context import context_for
from addon.transfer.outside import Outside, Refused, Viewer

LONGEST = timedelta(days=366)


class NotConnected(Exception):
    """Raised where hours cannot be judged because no company is connected."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.text = text
        self.cure = cure


class State(StrEnum):
    """Where an entry stands, as the tabs name it."""

    READY = "ready"
    ATTENTION = "attention"
    SENDING = "sending"
    SENT = "sent"


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
class Row:
    """An entry with its state and, where it cannot go, the reason and the cure."""

    entry: Entry
    state: State
    activity: Activity | None = None
    reason: str = ""
    cure: str = ""
    sent_at: datetime | None = None
    activity_id: str = ""
    minutes: int = 0
    amount: Decimal | None = None


@dataclass(frozen=True)
class Totals:
    """Sums over rows: whole minutes as they are sent, money in one currency."""

    count: int = 0
    minutes: int = 0
    billable_minutes: int = 0
    amount: Decimal = Decimal(0)

    def plus(self, row: Row) -> "Totals":
        """Add one row."""
        return Totals(
            self.count + 1,
            self.minutes + row.minutes,
            self.billable_minutes + (row.minutes if row.entry.billable else 0),
            self.amount + (row.amount or Decimal(0)),
        )


@dataclass(frozen=True)
class Review:
    """The rows of a filter and their sums by state."""

    rows: tuple[Row, ...]
    totals: Mapping[State, Totals]
    company_name: str
    currency: str


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
    return Review(
        rows=tuple(rows),
        totals=totals,
        company_name=held.company.name,
        currency=held.company.facts.get("currency") or "",
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
) -> Iterator[list[Row]]:
    """Read a filter's entries by page and judge each; no transaction stays open."""
    db.session.commit()
    workspace = client.workspace()
    context, zones = context_for(here, held, workspace, rates_known=rates_known)
    db.session.commit()
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
        receipts = receipts_for(held.company_id, ids)
        sending = under_way(held.company_id, ids)
        db.session.commit()
        yield [
            row_of(
                entry,
                context,
                receipts.get(entry.id),
                is_sending=entry.id in sending,
            )
            for entry in page
        ]


def row_of(
    entry: Entry, context: Context, receipt: Receipt | None, *, is_sending: bool
) -> Row:
    """Judge one entry, with what is already known of its sending."""
    if receipt is not None:
        return Row(
            entry,
            State.SENT,
            sent_at=receipt.recorded_at,
            activity_id=receipt.activity_id,
            minutes=receipt.minutes,
            amount=receipt.amount,
        )
    verdict = judge(entry, context)
    if isinstance(verdict, Held):
        return Row(
            entry,
            State.SENDING if is_sending else State.ATTENTION,
            reason=verdict.text,
            cure=verdict.cure,
            minutes=_minutes(entry, context),
        )
    money = amount(verdict) if verdict.billable and verdict.rate is not None else None
    return Row(
        entry,
        State.SENDING if is_sending else State.READY,
        activity=verdict,
        minutes=verdict.minutes,
        amount=money,
    )


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


def _minutes(entry: Entry, context: Context) -> int:
    """Say how long a held entry is, as far as it is known."""
    if entry.duration is None or entry.duration.days < 0:
        return 0
    return whole_minutes(round_duration(entry.duration, context.workspace.rounding))
