"""
Measure the first reading of a large company inside the add-on, step by step.

    python -m tests.benchmarks.first_pass [users people projects customers]
"""

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event

from addon import logs
from addon.records import connection as connections
from addon.records import db
from addon.records.directory import Kind, Listing
from addon.records.journal import JournalLine
from addon.records.link import Link, LinkKind, Suggestion
from addon.transfer import certain, keeping, listed
from addon.transfer.refresh import ask, refresh
from addon.transfer.renew import company_client
from tests.benchmarks.matching import people_of, projects_of
from tests.indoors import cut_the_wires
from tests.world import Clock, World

FULL = (500, 600, 3000, 5000)


class Doors:
    """Times the transactions in which all other writers have to wait."""

    def __init__(self, engine: Any) -> None:
        self._began: float | None = None
        self.longest = 0.0
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._end)
        event.listen(engine, "rollback", self._end)

    def _statement(self, _c: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            self._began = time.perf_counter()

    def _end(self, _connection: Any) -> None:
        if self._began is not None:
            self.longest = max(self.longest, time.perf_counter() - self._began)
            self._began = None


@contextmanager
def measured(what: str, doors: Doors) -> Iterator[None]:
    """Print how long something took, and the longest that others had to wait."""
    doors.longest = 0.0
    began, cpu = time.perf_counter(), time.process_time()
    yield
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"{what:44} {took:7.2f} s, {cpu:6.2f} s of CPU,"
        f" longest write {doors.longest * 1000:6.0f} ms",
        flush=True,
    )


def fill(world: World, users: int, people: int, projects: int, customers: int) -> None:
    """Give both pretend services a large company's lists."""
    staff, records = people_of(users, people)
    ours, theirs = projects_of(projects, customers)
    where, company = world.workspace, world.company
    clients = {
        name: where.add_client(name) for name in {each.client_name for each in ours}
    }
    for user in staff:
        where.add_user(user.name, f"{user.id}@example.com")
    for project in ours:
        where.add_project(project.name, clients[project.client_name])
    for person in records:
        address = {"Address": person.email}
        company.add_vendor(person.name, PrimaryEmailAddr=address)
    numbers: dict[str, str] = {}
    for customer in theirs:
        parent = numbers.get(customer.parent_id or "")
        numbers[customer.id] = company.add_customer(customer.name, parent=parent)


def forget(world: World) -> None:
    """Let the add-on know nothing of the lists any more."""
    with world.inside():
        for table in (Link, Suggestion, Listing, JournalLine):
            db.session.execute(delete(table))
        db.session.commit()


def step_by_step(world: World, doors: Doors) -> None:
    """Read, keep, link and suggest, each by itself."""
    with world.inside() as here:
        held = connections.current()
        assert held is not None
        db.session.commit()
        company_id, theirs = held.company_id, company_client(world.outside, held)
        ours = world.outside.clockify(here)
        with measured("reading users and projects", doors):
            users = list(map(listed.from_user, ours.users()))
            projects = list(map(listed.from_project, ours.projects(with_tasks=True)))
        with measured("reading people and customers", doors):
            people = list(map(listed.from_person, theirs.people()))
            customers = list(map(listed.from_customer, theirs.customers()))
        with measured("keeping them all", doors):
            keeping.keep(here, 0, [Kind.USER], users)
            keeping.keep(here, 0, [Kind.PROJECT], projects)
            both = [Kind.EMPLOYEE, Kind.VENDOR]
            keeping.keep(here, company_id, both, people)
            keeping.keep(here, company_id, [Kind.CUSTOMER], customers)
            db.session.commit()
        for what in ("linking and suggesting", "again, where nothing has changed"):
            with measured(what, doors):
                made = certain.link_what_is_certain(
                    here, company_id, LinkKind, world.clock()
                )
            print(f"{'':44} {made:7} links")


def main(users: int, people: int, projects: int, customers: int) -> None:
    """Print the steps, and then the first refresh of both sides as it happens."""
    logs.configure(io.StringIO())
    clock = Clock()
    with (
        tempfile.TemporaryDirectory() as folder,
        World(Path(folder), entries=0, clock=clock, sleep=clock.forward) as world,
    ):
        world.sandbox.clockify.rate_limit = None
        world.workspace.hooks.hold = True
        world.install()
        world.connect()
        cut_the_wires(world, hurry=False)
        fill(world, users, people, projects, customers)
        with world.app.app_context():
            doors = Doors(db.engine)
        print(
            f"inside the add-on: {users} users, {people} people, {projects} projects,"
            f" {customers} customers; the disk is waited for"
        )
        forget(world)
        step_by_step(world, doors)
        forget(world)
        with world.inside() as here:
            ask(world.outside, here)
            number = here.id
        with world.app.app_context(), measured("the whole first refresh", doors):
            refresh(world.outside, number)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given or FULL))
