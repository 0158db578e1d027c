"""One line of the detailed report."""

from __future__ import annotations

from typing import Any

from addon.sandbox.clockify import payloads
from addon.sandbox.clockify.things import Entry
from addon.sandbox.clockify.workspace import Workspace


def row(
    world: Workspace, one: Entry, *, rounding: bool, amounts: bool
) -> dict[str, Any]:
    """An entry as the live report shows it; rates are in minor units."""
    project = world.project_of(one)
    client = world.client_of(project)
    task = world.tasks.get(one.task_id) if one.task_id else None
    user = world.users.get(one.user_id)
    return {
        "_id": one.id,
        "description": one.description,
        "userId": one.user_id,
        "userName": owner_name(world, one),
        "userEmail": user.email if user else None,
        "type": one.kind,
        "timeInterval": _interval(world, one, rounding=rounding),
        "projectId": one.project_id or world.empty_id,
        "projectName": project.name if project else None,
        "projectColor": project.color if project else None,
        "clientId": client.id if client else "",
        "clientName": client.name if client else "",
        "taskId": one.task_id or world.empty_id,
        "taskName": task.name if task else None,
        "tagIds": list(one.tag_ids) or None,
        "tags": [{"_id": m, "name": world.tags[m].name} for m in one.tag_ids],
        "customFields": [],
        "billable": one.billable,
        "approvalRequestId": one.approval_id,
        "isLocked": one.locked or world.is_locked(one),
        **_money(world, one, rounding=rounding, amounts=amounts),
    }


def owner_name(world: Workspace, one: Entry) -> str:
    """The name of the person whose time it is."""
    user = world.users.get(one.user_id)
    return user.name if user else "Deleted user"


def seconds(world: Workspace, one: Entry, *, rounding: bool) -> int | None:
    """How long it took, rounded by the workspace's rule if asked; None if running."""
    if one.duration is None:
        return None
    exact = int(one.duration.total_seconds())
    return _rounded(world, exact) if rounding else exact


def amount(world: Workspace, one: Entry, *, rounding: bool) -> float:
    """What it earns, in minor units."""
    took = seconds(world, one, rounding=rounding) or 0
    return (world.rate_of(one) or 0) * took / 3600


def _interval(world: Workspace, one: Entry, *, rounding: bool) -> dict[str, Any]:
    told = payloads.interval(one)
    told["offStart"] = told.pop("offsetStart")
    told["offEnd"] = told.pop("offsetEnd")
    told["duration"] = seconds(world, one, rounding=rounding)
    return told


def _money(
    world: Workspace, one: Entry, *, rounding: bool, amounts: bool
) -> dict[str, Any]:
    if not amounts:
        return {"rate": None, "amount": None, "amounts": []}
    rate = world.rate_of(one)
    value = amount(world, one, rounding=rounding)
    return {
        "rate": rate,
        "earnedRate": rate,
        "costRate": None,
        "amount": value if rate is not None else None,
        "amounts": [{"type": "EARNED", "value": value}],
    }


def _rounded(world: Workspace, exact: int) -> int:
    rule = world.settings["round"]
    step = int(rule["minutes"]) * 60
    if step == 0:
        return exact
    whole, rest = divmod(exact, step)
    up = rest > 0 and rule["round"] == "Round up to"
    if rule["round"] == "Round to nearest":
        up = rest * 2 >= step
    return (whole + up) * step
