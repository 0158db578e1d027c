"""A tiny real add-on that the pretend Clockify can install, call and open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from flask import Flask, request
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify.server import ClockifyServer
from addon.sandbox.wire import Listener

MONDAY = datetime(2026, 3, 16, 18, 0, tzinfo=UTC)
ALL_SCOPES = [
    "WORKSPACE_READ",
    "USER_READ",
    "USER_WRITE",
    "PROJECT_READ",
    "PROJECT_WRITE",
    "CLIENT_READ",
    "CLIENT_WRITE",
    "REPORTS_READ",
    "TAG_READ",
    "TAG_WRITE",
    "TASK_READ",
    "TIME_ENTRY_READ",
    "TIME_ENTRY_WRITE",
    "APPROVAL_READ",
]
EVENTS = [
    "USER_JOINED_WORKSPACE",
    "USER_UPDATED",
    "USER_EMAIL_CHANGED",
    "USER_ACTIVATED_ON_WORKSPACE",
    "USER_DEACTIVATED_ON_WORKSPACE",
    "USER_DELETED_FROM_WORKSPACE",
    "NEW_PROJECT",
    "PROJECT_UPDATED",
    "PROJECT_DELETED",
    "NEW_CLIENT",
    "CLIENT_UPDATED",
    "CLIENT_DELETED",
    "NEW_TIME_ENTRY",
    "TIME_ENTRY_UPDATED",
    "TIME_ENTRY_DELETED",
    "NEW_TIMER_STARTED",
    "TIMER_STOPPED",
    "APPROVAL_REQUEST_STATUS_UPDATED",
]


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    time: datetime = MONDAY

    def __call__(self) -> datetime:
        """The time."""
        return self.time

    def move(self, **by: float) -> None:
        """Let time pass: move(seconds=1)."""
        self.time += timedelta(**by)


@dataclass(frozen=True)
class Call:
    """One call that the add-on received."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class TinyAddon:
    """A manifest, and a memory of every call; `answers` are statuses to give next."""

    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = Flask(__name__)
        app.url_map.merge_slashes = False
        app.add_url_rule("/manifest.json", view_func=lambda: self.manifest)
        app.add_url_rule("/<path:path>", view_func=self._page)
        for rule in ("/<path:path>", "//<path:path>"):
            app.add_url_rule(
                rule, endpoint=rule, view_func=self._receive, methods=["POST"]
            )
        self.listener = Listener(app)
        self.url = f"http://127.0.0.1:{self.listener.port}"
        self.manifest_url = f"{self.url}/manifest.json"
        self.manifest |= {
            "schemaVersion": "1.5",
            "key": "tiny-addon",
            "name": "Tiny add-on",
            "baseUrl": self.url,
            "minimalSubscriptionPlan": "STANDARD",
            "scopes": list(ALL_SCOPES),
            "settings": "/settings",
            "components": [
                {
                    "type": kind,
                    "accessLevel": level,
                    "path": path,
                    "label": "QuickBooks",
                }
                for kind, level, path in (
                    ("reports.tab", "ADMINS", "/report"),
                    ("sidebar", "EVERYONE", "/sidebar"),
                )
            ],
            "lifecycle": [
                {"type": kind, "path": f"/lifecycle/{kind}"}
                for kind in ("INSTALLED", "STATUS_CHANGED", "DELETED")
            ],
            "webhooks": [{"event": one, "path": f"/webhooks/{one}"} for one in EVENTS],
        }

    def to(self, path: str) -> list[Call]:
        """The calls to one path."""
        return [call for call in self.calls if call.path == path]

    def _receive(self, path: str) -> ResponseReturnValue:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Call(path, headers, request.get_json()))
        return "", self.answers.pop(0) if self.answers else 204

    def _page(self, path: str) -> ResponseReturnValue:
        return PAGE.replace("PATH", path), 200, {"Content-Type": "text/html"}


PAGE = """<!doctype html><title>Tiny</title><h1>PATH</h1><pre></pre><script>
addEventListener("message", (event) => {
  document.querySelector("pre").textContent += JSON.stringify(event.data) + "\\n";
});
function say(action, payload) {
  parent.postMessage(JSON.stringify({ action, payload }), "*");
}
</script>"""


@contextlib.contextmanager
def worlds(**facts: Any) -> Iterator[tuple[ClockifyServer, TinyAddon]]:
    """A running pretend Clockify with a still clock, and a running tiny add-on."""
    clockify = ClockifyServer(**{"now": Clock(), **facts})
    addon = TinyAddon()
    clockify.start()
    addon.listener.start()
    clockify.addon_url = addon.url
    try:
        yield clockify, addon
    finally:
        clockify.stop()
        addon.listener.stop()


@dataclass
class Asker:
    """Asks the pretend API with one token."""

    clockify: ClockifyServer
    token: str

    def ask(
        self, method: str, path: str, body: Any = None, **query: str | int
    ) -> requests.Response:
        """Ask below the workspace of the token's installation."""
        root = f"{self.clockify.origin}/api/v1/workspaces/{self.clockify.workspace.id}"
        return requests.request(
            method,
            f"{root}{path}",
            json=body,
            params={name.replace("_", "-"): value for name, value in query.items()},
            headers={"X-Addon-Token": self.token},
            timeout=10,
        )

    def report(self, **changes: Any) -> requests.Response:
        """Ask for the detailed report of this year."""
        body = {
            "dateRangeStart": "2026-01-01T00:00:00",
            "dateRangeEnd": "2026-12-31T23:59:59",
            "timeZone": "America/Los_Angeles",
            "sortOrder": "ASCENDING",
            "detailedFilter": {"page": 1, "pageSize": 200},
            **changes,
        }
        workspace = self.clockify.workspace.id
        return requests.post(
            f"{self.clockify.origin}/report/v1/workspaces/{workspace}/reports/detailed",
            json=body,
            headers={"X-Addon-Token": self.token},
            timeout=10,
        )
