"""Every screen, with values made by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from addon.records.link import LinkKind
from addon.records.run import RunState
from addon.rules.activity import Activity
from addon.rules.entry import PersonKind
from addon.rules.periods import Period, days_of
from addon.transfer import preferences
from addon.transfer.linked import Choice, LinkPage, LinkRow
from addon.transfer.progress import Group, Left, Progress
from addon.transfer.review import (
    FilterChoices,
    NotConnected,
    Review,
    Row,
    State,
    Totals,
)
from addon.transfer.runs import Confirmation
from addon.transfer.setup import Created, NewClient, NewProject, Plan
from addon.transfer.status import ConnectionView, Finding
from addon.web.entries import TABS, shown
from tests.entries import an_entry
from tests.link_screens import link_screens

NOW = datetime(2026, 5, 4, 14, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Screens:
    """All screens; `word` stands in every text that comes from people or vendors."""

    word: str = "Craig"

    def all(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Give template and context of every screen, by name."""
        links = link_screens(self.word)
        return self.settings() | self.panels() | self.fragments() | links

    def settings(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Give the settings in each state of the connection."""
        states = {
            f"settings {state}": {"connection": self.connection(state), "polls": polls}
            for state, polls in (("none", 0), ("reconnect", 2))
        }
        found = {name: ("settings/show.html", each) for name, each in states.items()}
        found["settings"] = ("settings/show.html", self.linked())
        return found

    def linked(self) -> dict[str, Any]:
        """Give what the settings show once a company is connected."""
        return {
            "connection": self.connection("connected"),
            "polls": 0,
            "users": self.links(LinkKind.USER),
            "projects": self.links(LinkKind.PROJECT),
            "plan": self.plan(),
            "chosen": preferences.Panel(
                services=(Choice("1", self.word), Choice("2", self.word)),
                item_id="1",
                creating=True,
            ),
            "runs": (self.progress(over=True),),
        }

    def panels(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Give the report panel on each tab, unread, as a member, and unconnected."""
        found = {
            f"report {tab.key}": self.listed(number) for number, tab in enumerate(TABS)
        }
        found["report unread"] = {}
        found["sidebar"] = self.listed(0) | {"can_send": False, "unfinished": ()}
        found["report unconnected"] = {"connection": self.connection("none")}
        return {
            name: ("entries/index.html", self.panel() | each)
            for name, each in found.items()
        }

    def panel(self) -> dict[str, Any]:
        """Give what the report panel shows besides the list."""
        today = NOW.date()
        named = (("1", self.word), ("2", self.word))
        return {
            "connection": self.connection("connected"),
            "choices": FilterChoices(named, named, named),
            "periods": [(each, days_of(each, today=today)) for each in Period],
            "first_period": Period.LAST_30_DAYS,
            "first_days": days_of(Period.LAST_30_DAYS, today=today),
            "run": self.progress(over=False),
            "unfinished": (self.progress(over=False),),
            "runs": (self.progress(over=True),),
            "can_send": True,
        }

    def listed(self, number: int) -> dict[str, Any]:
        """Give the list on one of the tabs."""
        rows = tuple(self.row(index, state) for index, state in enumerate(State))
        totals = dict.fromkeys(State, Totals())
        for row in rows:
            totals[row.state] = totals[row.state].plus(row)
        found = Review(rows, totals, 1, self.word, "USD")
        return shown(found, TABS[number], 1) | {"can_send": True}

    def fragments(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Give what only ever comes as an answer, and the pages of other windows."""
        blocked = NotConnected(self.word, self.word)
        problem = {"title": self.word, "text": self.word, "cure": self.word}
        return {
            "confirm": ("runs/_confirm.html", {"confirmation": self.confirmation()}),
            "run over": ("runs/_progress.html", {"run": self.progress(over=True)}),
            "setup": ("setup/_list.html", {"plan": self.plan()}),
            "created": ("setup/_created.html", {"created": self.created()}),
            "blocked": ("entries/_list.html", {"blocked": blocked}),
            "problem": ("problems/problem.html", problem | {"status": 401}),
            "callback": ("connection/callback.html", problem | {"good": True}),
            "saved": (
                "links/_row.html",
                {
                    "row": self.link(LinkKind.USER, "u9", "employee:55"),
                    "choices": self.choices(LinkKind.USER),
                    "is_saved": True,
                },
            ),
        }

    def connection(self, state: str) -> ConnectionView:
        """Give a connection with a finding of each level."""
        levels = ("good", "good", "warning", "bad")
        return ConnectionView(
            state=state,
            company_name="" if state == "none" else self.word,
            company_id=None if state == "none" else 1,
            connected_at=NOW,
            findings=tuple(Finding(level, self.word, self.word) for level in levels),
            refreshed_at=NOW,
            problem=self.word,
        )

    def links(self, kind: LinkKind) -> LinkPage:
        """Give three rows: one that waits, one in trouble, one that is linked."""
        target = "employee:55" if kind is LinkKind.USER else "customer:3"
        rows = (
            self.link(kind, "a1", ""),
            self.link(kind, "a2", target, trouble=self.word),
            self.link(kind, "a3", target),
        )
        choices = self.choices(kind)
        return LinkPage(
            kind=kind,
            rows=rows,
            choices=choices,
            waiting=1,
            linked=2,
            total=103,
            page=2,
            pages=3,
            search=self.word,
        )

    def link(
        self, kind: LinkKind, clockify_id: str, target: str, *, trouble: str = ""
    ) -> LinkRow:
        """Give one row of a list of links."""
        return LinkRow(
            kind=kind,
            clockify_id=clockify_id,
            name=self.word,
            detail=self.word,
            inactive=False,
            target=target,
            target_name=self.word if target else "",
            origin="email" if target else "",
            reason=self.word if target else "",
            trouble=trouble,
        )

    def choices(self, kind: LinkKind) -> tuple[Choice, ...]:
        """Give what a user or project can be linked to."""
        if kind is LinkKind.USER:
            return (
                Choice("employee:55", self.word, "Employees"),
                Choice("vendor:31", self.word, "Vendors", inactive=True),
            )
        nobody = Choice("none:", "No customer (only non-billable time)", "Other")
        return (nobody, Choice("customer:3", self.word, "Customers"))

    def plan(self) -> Plan:
        """Give a plan with one new client and a project of it."""
        return Plan(
            (NewClient("3", self.word),), (NewProject("4", self.word, self.word),)
        )

    def created(self) -> Created:
        """Give the result of a set-up in which something went wrong."""
        return Created(1, 2, 1, (self.word,))

    def row(self, number: int, state: State) -> Row:
        """Give a row of the list in this state."""
        entry = an_entry(
            id=f"e{number}",
            user_name=self.word,
            project_name=self.word,
            client_name=self.word,
            description=self.word,
        )
        held = state is State.ATTENTION
        return Row(
            entry,
            state,
            activity=None if held else self.activity(),
            reason=self.word if held else "",
            cure=self.word if held else "",
            sent_at=NOW if state is State.SENT else None,
            minutes=120,
            amount=None if held else Decimal("120.00"),
            currency="USD",
            in_doubt=held,
        )

    def activity(self) -> Activity:
        """Give the activity that an entry would become."""
        return Activity(
            person_kind=PersonKind.EMPLOYEE,
            person_id="55",
            person_name=f"{self.word} of QuickBooks",
            day=NOW.date(),
            minutes=120,
            customer_id="3",
            customer_name=self.word,
            billable=True,
            rate=Decimal(60),
            description=self.word,
            item_id=None,
            item_name="",
        )

    def progress(self, *, over: bool) -> Progress:
        """Give a run, under way or over with something that was refused."""
        left = Left(date(2026, 5, 1), self.word, self.word, 60, self.word)
        return Progress(
            run_id=13 if over else 12,
            state=RunState.DONE if over else RunState.SENDING,
            over=over,
            title=self.word,
            text=self.word,
            total=42,
            sent=38 if over else 18,
            already=1,
            held=1,
            doubtful=1,
            refused=1,
            dropped=1,
            remaining=0 if over else 20,
            percent=100 if over else 47,
            minutes_sent=3800,
            money_sent=(("USD", Decimal("5400.50")),),
            currency="USD",
            company_name=self.word,
            started_by_name=self.word,
            started_at=NOW - timedelta(minutes=4),
            finished_at=NOW if over else None,
            groups=(Group(self.word, self.word, self.word, 2, 60, (left,)),),
            can_stop=not over,
        )

    def confirmation(self) -> Confirmation:
        """Give what the dialog says about 42 entries."""
        return Confirmation(
            count=42,
            minutes=3800,
            billable_minutes=3000,
            money=(("USD", Decimal("5400.50")),),
            currency="USD",
            first_day=date(2026, 5, 1),
            last_day=date(2026, 5, 4),
            company_id=1,
            company_name=self.word,
            item_name=self.word,
            difference=self.word,
            too_many=False,
            running=None,
        )
