"""Every way into the add-on: which guard it must have, and who may pass it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from addon.web.headers import YEAR
from tests.world import World

# The table that every route must be entered in: its guard, and what a caller whom
# the guard lets in is answered in a workspace that has not been connected yet.
TABLE = {
    ("GET", "/static/<path:filename>"): ("public", 200),
    ("GET", "/manifest.json"): ("public", 200),
    ("GET", "/health"): ("public", 200),
    ("GET", "/metrics"): ("public", 200),
    ("GET", "/quickbooks/callback"): ("public", 400),
    ("POST", "/lifecycle/installed"): ("lifecycle", 400),
    ("POST", "/lifecycle/status-changed"): ("lifecycle", 400),
    ("POST", "/lifecycle/deleted"): ("lifecycle", 400),
    ("POST", "/webhooks/<name>"): ("webhook", 400),
    ("POST", "/quickbooks/webhooks"): ("intuit", 200),
    ("GET", "/settings"): ("page_admin", 200),
    ("GET", "/report"): ("page_admin", 200),
    ("GET", "/sidebar"): ("page_member", 200),
    ("GET", "/settings/panel"): ("admin", 200),
    ("GET", "/connection"): ("admin", 200),
    ("DELETE", "/connection"): ("admin", 200),
    ("POST", "/connection/authorization"): ("admin", 200),
    ("POST", "/directory/refresh"): ("admin", 200),
    ("GET", "/links/<kind>"): ("admin", 422),
    ("PUT", "/links/<kind>/<clockify_id>"): ("admin", 422),
    ("GET", "/links/<kind>/suggestions"): ("admin", 422),
    ("POST", "/links/<kind>/suggestions"): ("admin", 422),
    ("GET", "/creating/<kind>"): ("admin", 422),
    ("POST", "/creating/<kind>"): ("admin", 422),
    ("GET", "/history"): ("admin", 422),
    ("POST", "/history/<int:number>/undo"): ("admin", 422),
    ("GET", "/pulse"): ("member", 200),
    ("GET", "/settings/steps"): ("admin", 200),
    ("DELETE", "/connection/former"): ("admin", 200),
    ("GET", "/setup"): ("admin", 422),
    ("GET", "/setup/offer"): ("admin", 422),
    ("POST", "/setup"): ("admin", 422),
    ("PUT", "/preferences/item"): ("admin", 422),
    ("PUT", "/preferences/creating"): ("admin", 422),
    ("GET", "/preferences/more"): ("admin", 422),
    ("GET", "/preferences/fields"): ("admin", 422),
    ("PUT", "/preferences/fields"): ("admin", 422),
    ("PUT", "/preferences/needed"): ("admin", 422),
    ("GET", "/waiting"): ("admin", 422),
    ("GET", "/waiting/<kind>/<clockify_id>"): ("admin", 422),
    ("PUT", "/waiting/<kind>/<clockify_id>"): ("admin", 422),
    ("GET", "/moving"): ("admin", 422),
    ("POST", "/moving"): ("admin", 422),
    ("DELETE", "/moving"): ("admin", 422),
    ("GET", "/entries"): ("member", 200),
    ("GET", "/entries/panel"): ("member", 200),
    ("DELETE", "/doubts/<entry_id>"): ("admin", 422),
    ("PUT", "/doubts/<entry_id>"): ("admin", 422),
    ("POST", "/runs/confirmation"): ("admin", 422),
    ("POST", "/runs"): ("admin", 422),
    ("GET", "/runs"): ("admin", 200),
    ("GET", "/runs/<int:number>"): ("admin", 404),
    ("DELETE", "/runs/<int:number>"): ("admin", 422),
}

# Where each guard looks for its token; nowhere else may one be accepted.
CARRIER = {
    "page_admin": "auth_token",
    "page_member": "auth_token",
    "admin": "Authorization",
    "member": "Authorization",
    "lifecycle": "X-Addon-Lifecycle-Token",
    "webhook": "clockify-signature",
    "intuit": "intuit-signature",
}
CARRIERS = sorted(set(CARRIER.values()))

VALUES: dict[str, Any] = {
    "filename": "addon.css",
    "kind": "user",
    "clockify_id": "64a687e29ae1f428e7ebe303",
    "entry_id": "64a687e29ae1f428e7ebe304",
    "number": 1,
}


@dataclass(frozen=True)
class Route:
    """One method of one address, with its guard and what is behind it."""

    method: str
    path: str
    guard: str
    behind: int


class Doors:
    """Asks the add-on without a network, and looks at the rules of every answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: FlaskClient = world.app.test_client()
        self.asked = 0

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        carrier: str = "Authorization",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """Ask with a token in one of the places that tokens travel in."""
        sent = {"HX-Request": "true", **(headers or {})}
        if token is not None and carrier == "auth_token":
            more.setdefault("query_string", {"auth_token": token})
        elif token is not None:
            sent[carrier] = f"Bearer {token}" if carrier == "Authorization" else token
        answer = self.client.open(
            path, method=method, headers=sent, buffered=True, **more
        )
        self.asked += 1
        follows_the_rules(answer, self.world)
        return answer

    @cached_property
    def routes(self) -> list[Route]:
        """Every address there is, as the application itself lists them."""
        return list(self._routes())

    def _routes(self) -> Iterator[Route]:
        adapter = self.world.app.url_map.bind("localhost")
        events = self.world.workspace.installation.webhook_tokens
        for rule in self.world.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                known = "GET" if method == "HEAD" else method
                guard, behind = TABLE[(known, rule.rule)]
                if (method, guard, behind) == ("HEAD", "public", 400):
                    behind = 405  # looking ahead must not use up what works once
                if "name" in rule.arguments:
                    for event in events:
                        yield Route(method, webhook_path(event), guard, behind)
                    continue
                values = {name: VALUES[name] for name in rule.arguments}
                path = adapter.build(rule.endpoint, values, method)
                yield Route(method, path, guard, behind)


