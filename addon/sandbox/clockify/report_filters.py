"""Which entries a detailed report asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from addon.sandbox.clockify.things import Client, Entry, Project
from addon.sandbox.clockify.workspace import Workspace

Keep = Callable[[Entry], bool]

USER_STATUS: dict[str, frozenset[str]] = {
    "ACTIVE": frozenset({"ACTIVE"}),
    "PENDING": frozenset({"PENDING"}),
    "INACTIVE": frozenset({"INACTIVE"}),
    "ACTIVE_WITH_PENDING": frozenset({"ACTIVE", "PENDING"}),
}


def wanted(world: Workspace, asked: Mapping[str, Any]) -> Keep:
    """One test that an entry must pass to be in the report."""
    tests = [*_plain(asked), *_things(world, asked), *_audit(asked)]
    return lambda one: all(test(one) for test in tests)


def _plain(asked: Mapping[str, Any]) -> list[Keep]:
    tests: list[Keep] = []
    billable = asked.get("billable")
    if billable is not None:
        tests.append(lambda one: one.billable is billable)
    words = str(asked.get("description") or "").lower()
    if words:
        tests.append(lambda one: words in one.description.lower())
    if asked.get("withoutDescription"):
        tests.append(lambda one: not one.description)
    approval = asked.get("approvalState")
    if approval in ("APPROVED", "UNAPPROVED"):
        tests.append(lambda one: bool(one.approval_id) is (approval == "APPROVED"))
    invoiced = asked.get("invoicingState")
    if invoiced in ("INVOICED", "UNINVOICED"):
        tests.append(lambda one: one.invoiced is (invoiced == "INVOICED"))
    return tests


def _things(world: Workspace, asked: Mapping[str, Any]) -> list[Keep]:
    def client_id(one: Entry) -> str | None:
        client = world.client_of(world.project_of(one))
        return client.id if client else None

    tests: list[Keep] = []
    for word, id_of in (
        ("users", lambda one: one.user_id),
        ("projects", lambda one: one.project_id),
        ("clients", client_id),
        ("tasks", lambda one: one.task_id),
    ):
        given = asked.get(word)
        if given:
            tests.append(_by_id(given, id_of))
            tests.append(_by_status(world, word, given.get("status"), id_of))
    given = asked.get("tags")
    if given and given.get("ids"):
        tests.append(_by_tags(given))
    return tests


def _by_id(given: Mapping[str, Any], id_of: Callable[[Entry], str | None]) -> Keep:
    ids = set(given.get("ids") or ())
    if not ids:
        return lambda _: True
    inside = given.get("contains") != "DOES_NOT_CONTAIN"
    return lambda one: (id_of(one) in ids) is inside


def _by_status(
    world: Workspace,
    word: str,
    status: str | None,
    id_of: Callable[[Entry], str | None],
) -> Keep:
    if status in (None, "ALL"):
        return lambda _: True
    if word == "users":
        return lambda one: _user_status(world, one) in USER_STATUS.get(status, ())
    archived = status == "ARCHIVED"
    shelves: dict[str, Mapping[str, Client | Project]] = {
        "projects": world.projects,
        "clients": world.clients,
    }
    shelf = shelves.get(word, {})

    def keep(one: Entry) -> bool:
        thing = shelf.get(id_of(one) or "")
        return not archived if thing is None else thing.archived is archived

    return keep


def _user_status(world: Workspace, one: Entry) -> str:
    user = world.users.get(one.user_id)
    return user.status if user else "INACTIVE"


def _by_tags(given: Mapping[str, Any]) -> Keep:
    ids = set(given["ids"])
    how = given.get("containedInTimeentry") or given.get("contains")
    if how == "DOES_NOT_CONTAIN":
        return lambda one: not ids & set(one.tag_ids)
    if how == "CONTAINS_ONLY":
        return lambda one: ids == set(one.tag_ids)
    return lambda one: bool(ids & set(one.tag_ids))


def _audit(asked: Mapping[str, Any]) -> list[Keep]:
    given = (asked.get("detailedFilter") or {}).get("auditFilter") or {}
    tests: list[Keep] = []
    if given.get("withoutProject"):
        tests.append(lambda one: one.project_id is None)
    if given.get("withoutTask"):
        tests.append(lambda one: one.task_id is None)
    return tests
