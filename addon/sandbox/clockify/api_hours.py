"""The pretend Clockify's REST API: time entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify import dtos
from addon.sandbox.clockify.api import MOST_PER_PAGE, WS
from addon.sandbox.clockify.api_catalogue import project_here
from addon.sandbox.clockify.auth import Caller, Refusal, forbidden, invalid
from addon.sandbox.clockify.routes import body, flag, page_of, required, route, text
from addon.sandbox.clockify.things import Entry

# Clockify: a windowed list misses entries younger than about 45 seconds.
UNSEEN = timedelta(seconds=45)


@route("GET", f"{WS}/user/<user_id>/time-entries", "TIME_ENTRY_READ")
def entries(caller: Caller, user_id: str) -> ResponseReturnValue:
    """One person's hours, newest first; a window misses the freshest."""
    if not caller.is_admin and user_id != caller.user.id:
        raise forbidden()
    if user_id not in caller.workspace.users:
        raise invalid("User doesn't belong to Workspace")
    hydrated = flag("hydrated") is True
    found = sorted(_window(caller, user_id), key=lambda one: one.start, reverse=True)
    return page_of(
        (dtos.entry(caller.workspace, one, hydrated=hydrated) for one in found),
        most=MOST_PER_PAGE,
    )


@route("GET", f"{WS}/time-entries/<entry_id>", "TIME_ENTRY_READ")
def read_entry(caller: Caller, entry_id: str) -> ResponseReturnValue:
    """One entry."""
    one = _entry(caller, entry_id)
    hydrated = flag("hydrated") is True
    return jsonify(dtos.entry(caller.workspace, one, hydrated=hydrated))


@route("PUT", f"{WS}/time-entries/<entry_id>", "TIME_ENTRY_WRITE")
def update_entry(caller: Caller, entry_id: str) -> ResponseReturnValue:
    """Replace an entry whole: what is left out is gone."""
    one = _entry(caller, entry_id)
    _must_be_open(caller, one)
    facts = _entry_facts(caller, body())
    caller.workspace.edit_entry(one, **facts)
    answer = dtos.entry(caller.workspace, one)
    del answer["hourlyRate"], answer["costRate"]
    return jsonify(answer)


@route("DELETE", f"{WS}/time-entries/<entry_id>", "TIME_ENTRY_WRITE")
def delete_entry(caller: Caller, entry_id: str) -> ResponseReturnValue:
    """Delete an entry."""
    one = _entry(caller, entry_id)
    _must_be_open(caller, one)
    caller.workspace.delete_entry(one)
    return Response(status=204)


@route("PATCH", f"{WS}/time-entries/invoiced", "TIME_ENTRY_WRITE")
def mark_invoiced(caller: Caller) -> ResponseReturnValue:
    """Set the invoiced flag, which only the report's filter shows."""
    given = body()
    required(given, "timeEntryIds")
    for entry_id in given["timeEntryIds"]:
        _entry(caller, entry_id).invoiced = bool(given.get("invoiced"))
    return Response(status=200)


def _window(caller: Caller, user_id: str) -> Iterator[Entry]:
    start, end = _moment("start"), _moment("end")
    fresh = caller.workspace.now() - UNSEEN
    for one in caller.workspace.entries.values():
        if one.user_id != user_id:
            continue
        windowed = start is not None or end is not None
        if windowed and one.touched is not None and one.touched > fresh:
            continue
        if start is not None and one.start < start:
            continue
        if end is not None and one.start > end:
            continue
        yield one


def _moment(name: str) -> datetime | None:
    given = request.args.get(name)
    return _parse(given, name) if given else None


def _parse(given: object, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError as error:
        raise Refusal(400, 3002, f"{name} is no instant") from error
    if moment.tzinfo is None:
        raise Refusal(400, 3002, f"{name} lacks its Z")
    return moment


def _entry(caller: Caller, entry_id: str) -> Entry:
    one = caller.workspace.entries.get(entry_id)
    if one is None:
        raise invalid("TimeEntry doesn't belong to Workspace")
    if not caller.is_admin and one.user_id != caller.user.id:
        raise forbidden()
    return one


def _must_be_open(caller: Caller, one: Entry) -> None:
    if one.approval_id is not None:
        raise Refusal(403, 4005, "Can't edit approved time entry.")
    if caller.workspace.is_locked(one) and not caller.is_admin:
        raise Refusal(403, 1003, "Time entry is in a locked period.")
    if caller.workspace.settings["timeTrackingMode"] == "STOPWATCH_ONLY":
        raise Refusal(403, 4030, "Manual time tracking is disabled.")


def _entry_facts(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    required(given, "start")
    start = _parse(given["start"], "start")
    end = _parse(given["end"], "end") if given.get("end") else None
    if end is not None and end < start:
        raise invalid("End is before start")
    project_id = given.get("projectId") or None
    if project_id is not None and project_here(caller, project_id).archived:
        raise invalid("Project is archived")
    if project_id is None and caller.workspace.settings["forceProjects"]:
        raise invalid("Project is required")
    return {
        "start": start,
        "end": end,
        "description": text(given, "description") or "",
        "billable": bool(given.get("billable", False)),
        "project_id": project_id,
        "task_id": _task(caller, project_id, given.get("taskId")),
        "tag_ids": [_tag(caller, mark) for mark in given.get("tagIds") or ()],
        "kind": given.get("type") or "REGULAR",
    }


def _task(caller: Caller, project_id: str | None, task_id: str | None) -> str | None:
    if not task_id:
        return None
    task = caller.workspace.tasks.get(task_id)
    if task is None or task.project_id != project_id:
        raise invalid("Task doesn't belong to Project")
    return task.id


def _tag(caller: Caller, tag_id: str) -> str:
    tag = caller.workspace.tags.get(tag_id)
    if tag is None:
        raise invalid("Tag doesn't belong to Workspace")
    if tag.archived:
        raise invalid("Tag is archived")
    return tag.id
