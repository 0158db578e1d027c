"""Clockify's JSON into our values, with all its known variants."""

from collections.abc import Callable
from typing import TypeVar

from addon.clockify import fields
from addon.clockify.errors import Malformed
from addon.rules.entry import (
    Project,
    Rounding,
    RoundingWay,
    Tag,
    Task,
    User,
    WorkClient,
    Workspace,
)

Value = TypeVar("Value")

# The users route speaks of memberships, its contract of accounts: both occur.
_STATUSES = {"PENDING_EMAIL_VERIFICATION": "PENDING", "NOT_REGISTERED": "PENDING"}

_LONGEST_STEP = 24 * 60


def workspace(body: object) -> Workspace:
    """Read a workspace with its settings; raises Malformed."""
    source = fields.record(body, "a workspace")
    return Workspace(
        id=fields.identifier(source, "id", "_id"),
        name=fields.text(source, "name"),
        currency=_workspace_currency(source),
        rounding=_rounding(source.get("workspaceSettings")),
        plan=fields.text(source, "featureSubscriptionType"),
    )


def user(body: object) -> User:
    """Read a member of the workspace; someone without a name goes by their e-mail."""
    source = fields.record(body, "a user")
    email = fields.optional_text(source, "email")
    settings = fields.record(source.get("settings") or {}, "a user's settings")
    status = fields.text(source, "status").upper()
    return User(
        id=fields.identifier(source, "id", "_id"),
        name=fields.text(source, "name") or email or "",
        email=email,
        status=_STATUSES.get(status, status) or "ACTIVE",
        zone=fields.optional_text(settings, "timeZone"),
    )


def work_client(body: object) -> WorkClient:
    """Read a client; raises Malformed."""
    source = fields.record(body, "a client")
    return WorkClient(
        id=fields.identifier(source, "id", "_id"),
        name=fields.text(source, "name"),
        archived=fields.flag(source, "archived", default=False),
    )


def project(body: object) -> Project:
    """Read a project, with its tasks where they are told; raises Malformed."""
    source = fields.record(body, "a project")
    number = fields.identifier(source, "id", "_id")
    return Project(
        id=number,
        name=fields.text(source, "name"),
        client_id=fields.optional_identifier(source, "clientId"),
        client_name=fields.text(source, "clientName"),
        archived=fields.flag(source, "archived", default=False),
        billable=fields.flag(source, "billable", default=True),
        tasks=tuple(
            _task(each, number)
            for each in fields.records(source.get("tasks"), "a project's tasks")
        ),
    )


def _task(source: fields.Record, project_id: str) -> Task:
    return Task(
        id=fields.identifier(source, "id", "_id"),
        name=fields.text(source, "name"),
        project_id=project_id,
        done=fields.text(source, "status").upper() == "DONE",
    )


def tag(body: object) -> Tag:
    """Read a tag; raises Malformed."""
    source = fields.record(body, "a tag")
    return Tag(
        id=fields.identifier(source, "id", "_id"),
        name=fields.text(source, "name"),
        archived=fields.flag(source, "archived", default=False),
    )


def listed(body: object, what: str, read: Callable[[object], Value]) -> list[Value]:
    """Read a page of a list; here null is as wrong as any other shape."""
    if not isinstance(body, list):
        raise Malformed(f"Clockify sent something that is not a list of {what}.")
    return [read(each) for each in body]


def _workspace_currency(source: fields.Record) -> str | None:
    for each in fields.records(source.get("currencies"), "currencies"):
        if fields.flag(each, "isDefault", default=False):
            return fields.optional_text(each, "code")
    rate = source.get("hourlyRate")
    if rate is None:
        return None
    return fields.optional_text(fields.record(rate, "a rate"), "currency")


def _rounding(settings: object) -> Rounding | None:
    if settings is None:
        return None
    source = fields.record(settings, "a workspace's settings")
    if not fields.flag(source, "timeRoundingInReports", default=False):
        return None
    chosen = fields.record(source.get("round"), "a workspace's rounding")
    step = _step(chosen.get("minutes"))
    return Rounding(_way(fields.text(chosen, "round")), step) if step else None


def _way(words: str) -> RoundingWay:
    # Only "Round to nearest" is documented; the others are read by their one word.
    said = set(words.lower().replace("_", " ").split())
    for way in RoundingWay:
        if way.value in said:
            return way
    raise Malformed("Clockify rounds this workspace's reports in a way we do not know.")


def _step(minutes: object) -> int:
    # Clockify sends the minutes as a text.
    digits = minutes.strip() if isinstance(minutes, str) else minutes
    if isinstance(digits, str) and digits.isascii() and digits.isdigit():
        digits = int(digits[:9])
    step = fields.number(digits, "rounding step")
    if step != int(step) or not 0 <= step <= _LONGEST_STEP:
        raise Malformed("Clockify rounds this workspace's reports by an odd step.")
    return int(step)