def webhook_path(event: str) -> str:
    """Give the address that our manifest names for an event."""
    return f"/webhooks/{event.lower().replace('_', '-')}"


def follows_the_rules(answer: TestResponse, world: World) -> None:
    """Check what must be true of every single answer, whatever it says."""
    headers = answer.headers
    what = f"{answer.request.method} {answer.request.path} -> {answer.status}"
    policy = headers.get("Content-Security-Policy", "")
    ancestors = " ".join(world.outside.settings.frame_ancestors)
    assert f"frame-ancestors {ancestors}" in policy.split("; "), what
    assert "default-src 'none'" in policy, what
    assert "unsafe" not in policy, what
    assert headers.get("Referrer-Policy") == "no-referrer", what
    assert headers.get("X-Content-Type-Options") == "nosniff", what
    age = headers.get("Strict-Transport-Security", "").partition(";")[0]
    assert int(age.removeprefix("max-age=")) >= YEAR, what
    for unwanted in ("X-Frame-Options", "Set-Cookie", "Access-Control-Allow-Origin"):
        assert unwanted not in headers, f"{what} has {unwanted}"
    is_file = answer.request.path.startswith("/static/") and answer.status_code < 400
    assert is_file or headers.get("Cache-Control") == "no-store", what
    assert answer.status_code < 500 or answer.request.path == "/health", what


def memory(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row that the add-on keeps, by table."""
    with sqlite3.connect(world.folder / "addon.sqlite") as database:
        names = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            )
        ]
        rows = {
            name: database.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in names
        }
    database.close()
    return rows


def abroad(world: World) -> dict[str, int]:
    """Count what there is in both pretend services."""
    counts = {}
    for where in world.sandbox.clockify.workspaces.values():
        for name in ("users", "clients", "projects", "tasks", "tags", "entries"):
            counts[f"{where.name} {name}"] = len(getattr(where, name))
    for number, company in enumerate(world.sandbox.quickbooks.companies):
        counts[f"company {number}"] = len(getattr(company, "activities", ()))
    return counts
