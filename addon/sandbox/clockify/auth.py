"""Who calls the pretend API, what they may do, and how often."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Request

from addon.sandbox.clockify.state import Installation
from addon.sandbox.clockify.things import User
from addon.sandbox.clockify.workspace import Workspace

if TYPE_CHECKING:
    from addon.sandbox.clockify.server import ClockifyServer


class Refusal(Exception):
    """An answer with an error status; an empty message answers without a body."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def invalid(message: str) -> Refusal:
    """Clockify's answer to what it understands and does not accept."""
    return Refusal(400, 501, message)


def forbidden() -> Refusal:
    """Clockify's answer to a person whose role is too small."""
    return Refusal(403, 403, "You don't have a permission for that action")


@dataclass(frozen=True)
class Caller:
    """A proven token: for which workspace, from which add-on, acting as whom."""

    workspace: Workspace
    installation: Installation
    user: User
    is_installation: bool

    @property
    def is_admin(self) -> bool:
        """The installation token acts with admin rights."""
        return self.is_installation or self.user.is_admin

    def must_be_admin(self) -> None:
        """Refuse everybody else."""
        if not self.is_admin:
            raise forbidden()

    def must_have(self, scope: str | None) -> None:
        """Refuse what the installed manifest did not ask for."""
        if scope and scope not in self.installation.scopes:
            # Clockify: documented as 403, seen live as 401 (and not code 4017).
            raise Refusal(
                401,
                401,
                f"Addon {self.installation.key} does not have permission {scope}",
            )


@dataclass
class Turnstile:
    """Counts calls in sliding windows of the server's own time."""

    now: Callable[[], datetime]
    passed: dict[tuple[str, ...], deque[datetime]] = field(default_factory=dict)

    def full(self, who: tuple[str, ...], limit: int, window: timedelta) -> bool:
        """Count one call; true when there were too many in the window."""
        now = self.now()
        calls = self.passed.setdefault(who, deque())
        while calls and (calls[0] <= now - window or calls[0] > now):
            calls.popleft()
        if len(calls) >= limit:
            return True
        calls.append(now)
        return False


def identify(server: ClockifyServer, request: Request) -> Caller:
    """
    Prove the one token of a request.

    Raises Refusal: 401/1000 without exactly one header, 401/4003 for API keys,
    401/4017 for a token that is forged, expired or of a dead installation.
    """
    addon = request.headers.get("X-Addon-Token")
    api_key = request.headers.get("X-Api-Key")
    if bool(addon) == bool(api_key) or (addon and "," in addon):
        raise Refusal(401, 1000, "Full authentication is required")
    if addon is None:
        raise Refusal(401, 4003, "Api key does not exist")
    caller = _prove(server, addon)
    if caller is None:
        raise Refusal(401, 4017, "Token is not valid")
    return caller


def _prove(server: ClockifyServer, token: str) -> Caller | None:
    claims = server.key.read(token, now=server.now())
    if claims is None or claims.get("iss") != "clockify":
        return None
    workspace = server.workspaces.get(str(claims.get("workspaceId")))
    one = workspace.installations.get(str(claims.get("sub"))) if workspace else None
    if workspace is None or one is None or one.addon_id != claims.get("addonId"):
        return None
    if one.status != "ACTIVE":
        return None
    if token == one.auth_token:
        return Caller(workspace, one, workspace.owner, is_installation=True)
    user = workspace.users.get(str(claims.get("user")))
    # Lifecycle and webhook tokens prove who speaks; they open no doors here.
    if user is None or user.status == "INACTIVE" or "workspaceRole" not in claims:
        return None
    return Caller(workspace, one, user, is_installation=False)


def ration(server: ClockifyServer, caller: Caller) -> None:
    """Refuse with 429 what exceeds the limits of the add-on or of the workspace."""
    headers = (
        {} if server.retry_after is None else {"Retry-After": str(server.retry_after)}
    )
    busy = Refusal(429, 429, "Too many requests", headers)
    workspace = caller.workspace
    who = (workspace.id, caller.installation.addon_id)
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    if server.rate_limit and server.turnstile.full(who, server.rate_limit, second):
        raise busy
    hourly = workspace.requests_per_hour
    if hourly and server.turnstile.full((workspace.id,), hourly, hour):
        raise busy
