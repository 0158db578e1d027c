"""First-time set-up: Clockify projects for the customers that QuickBooks has."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from addon.clockify.client import Client
from addon.clockify.errors import ClockifyError, Rejected
from addon.records import db
from addon.records import link as linking
from addon.records.directory import Kind, Side
from addon.records.glance import Glance, glances
from addon.records.journal import note
from addon.records.link import Link, LinkKind, Target
from addon.rules.names import plain
from addon.transfer import refresh
from addon.transfer.link import connected_company
from addon.transfer.outside import Outside, Viewer

log = structlog.get_logger()

# A person waits for this; whatever is left is created by pressing again.
PATIENCE = timedelta(seconds=20)
# Clockify: names of projects have 2 to 250 characters, of clients up to 100.
SHORTEST, LONGEST, LONGEST_CLIENT = 2, 250, 100


@dataclass(frozen=True)
class NewClient:
    """A client to create, for a customer that has customers of its own."""

    customer_id: str
    name: str


@dataclass(frozen=True)
class NewProject:
    """A project to create; `client_name` is "" where it stands alone."""

    customer_id: str
    name: str
    client_name: str


@dataclass(frozen=True)
class Plan:
    """What would be created in Clockify, and nothing more."""

    clients: tuple[NewClient, ...]
    projects: tuple[NewProject, ...]


@dataclass(frozen=True)
class Created:
    """What was created, and what is left to do."""

    clients: int
    projects: int
    left: int
    problems: tuple[str, ...]


def plan(company_id: int) -> Plan:
    """
    List the projects (and their clients) that Clockify lacks.

    A customer with sub-customers becomes a client, its sub-customers become that
    client's projects; a customer without any becomes a project of its own. Deeper
    levels go to the client at the top.
    """
    customers = {
        row.foreign_id: row
        for row in glances(Kind.CUSTOMER, company_id=company_id)
        if row.active and not row.gone
    }
    parents = {row.parent_id for row in customers.values() if row.parent_id}
    linked = {
        link.target_id for link in linking.links(company_id, LinkKind.PROJECT).values()
    }
    wanted = [
        (row, _top(row, customers))
        for row in customers.values()
        if row.foreign_id not in linked and row.foreign_id not in parents
    ]
    known = {plain(row.name) for row in glances(Kind.CLIENT) if not row.gone}
    taken = {
        (plain(row.path), plain(row.name))
        for row in glances(Kind.PROJECT)
        if not row.gone
    }
    projects = tuple(
        NewProject(row.foreign_id, row.name, top.name if top else "")
        for row, top in sorted(wanted, key=lambda pair: pair[0].path.casefold())
        if (plain(top.name) if top else "", plain(row.name)) not in taken
        and SHORTEST <= len(row.name) <= LONGEST
        and (top is None or len(top.name) <= LONGEST_CLIENT)
    )
    clients = _new_clients([top for _, top in wanted if top], projects, known)
    return Plan(clients, projects)


def _new_clients(
    tops: list[Glance], projects: tuple[NewProject, ...], known: set[str]
) -> tuple[NewClient, ...]:
    needed = {project.client_name for project in projects}
    found = {top.foreign_id: top for top in tops}
    return tuple(
        NewClient(top.foreign_id, top.name)
        for top in sorted(found.values(), key=lambda top: top.name.casefold())
        if plain(top.name) not in known and top.name in needed
    )


def create(outside: Outside, viewer: Viewer, customer_ids: set[str]) -> Created:
    """
    Create the chosen projects, each linked to its customer by id at once.

    What exists already is not created again, so that it can be called until nothing
    is left.
    """
    company_id = connected_company()
    wanted = [
        each for each in plan(company_id).projects if each.customer_id in customer_ids
    ]
    db.session.commit()
    if not wanted:
        return Created(0, 0, 0, ())
    gate = outside.clockify(viewer.installation)
    until = outside.now() + PATIENCE
    problems: list[str] = []
    clients = {plain(each.name): each.id for each in gate.clients()}
    existing = {(plain(each.client_name), plain(each.name)) for each in gate.projects()}
    made_clients = made = 0
    for each in wanted:
        if outside.now() > until:
            break
        try:
            client_id, is_new = _client_for(gate, clients, each)
            made_clients += is_new
            if (plain(each.client_name), plain(each.name)) not in existing:
                project = gate.create_project(each.name, client_id)
                _link(outside, viewer, company_id, each, project.id)
                made += 1
        except Rejected as refusal:
            problems.append(f"{each.name}: {refusal}")
        except ClockifyError as problem:
            log.warning("setup.failed", problem=type(problem).__name__)
            problems.append(f"{each.name}: Clockify could not be reached.")
            break
    _read_again(outside, viewer)
    left = len(wanted) - made - len(problems)
    return Created(made_clients, made, max(0, left), tuple(problems))


def _read_again(outside: Outside, viewer: Viewer) -> None:
    refresh.expect_news(viewer.installation.id, Side.CLOCKIFY, outside.now())
    db.session.commit()
    outside.ring("refresh", viewer.installation.id)


def _top(row: Glance, customers: dict[str, Glance]) -> Glance | None:
    """Find the customer at the top of this one's family, None where it is the top."""
    top = None
    seen = {row.foreign_id}
    while row.parent_id in customers and row.parent_id not in seen:
        row = top = customers[row.parent_id]
        seen.add(row.foreign_id)
    return top


def _client_for(
    gate: Client, clients: dict[str, str], each: NewProject
) -> tuple[str | None, bool]:
    if not each.client_name:
        return None, False
    name = plain(each.client_name)
    if name in clients:
        return clients[name], False
    clients[name] = gate.create_client(each.client_name).id
    return clients[name], True


def _link(
    outside: Outside,
    viewer: Viewer,
    company_id: int,
    each: NewProject,
    project_id: str,
) -> None:
    db.session.add(
        Link(
            installation_id=viewer.installation.id,
            company_id=company_id,
            kind=LinkKind.PROJECT,
            clockify_id=project_id,
            target=Target.CUSTOMER,
            target_id=each.customer_id,
            origin="created",
            confirmed_by=viewer.user_id,
            since=outside.now(),
        )
    )
    note(
        viewer.installation.id,
        "linked",
        actor=viewer.user_id,
        at=outside.now(),
        kind=LinkKind.PROJECT,
        clockify=project_id,
        before="",
        after=f"{Target.CUSTOMER}:{each.customer_id}",
        reason="created",
    )
    db.session.commit()
