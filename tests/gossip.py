"""News in transit: what happens on both sides, told late, twice, wrongly or not."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from addon.clockify import payloads as from_clockify
from addon.quickbooks import payloads as from_intuit
from addon.records import connection as connections
from addon.records import db
from addon.records.directory import Kind, listings
from addon.records.installation import Installation
from addon.rules.entry import PersonKind, Project
from addon.sandbox.clockify import dtos
from addon.transfer import listed
from addon.transfer.listed import Line
from addon.transfer.refresh import refresh
from addon.transfer.renew import company_client
from addon.transfer.sweep import sweep
from tests.deeds import CLOCKIFY, QUICKBOOKS
from tests.world import World

NAMES = ("Ada", "Bo", "Cy", "Dee", "Eli", "Flo", "Gus", "Hal", "Ivy", "Jo")
INTUIT = "/quickbooks/webhooks"


@dataclass(frozen=True)
class Letter:
    """One call that brings news, ready to be made."""

    path: str
    body: bytes
    headers: dict[str, str]
    at: float = 0.0  # when it comes, in seconds of the street's clock


@dataclass
class Street:
    """Both services' side of the road: things happen, and letters come of it."""

    world: World
    dice: random.Random
    seen: int = 0
    late: list[Letter] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.client = self.world.app.test_client()
        self.workspace.hooks.hold = True
        self.seen = len(self.company.changes)

    @property
    def workspace(self) -> Any:
        """The pretend workspace."""
        return self.world.workspace

    @property
    def company(self) -> Any:
        """The pretend company."""
        return self.world.company

    def now(self) -> float:
        """Tell the time on this street, in seconds."""
        return float(self.world.clock().timestamp())

    def happen(self) -> None:
        """Let one thing happen on one of the sides; nobody has been told yet."""
        self.count += 1
        name = f"{self.dice.choice(NAMES)} {self.dice.choice(NAMES)} {self.count}"
        deeds = CLOCKIFY + QUICKBOOKS
        self.dice.choice(deeds)(self, name)

    def letters(self) -> list[Letter]:
        """Take what both services want to tell of what has happened since."""
        events = self.workspace.hooks.waiting
        self.workspace.hooks.forget()
        changes = self.company.changes[self.seen :]
        self.seen += len(changes)
        return [
            *(self.from_clockify(event) for event in events),
            *(self.from_intuit([change]) for change in changes),
        ]

    def from_clockify(self, event: str, body: object = None) -> Letter:
        """Write a letter of Clockify; its body may say what it likes."""
        told = {"id": "f" * 24, "name": "Forged"} if body is None else body
        headers = {
            "clockify-signature": self.workspace.installation.webhook_tokens[event],
            "clockify-webhook-event-type": event,
        }
        path = f"/webhooks/{event.lower().replace('_', '-')}"
        return Letter(path, json.dumps(told).encode(), headers)

    def from_intuit(self, changes: list[Any]) -> Letter:
        """Write a letter of Intuit, in either of its formats."""
        notices = self.world.sandbox.quickbooks.notices
        notices.format = self.dice.choice(["cloudevents", "legacy"])
        body = notices.body([(self.company.realm, change) for change in changes])
        return Letter(INTUIT, body, {"intuit-signature": notices.signature(body)})

    def forged(self, letter: Letter) -> Letter:
        """Change the body on the way: Clockify's signature does not cover it."""
        body = self.dice.choice(
            [b"{}", b'{"id": null}', b'{"workspaceId": "x"}', b"[1]", b"nonsense"]
        )
        return Letter(letter.path, body, letter.headers)

    def bring(self, letter: Letter) -> int:
        """Deliver one letter; give how it was answered."""
        answer = self.client.post(
            letter.path, data=letter.body, headers=letter.headers, buffered=True
        )
        return answer.status_code

    def reconcile(self, seconds: float = 3601) -> None:
        """Let an hour pass, sweep once and read what is stale."""
        self.world.clock.forward(seconds)  # type: ignore[attr-defined]
        with self.world.app.app_context():
            sweep(self.world.outside)
            db.session.remove()
        self.answer_rings()

    def answer_rings(self, most: int = 100) -> None:
        """
        Read what is stale as often as it rings for that, or so often at most.

        Hours are not counted: there are none here, and lists do not hang on them.
        """
        huey = self.world.app.extensions["queue"].huey
        while most > 0:
            soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=3)
            task = huey.dequeue()
            tasks = [task] if task is not None else huey.read_schedule(soon)
            if not tasks:
                return
            for name, number in (each.args for each in tasks):
                if name == "refresh":
                    with self.world.app.app_context():
                        refresh(self.world.outside, number)
            most -= len(tasks)

    def differences(self, *, asking: bool = True) -> list[str]:
        """Compare what the add-on knows with what both services hold."""
        with self.world.inside(self.workspace) as here:
            held = connections.current()
            assert held is not None
            rows = [*listings(*Kind), *listings(*Kind, company_id=held.company_id)]
            known = {_key(row): _shown(row) for row in rows if not row.gone}
            read = by_asking(self.world, here) if asking else by_looking(self.world)
            truth = {_key(line): _shown(line) for line in read}
        return [
            f"{key}: {known.get(key)} instead of {truth.get(key)}"
            for key in sorted(truth.keys() | known.keys())
            if truth.get(key) != known.get(key)
        ]


def _key(line: Any) -> tuple[str, str]:
    return str(line.kind), line.foreign_id


def _shown(line: Any) -> tuple[object, ...]:
    return (
        line.name,
        line.email,
        line.parent_id,
        line.path,
        line.active,
        json.dumps(line.details, sort_keys=True),
    )


def by_asking(world: World, here: Installation) -> Iterator[Line]:
    """Read both services through their gates, as a refresh of everything would."""
    ours = world.outside.clockify(here)
    yield from map(listed.from_user, ours.users())
    yield from map(listed.from_client, ours.clients())
    yield from _projects(ours.projects(with_tasks=True))
    yield from map(listed.from_tag, ours.tags())
    held = connections.current()
    assert held is not None
    db.session.commit()
    theirs = company_client(world.outside, held)
    yield from map(listed.from_person, theirs.people())
    yield from map(listed.from_customer, theirs.customers())
    yield from map(listed.from_item, theirs.service_items())


def by_looking(world: World) -> Iterator[Line]:
    """Give the same without the wire: what both services would answer just now."""
    where, company = world.workspace, world.company
    for one in where.users.values():
        yield listed.from_user(from_clockify.user(dtos.user(where, one)))
    for one in where.clients.values():
        yield listed.from_client(from_clockify.work_client(dtos.client(where, one)))
    yield from _projects(
        from_clockify.project(dtos.project(where, one, hydrated=True))
        for one in where.projects.values()
    )
    for one in where.tags.values():
        yield listed.from_tag(from_clockify.tag(dtos.tag(where, one)))
    for kind in PersonKind:
        for row in company.rows(kind.value):
            yield listed.from_person(from_intuit.person(kind, company.shown(row)))
    for row in company.rows("Customer"):
        yield listed.from_customer(from_intuit.customer(company.shown(row)))
    for row in company.rows("Item"):
        if row.get("Type") == "Service":
            yield listed.from_item(from_intuit.service_item(company.shown(row)))


def _projects(found: Iterable[Project]) -> Iterator[Line]:
    for project in found:
        yield listed.from_project(project)
        yield from map(listed.from_task, project.tasks)
