"""The pretend Clockify's REST API: clients, projects, tasks and tags."""

from __future__ import annotations

import re
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify import dtos
from addon.sandbox.clockify.api import MOST_PER_PAGE, WS
from addon.sandbox.clockify.auth import Caller, Refusal, invalid
from addon.sandbox.clockify.routes import (
    body,
    flag,
    page_of,
    required,
    route,
    same,
    text,
)
from addon.sandbox.clockify.things import Client, Project

NAME_TAKEN = "{} with name '{}' already exists"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
LARGEST_RATE = 2**31 - 1


@route("GET", f"{WS}/clients", "CLIENT_READ")
def clients(caller: Caller) -> ResponseReturnValue:
    """Clients, archived ones too unless asked otherwise."""
    archived, name = flag("archived"), request.args.get("name")
    return page_of(
        (
            dtos.client(caller.workspace, one)
            for one in caller.workspace.clients.values()
            if archived in (None, one.archived) and same(name, one.name)
        ),
        most=MOST_PER_PAGE,
    )


@route("POST", f"{WS}/clients", "CLIENT_WRITE")
def create_client(caller: Caller) -> ResponseReturnValue:
    """A new client."""
    caller.must_be_admin()
    given = body()
    required(given, "name")
    client = caller.workspace.add_client(**_client_facts(caller, given))
    return jsonify(dtos.client(caller.workspace, client)), 201


@route("GET", f"{WS}/clients/<client_id>", "CLIENT_READ")
def read_client(caller: Caller, client_id: str) -> ResponseReturnValue:
    """One client."""
    return jsonify(dtos.client(caller.workspace, _client(caller, client_id)))


@route("PUT", f"{WS}/clients/<client_id>", "CLIENT_WRITE")
def update_client(caller: Caller, client_id: str) -> ResponseReturnValue:
    """Replace a client; `archive-projects` puts its projects away with it."""
    caller.must_be_admin()
    client = _client(caller, client_id)
    given = body()
    facts = _client_facts(caller, given, but=client)
    facts["archived"] = bool(given.get("archived", False))
    caller.workspace.change_client(client, **facts)
    if facts["archived"] and flag("archive-projects"):
        for project in list(caller.workspace.projects.values()):
            if project.client_id == client.id and not project.archived:
                caller.workspace.archive_project(project)
    return jsonify(dtos.client(caller.workspace, client, currency=False))


@route("DELETE", f"{WS}/clients/<client_id>", "CLIENT_WRITE")
def delete_client(caller: Caller, client_id: str) -> ResponseReturnValue:
    """Remove an archived client."""
    caller.must_be_admin()
    client = _client(caller, client_id)
    if not client.archived:
        raise invalid("Cannot delete an active client")
    caller.workspace.delete_client(client)
    return jsonify(dtos.client(caller.workspace, client, currency=False))


@route("GET", f"{WS}/projects", "PROJECT_READ")
def projects(caller: Caller) -> ResponseReturnValue:
    """Projects, archived ones too unless asked otherwise."""
    hydrated = flag("hydrated") is True
    return page_of(
        (
            dtos.project(caller.workspace, one, hydrated=hydrated)
            for one in caller.workspace.projects.values()
            if _project_wanted(one)
        ),
        most=MOST_PER_PAGE,
    )


@route("POST", f"{WS}/projects", "PROJECT_WRITE")
def create_project(caller: Caller) -> ResponseReturnValue:
    """A new project."""
    caller.must_be_admin()
    given = body()
    required(given, "name")
    workspace = caller.workspace
    facts = _project_facts(caller, given, but=None)
    client = facts.pop("client_id")
    project = workspace.add_project(facts.pop("name"), client, **facts)
    for task in given.get("tasks") or ():
        workspace.add_task(project, task["name"])
    return jsonify(dtos.project(workspace, project)), 201


@route("GET", f"{WS}/projects/<project_id>", "PROJECT_READ")
def read_project(caller: Caller, project_id: str) -> ResponseReturnValue:
    """One project; a gone one is 400/501, not 404."""
    project = project_here(caller, project_id)
    hydrated = flag("hydrated") is True
    return jsonify(dtos.project(caller.workspace, project, hydrated=hydrated))


@route("PUT", f"{WS}/projects/<project_id>", "PROJECT_WRITE")
def update_project(caller: Caller, project_id: str) -> ResponseReturnValue:
    """Replace a project: what is left out falls back."""
    caller.must_be_admin()
    project = project_here(caller, project_id)
    given = body()
    facts = _project_facts(caller, given, but=project)
    facts["archived"] = bool(given.get("archived", False))
    caller.workspace.change_project(project, **facts)
    return jsonify(dtos.project(caller.workspace, project))


