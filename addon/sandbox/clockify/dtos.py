"""What the pretend API answers about each thing, in Clockify's own field names."""

from __future__ import annotations

from typing import Any

from addon.sandbox.clockify import payloads
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


def rate(state: State, amount: int | None) -> Json | None:
    """An hourly rate in minor units."""
    if amount is None:
        return None
    return {"amount": amount, "currency": state.currency}


def workspace(state: State) -> Json:
    """The workspace with its settings."""
    return {
        "id": state.id,
        "name": state.name,
        "hourlyRate": rate(state, state.hourly_rate),
        "costRate": None,
        "imageUrl": "",
        "memberships": [membership(state, user) for user in state.users.values()],
        "workspaceSettings": dict(state.settings),
        "currencies": [
            {"id": state.currency_id, "code": state.currency, "isDefault": True}
        ],
        "features": list(state.features),
        "featureSubscriptionType": state.plan,
        "subdomain": {"enabled": False, "name": None},
        "cakeOrganizationId": state.id[::-1],
    }


def membership(state: State, user: User) -> Json:
    """A person's place in the workspace."""
    return {
        "userId": user.id,
        "targetId": state.id,
        "membershipType": "WORKSPACE",
        "membershipStatus": user.status,
        "hourlyRate": rate(state, user.hourly_rate),
        "costRate": None,
    }


def user(state: State, one: User, *, roles: bool = False) -> Json:
    """A person in a list of users; live, `status` is the membership there."""
    answer = {
        **payloads.member(one),
        "activeWorkspace": state.id,
        "defaultWorkspace": state.id,
        "status": one.status,
        "memberships": [],
        "customFields": [],
    }
    if roles:
        answer["roles"] = [] if one.role == "USER" else [{"role": one.role}]
    return answer


def client(state: State, one: Client, *, currency: bool = True) -> Json:
    """A client; lists and creation add the currency's code."""
    answer = {
        **payloads.client_short(state, one),
        "email": one.email,
        "ccEmails": None,
        "address": one.address,
        "note": one.note,
        "currencyId": state.currency_id,
    }
    if currency:
        answer["currencyCode"] = state.currency
    return answer


def project(state: State, one: Project, *, hydrated: bool = False) -> Json:
    """A project; hydrated adds its client and its tasks."""
    whole = payloads.project(state, one)
    tasks, who = whole.pop("tasks"), whole.pop("client")
    answer = {
        **whole,
        "hourlyRate": rate(state, one.hourly_rate),
        "costRate": None,
        "memberships": [],
        "timeEstimate": {
            "estimate": "PT0S",
            "type": "AUTO",
            "resetOption": None,
            "active": False,
            "includeNonBillable": True,
        },
        "budgetEstimate": None,
        "estimateReset": None,
    }
    if hydrated:
        answer |= {"tasks": tasks, "client": who}
    return answer


def task(state: State, one: Task) -> Json:
    """A task of a project."""
    answer = payloads.task(state, one)
    del answer["workspaceId"]
    parent = state.projects.get(one.project_id)
    return {
        **answer,
        "billable": bool(parent and parent.billable),
        "hourlyRate": None,
        "costRate": None,
        "budgetEstimate": 0,
    }


def tag(state: State, one: Tag) -> Json:
    """A tag."""
    return payloads.tag(state, one)


def entry(state: State, one: Entry, *, hydrated: bool = False) -> Json:
    """Hours; hydrated puts whole things in the place of identifiers."""
    answer: Json = {
        "id": one.id,
        "description": one.description,
        "userId": one.user_id,
        "billable": one.billable,
        "projectId": one.project_id,
        "taskId": one.task_id,
        "tagIds": list(one.tag_ids),
        "workspaceId": state.id,
        "timeInterval": {
            "start": payloads.instant(one.start),
            "end": payloads.instant(one.end),
            "duration": payloads.iso_duration(one.duration),
        },
        "customFieldValues": [],
        "type": one.kind,
        "kioskId": None,
        "isLocked": one.locked,
        "hourlyRate": rate(state, state.rate_of(one)),
        "costRate": None,
    }
    if hydrated:
        told = payloads.entry(state, one)
        answer |= {word: told[word] for word in ("project", "task", "tags", "user")}
    return answer


def approval(state: State, one: Approval) -> Json:
    """An approval request with its entries."""
    told = payloads.approval(state, one)
    told["owner"]["timeZone"] = told["owner"].pop("timezone")
    who = state.users[one.user_id]
    entries = [
        entry
        for entry in state.entries.values()
        if entry.user_id == one.user_id and one.start <= entry.start <= one.end
    ]
    tracked = sum(int(e.duration.total_seconds()) for e in entries if e.duration)
    return {
        "approvalRequest": {
            **told,
            "creator": {
                "userId": who.id,
                "userName": who.name,
                "userEmail": who.email,
            },
        },
        "entries": [_approval_entry(state, entry) for entry in entries],
        "approvedTime": f"PT{tracked if one.state == 'APPROVED' else 0}S",
        "trackedTime": f"PT{tracked}S",
        "pendingTime": f"PT{tracked if one.state == 'PENDING' else 0}S",
        "breakTime": "PT0S",
        "billableTime": f"PT{tracked}S",
        "billableAmount": 0.0,
        "costAmount": 0.0,
        "expenseTotal": 0.0,
        "expenses": [],
    }


def _approval_entry(state: State, one: Entry) -> Json:
    told = payloads.entry(state, one)
    project = told["project"]
    return {
        "id": one.id,
        "description": one.description,
        "billable": one.billable,
        "isLocked": one.locked,
        "type": one.kind,
        "approvalRequestId": one.approval_id,
        "project": project
        and {word: project[word] for word in ("id", "name", "clientId", "clientName")},
        "task": told["task"] and {"id": one.task_id, "name": told["task"]["name"]},
        "tags": told["tags"],
        "timeInterval": {
            word: told["timeInterval"][word] for word in ("start", "end", "duration")
        },
        "hourlyRate": rate(state, state.rate_of(one)),
        "costRate": None,
        "customFieldValues": [],
    }
