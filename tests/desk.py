"""An admin's desk: entries are tracked, sent and looked at, on a clock of our own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from addon.records import db
from addon.records import run as runs_of
from addon.records.connection import Health, current
from addon.records.link import Link, LinkKind, Target
from addon.records.preferences import preferences
from addon.records.receipt import Receipt
from addon.records.run import Piece, PieceState
from addon.transfer.outside import Outside
from addon.transfer.progress import Progress, progress
from addon.transfer.send import send
from addon.transfer.sweep import sweep
from tests.begun import a_run
from tests.weather import MONDAY, Time
from tests.world import World

FORM = {"start": "2026-10-01", "end": "2026-11-23"}
EMILY, JOHN, PAM, OLIVIA = "Emily Platt", "Johnson, John", "Pam Seitz", "Olivia Owen"
CARS = "Cool Cars"


@dataclass
class Desk:
    """A connected workspace without entries."""

    world: World
    time: Time

    @property
    def company(self) -> Any:
        """The pretend company."""
        return self.world.company

    @property
    def trouble(self) -> Any:
        """What goes wrong at QuickBooks."""
        return self.world.sandbox.quickbooks.trouble

    def track(
        self,
        user: str = EMILY,
        project: str | None = CARS,
        *,
        days_ago: float = 3,
        minutes: float = 60,
        start: datetime | None = None,
        **facts: Any,
    ) -> Any:
        """Somebody tracks time."""
        return self.world.workspace.add_entry(
            user,
            project,
            start=start or MONDAY - timedelta(days=days_ago),
            length=timedelta(minutes=minutes),
            **facts,
        )

    def post(self, path: str, name: str = OLIVIA, **form: Any) -> requests.Response:
        """Press a button of the report panel."""
        token = self.world.token(name)
        return self.world.ask("POST", path, token=token, data={**FORM, **form})

    def confirm(self, **form: Any) -> str:
        """Open the dialog; give its words."""
        return words(self.post("/runs/confirmation", **(form or {"all_ready": "1"})))

    def press(self, *, expected: int, **form: Any) -> int | None:
        """Press Send; give the run's number, None where the dialog comes back."""
        answer = self.post("/runs", expected=expected, **(form or {"all_ready": "1"}))
        answer.raise_for_status()
        found = re.search(r"/runs/(\d+)", answer.text)
        return int(found[1]) if found else None

    def send_all(self) -> Progress:
        """Send every ready entry and wait until the run is over."""
        number = self.begin()
        self.settle()
        return self.progress(number)

    def begin(self) -> int:
        """Confirm every ready entry and press Send."""
        answer = self.post("/runs/confirmation", all_ready="1")
        found = re.search(r'name="expected" value="(\d+)"', answer.text)
        assert found, words(answer)
        number = self.press(expected=int(found[1]))
        assert number is not None
        return number

    def begin_beside(self, *entries: Any) -> int:
        """Begin a run over just these, as a schedule does or who pressed in time."""
        company_id = self.company_id
        with self.world.inside() as here:
            ids = [entry.id for entry in entries]
            return a_run(here.id, company_id, ids, self.time.now).id

    def settle(self, hours: float = 3) -> None:
        """Let worker and sweep do what is due, for some hours at most."""
        end = self.time.now + timedelta(hours=hours)
        while self.open_runs() and self.time.now < end:
            self.once()
            self.time.forward(5)

    def once(self) -> None:
        """Let whatever is owed now be done now."""
        self.world.work()
        with self.world.app.app_context():
            sweep(self.world.outside)
        self.world.work()

    def send(self, outside: Outside | None = None) -> None:
        """Be the worker, once."""
        company_id = self.company_id
        with self.world.app.app_context():
            send(outside or self.world.outside, company_id)

    def open_runs(self) -> int:
        """Count runs that are not over."""
        with self.world.inside():
            query = db.select(db.func.count(runs_of.Run.id))
            return (
                db.session.scalar(query.where(runs_of.Run.state.in_(runs_of.RUNNING)))
                or 0
            )

    def progress(self, number: int) -> Progress:
        """Look at a run as its panel does."""
        with self.world.inside():
            found = progress(number, self.time.now)
            assert found is not None
            return found

    def pieces(self) -> list[Piece]:
        """List all pieces, in order."""
        with self.world.inside():
            found = list(db.session.scalars(db.select(Piece).order_by(Piece.id)))
            db.session.expunge_all()
            return found

    def states(self) -> list[PieceState]:
        """List the states of all pieces, in order."""
        return [PieceState(each.state) for each in self.pieces()]

    def receipts(self) -> dict[str, str]:
        """Give the activity of each entry that has a receipt."""
        with self.world.inside():
            found = db.session.scalars(db.select(Receipt))
            return {each.entry_id: each.activity_id for each in found}

    @property
    def company_id(self) -> int:
        """Our number of the connected company."""
        with self.world.inside():
            held = current()
            assert held is not None
            return held.company_id

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The company's activities."""
        return list(self.company.activities)

    def choose_item(self, item_id: str) -> None:
        """Choose the service item in the settings."""
        company_id = self.company_id
        with self.world.inside() as here:
            kept = preferences(here.id, company_id)
            kept.item_id = item_id
            db.session.add(kept)
            db.session.commit()

    def link(
        self, kind: LinkKind, clockify_id: str, target: Target, target_id: str
    ) -> None:
        """Link a user or a project to a record."""
        company_id = self.company_id
        with self.world.inside() as here:
            query = db.select(Link).where(
                Link.kind == kind, Link.clockify_id == clockify_id
            )
            link = db.session.scalar(query) or Link(
                installation_id=here.id,
                company_id=company_id,
                kind=kind,
                clockify_id=clockify_id,
                origin="hand",
                since=self.time.now,
            )
            link.target, link.target_id = target, target_id
            db.session.add(link)
            db.session.commit()

    def exactly_once(self, *entries: Any) -> None:
        """Check that each of these entries is one activity, and nothing else is."""
        receipts = self.receipts()
        assert set(receipts) == {entry.id for entry in entries}
        assert sorted(receipts.values()) == sorted(row["Id"] for row in self.rows)


@contextmanager
def a_desk(folder: Path, **more: Any) -> Iterator[Desk]:
    """Install, connect and have no entries yet."""
    time = Time()
    world = World(folder, clock=time, sleep=time.forward, entries=0, **more)
    with world:
        world.install()
        world.connect()
        yield Desk(world, time)


def words(answer: requests.Response) -> str:
    """Give what a person reads of an answer."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).strip()


def lose_the_permission(desk: Desk) -> None:
    """QuickBooks asks for a new permission."""
    with desk.world.inside():
        held = current(hold=True)
        assert held is not None
        held.health = Health.RECONNECT
        db.session.commit()
