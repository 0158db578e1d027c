"""The bodies of Clockify's webhooks, in the shapes seen on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from addon.sandbox.clockify.state import State
from addon.sandbox.clockify.things import (
    Approval,
    Client,
    Entry,
    Project,
    Tag,
    Task,
    User,
)

Json = dict[str, Any]


def instant(moment: datetime | None) -> str | None:
    """A moment as Clockify writes it: UTC with a Z, or null."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_duration(length: timedelta | None) -> str | None:
    """A length of time in ISO 8601, hours at most (PT26H3M), or null."""
    if length is None:
        return None
    seconds = int(length.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{number}{unit}"
        for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S"))
        if number
    ]
    return "PT" + ("".join(parts) or "0S")


def member(user: User) -> Json:
    """A person with settings: joined, activated, deactivated."""
    return {
        **person(user),
        "profilePicture": "",
        "settings": {
            "weekStart": user.week_start,
            "timeZone": user.zone,
            "timeFormat": user.time_format,
            "dateFormat": user.date_format,
            "lang": user.language,
            "theme": user.theme,
            "darkTheme": user.theme == "DARK",
        },
    }


def person(user: User) -> Json:
    """A person in short: deleted, updated, e-mail changed."""
    return {"id": user.id, "email": user.email, "name": user.name}


def project(state: State, one: Project) -> Json:
    """A project with its client and tasks."""
    client = state.client_of(one)
    return {
        "id": one.id,
        "name": one.name,
        "hourlyRate": {"amount": one.hourly_rate} if one.hourly_rate else None,
        "clientId": client.id if client else "",
        "workspaceId": state.id,
        "billable": one.billable,
        "color": one.color,
        "estimate": {"estimate": "PT0S", "type": "AUTO"},
        "archived": one.archived,
        "duration": "PT0S",
        "clientName": client.name if client else "",
        "note": one.note,
        "public": one.public,
        "template": False,
        "tasks": [
            task(state, part)
            for part in state.tasks.values()
            if part.project_id == one.id
        ],
        "client": client_short(state, client) if client else None,
    }


def task(state: State, one: Task) -> Json:
    """A task inside its project."""
    return {
        "name": one.name,
        "projectId": one.project_id,
        "assigneeId": "",
        "assigneeIds": [],
        "userGroupIds": [],
        "estimate": "PT0S",
        "duration": "PT0S",
        "status": one.status,
        "workspaceId": state.id,
        "id": one.id,
    }


def client_short(state: State, one: Client) -> Json:
    """A client."""
    return {
        "name": one.name,
        "workspaceId": state.id,
        "archived": one.archived,
        "id": one.id,
    }


def tag(state: State, one: Tag) -> Json:
    """A tag, inside an entry or alone."""
    return {
        "name": one.name,
        "workspaceId": state.id,
        "archived": one.archived,
        "id": one.id,
    }


def entry(state: State, one: Entry) -> Json:
    """Hours, as a webhook tells of them: no taskId, no tagIds, rates always null."""
    user = state.users.get(one.user_id)
    return {
        "id": one.id,
        "description": one.description,
        "userId": one.user_id,
        "billable": one.billable,
        "projectId": one.project_id,
        "timeInterval": interval(one),
        "workspaceId": state.id,
        "isLocked": one.locked,
        "type": one.kind,
        "currentlyRunning": one.end is None,
        "hourlyRate": None,
        "costRate": None,
        "approvalStatus": None,
        "customFieldValues": [],
        "project": _entry_project(state, one),
        "task": _entry_task(state, one),
        "user": {
            "name": user.name if user else "",
            "id": one.user_id,
            "status": user.account if user else "DELETED",
        },
        "tags": [tag(state, state.tags[mark]) for mark in one.tag_ids],
    }


def interval(one: Entry) -> Json:
    """From when to when, both in UTC and on the owner's clock."""
    begin = one.start.astimezone(one.local)
    finish = one.end.astimezone(one.local) if one.end else None
    return {
        "start": instant(one.start),
        "end": instant(one.end),
        "duration": iso_duration(one.duration),
        "timeZone": one.zone,
        "zonedStart": begin.strftime("%Y-%m-%dT%H:%M:%S"),
        "zonedEnd": finish.strftime("%Y-%m-%dT%H:%M:%S") if finish else None,
        "offsetStart": offset(begin),
        "offsetEnd": offset(finish) if finish else None,
    }


def offset(moment: datetime) -> int:
    """Seconds ahead of UTC at a zoned moment."""
    gap = moment.utcoffset()
    return int(gap.total_seconds()) if gap else 0


def approval(state: State, one: Approval) -> Json:
    """A submitted week whose state changed."""
    user = state.users[one.user_id]
    by = state.users.get(one.updated_by, user)
    return {
        "id": one.id,
        "workspaceId": state.id,
        "dateRange": {"start": instant(one.start), "end": instant(one.end)},
        "owner": {
            "userId": user.id,
            "userName": user.name,
            "timezone": user.zone,
            "startOfWeek": user.week_start,
        },
        "status": {
            "state": one.state,
            "updatedBy": by.id,
            "updatedByUserName": by.name,
            "updatedAt": instant(one.updated_at),
            "note": one.note,
        },
    }


def _entry_project(state: State, one: Entry) -> Json | None:
    found = state.project_of(one)
    if found is None:
        return None
    client = state.client_of(found)
    return {
        "name": found.name,
        "clientId": client.id if client else "",
        "clientName": client.name if client else "",
        "workspaceId": state.id,
        "billable": found.billable,
        "archived": found.archived,
        "id": found.id,
    }


def _entry_task(state: State, one: Entry) -> Json | None:
    found = state.tasks.get(one.task_id) if one.task_id else None
    if found is None:
        return None
    return {
        "name": found.name,
        "workspaceId": state.id,
        "projectId": found.project_id,
        "status": found.status,
        "id": found.id,
    }
