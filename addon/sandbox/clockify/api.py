"""The pretend Clockify's REST API: the workspace, its people and their tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify import dtos
from addon.sandbox.clockify.auth import Caller, forbidden, invalid
from addon.sandbox.clockify.routes import body, flag, page_of, required, route, same
from addon.sandbox.clockify.things import User

V1 = "/api/v1"
WS = f"{V1}/workspaces/<ws>"
MOST_PER_PAGE = 200
USUAL_ACCOUNTS = frozenset({"ACTIVE", "PENDING_EMAIL_VERIFICATION", "NOT_REGISTERED"})
USUAL_STATUS = frozenset({"ACTIVE", "PENDING"})


@route("POST", "/api/addon/user/<user_id>/token")
def exchange(caller: Caller, user_id: str) -> ResponseReturnValue:
    """A user token for the holder of the installation token."""
    if not caller.is_installation:
        raise forbidden()
    user = caller.workspace.users.get(user_id)
    if user is None or user.status == "INACTIVE":
        raise invalid("User doesn't belong to Workspace")
    token = caller.workspace.user_token(user, key=caller.installation.key)
    return Response(token, content_type="text/plain;charset=UTF-8")


@route("GET", f"{V1}/user")
def me(caller: Caller) -> ResponseReturnValue:
    """The person the token acts as; here `status` is that of the account."""
    answer = dtos.user(caller.workspace, caller.user)
    return jsonify({**answer, "status": caller.user.account})


@route("GET", f"{V1}/workspaces", "WORKSPACE_READ")
def workspaces(caller: Caller) -> ResponseReturnValue:
    """The workspaces this token can see: one."""
    return jsonify([dtos.workspace(caller.workspace)])


@route("GET", WS, "WORKSPACE_READ")
def workspace(caller: Caller) -> ResponseReturnValue:
    """The workspace with its settings."""
    return jsonify(dtos.workspace(caller.workspace))


@route("GET", f"{WS}/users", "USER_READ")
def users(caller: Caller) -> ResponseReturnValue:
    """People; LIMITED accounts and those who left only when asked for."""
    wanted = _user_filter()
    roles = flag("include-roles") is True
    return page_of(
        (
            dtos.user(caller.workspace, user, roles=roles)
            for user in caller.workspace.users.values()
            if wanted(user)
        ),
        most=MOST_PER_PAGE,
    )


@route("POST", f"{WS}/users", "USER_WRITE")
def invite(caller: Caller) -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    caller.must_be_admin()
    given = body()
    required(given, "email")
    email = str(given["email"])
    if any(user.email == email for user in caller.workspace.users.values()):
        raise invalid("User is already in the workspace")
    caller.workspace.add_user(
        email.partition("@")[0], email, status="PENDING", account="NOT_REGISTERED"
    )
    return jsonify(dtos.workspace(caller.workspace)), 201


@route("PUT", f"{WS}/users/<user_id>", "USER_WRITE")
def set_status(caller: Caller, user_id: str) -> ResponseReturnValue:
    """Activate or deactivate somebody."""
    caller.must_be_admin()
    given = body()
    required(given, "status")
    if user_id not in caller.workspace.users:
        raise invalid("User doesn't belong to Workspace")
    if given["status"] == "ACTIVE":
        caller.workspace.activate_user(user_id)
    elif given["status"] == "INACTIVE":
        caller.workspace.deactivate_user(user_id)
    else:
        raise invalid("status must be ACTIVE or INACTIVE")
    return jsonify(dtos.workspace(caller.workspace))


@route("GET", f"{WS}/custom-fields", "CUSTOM_FIELDS_READ")
def custom_fields(caller: Caller) -> ResponseReturnValue:
    """This world has no custom fields."""
    del caller
    return jsonify([])


@route("GET", f"{WS}/approval-requests", "APPROVAL_READ")
def approvals(caller: Caller) -> ResponseReturnValue:
    """Submitted time."""
    wanted = request.args.get("status")
    return page_of(
        (
            dtos.approval(caller.workspace, one)
            for one in caller.workspace.approvals.values()
            if wanted in (None, one.state)
        ),
        most=MOST_PER_PAGE,
    )


@route("GET", f"{WS}/addons/<addon_id>/webhooks")
def webhooks(caller: Caller, addon_id: str) -> ResponseReturnValue:
    """The add-on's own webhooks with their tokens."""
    one = caller.installation
    if one.addon_id != addon_id or not caller.is_installation:
        raise forbidden()
    hooks: list[dict[str, Any]] = [
        {
            "id": f"{index:024x}",
            "name": hook["event"],
            "url": f"{one.base_url}{hook['path']}",
            "enabled": True,
            "authToken": one.webhook_tokens[hook["event"]],
            "webhookEvent": hook["event"],
            "triggerSource": [],
            "triggerSourceType": "WORKSPACE_ID",
            "userId": one.as_user,
            "workspaceId": caller.workspace.id,
        }
        for index, hook in enumerate(one.manifest.get("webhooks") or ())
    ]
    return jsonify(webhooks=hooks, workspaceWebhookCount=len(hooks))


def _user_filter() -> Callable[[User], bool]:
    status = request.args.get("status")
    accounts = set(request.args.get("account-statuses", "").split(",")) - {""}
    name, email = request.args.get("name"), request.args.get("email")

    def wanted(user: User) -> bool:
        if status is None:
            in_status = user.status in USUAL_STATUS
        else:
            in_status = status in ("ALL", user.status)
        return (
            in_status
            and user.account in (accounts or USUAL_ACCOUNTS)
            and same(name, user.name)
            and same(email, user.email)
        )

    return wanted