@route("DELETE", f"{WS}/projects/<project_id>", "PROJECT_WRITE")
def delete_project(caller: Caller, project_id: str) -> ResponseReturnValue:
    """Remove an archived project."""
    caller.must_be_admin()
    project = project_here(caller, project_id)
    if not project.archived:
        raise invalid("Cannot delete an active project")
    answer = dtos.project(caller.workspace, project)
    caller.workspace.delete_project(project)
    return jsonify(answer)


@route("GET", f"{WS}/projects/<project_id>/tasks", "TASK_READ")
def tasks(caller: Caller, project_id: str) -> ResponseReturnValue:
    """The parts of a project."""
    project = project_here(caller, project_id)
    active = flag("is-active")
    return page_of(
        (
            dtos.task(caller.workspace, one)
            for one in caller.workspace.tasks.values()
            if one.project_id == project.id and active in (None, one.status == "ACTIVE")
        ),
        most=MOST_PER_PAGE,
    )


@route("GET", f"{WS}/tags", "TAG_READ")
def tags(caller: Caller) -> ResponseReturnValue:
    """The labels."""
    archived, name = flag("archived"), request.args.get("name")
    strict = flag("strict-name-search") is True
    return page_of(
        (
            dtos.tag(caller.workspace, one)
            for one in caller.workspace.tags.values()
            if archived in (None, one.archived) and same(name, one.name, strict=strict)
        ),
        most=MOST_PER_PAGE,
    )


@route("POST", f"{WS}/tags", "TAG_WRITE")
def create_tag(caller: Caller) -> ResponseReturnValue:
    """A new label."""
    given = body()
    required(given, "name")
    name = text(given, "name", most=100) or ""
    if any(one.name == name for one in caller.workspace.tags.values()):
        raise invalid(NAME_TAKEN.format("Tag", name))
    return jsonify(dtos.tag(caller.workspace, caller.workspace.add_tag(name))), 201


def project_here(caller: Caller, project_id: str) -> Project:
    """The project of that id in the caller's workspace."""
    project = caller.workspace.projects.get(project_id)
    if project is None:
        raise invalid("Project doesn't belong to Workspace")
    return project


def _client(caller: Caller, client_id: str) -> Client:
    client = caller.workspace.clients.get(client_id)
    if client is None:
        raise invalid("Client doesn't belong to Workspace")
    return client


def _client_facts(
    caller: Caller, given: dict[str, Any], but: Client | None = None
) -> dict[str, Any]:
    name = text(given, "name", most=100) or (but.name if but else "")
    for one in caller.workspace.clients.values():
        if one is not but and one.name == name:
            raise invalid(NAME_TAKEN.format("Client", name))
    facts = {word: text(given, word) for word in ("email", "address", "note")}
    return {"name": name, **facts}


def _project_wanted(one: Project) -> bool:
    archived, billable = flag("archived"), flag("billable")
    clients = set(request.args.get("clients", "").split(",")) - {""}
    inside = not clients or (one.client_id in clients) is (
        flag("contains-client") is not False
    )
    strict = flag("strict-name-search") is True
    return (
        archived in (None, one.archived)
        and billable in (None, one.billable)
        and inside
        and same(request.args.get("name"), one.name, strict=strict)
    )


def _project_facts(
    caller: Caller, given: dict[str, Any], but: Project | None
) -> dict[str, Any]:
    name = text(given, "name", least=2, most=250) or (but.name if but else "")
    client_id = given.get("clientId") or None
    if client_id is not None:
        _client(caller, client_id)
    for one in caller.workspace.projects.values():
        if one is not but and (one.name, one.client_id) == (name, client_id):
            raise invalid(NAME_TAKEN.format("Project", name))
    color = given.get("color") or (but.color if but else "#03A9F4")
    if not COLOR.fullmatch(color):
        raise invalid("color must look like #03A9F4")
    return {
        "name": name,
        "client_id": client_id,
        "billable": bool(given.get("billable", False)),
        "public": bool(given.get("isPublic", False)),
        "color": color,
        "note": text(given, "note", most=16384) or "",
        "hourly_rate": _rate(given),
    }


def _rate(given: dict[str, Any]) -> int | None:
    rate = given.get("hourlyRate")
    if rate is None:
        return None
    amount = rate.get("amount") if isinstance(rate, dict) else None
    if not isinstance(amount, int) or not 0 <= amount <= LARGEST_RATE:
        raise Refusal(400, 3002, "hourlyRate.amount must be a number of minor units")
    return amount
