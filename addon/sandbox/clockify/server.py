"""The pretend Clockify as one HTTP server on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from addon.sandbox import stories
from addon.sandbox.clockify import api, api_catalogue, api_hours, report, routes, window
from addon.sandbox.clockify.auth import Turnstile
from addon.sandbox.clockify.signing import Key
from addon.sandbox.clockify.state import Host
from addon.sandbox.clockify.workspace import Workspace
from addon.sandbox.trouble import Seen, Trouble
from addon.sandbox.wire import Listener, Wire

REQUESTS_PER_SECOND = 50
# Importing these modules fills the table of routes.
PARTS = (api, api_catalogue, api_hours, report)


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class ClockifyServer:
    """
    A whole Clockify: API, reports, add-on lifecycle, webhooks and web app.

    `addon_url` is the add-on whose manifest the Add-ons page offers;
    `rate_limit` the calls per second and add-on (None: no limit); `retry_after`
    the seconds a 429 names (None: it names none).
    """

    def __init__(
        self,
        port: int = 0,
        entries: int = 60,
        seed: int = 1,
        story: str = "craig",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.host = Host(now=now, seed=seed)
        self.entries = entries
        self.seed = seed
        self.addon_url = ""
        # Where the pretend books can be looked at, for the welcome on the first page.
        self.books_url = ""
        self.rate_limit: int | None = REQUESTS_PER_SECOND
        self.retry_after: int | None = None
        self.turnstile = Turnstile(self.now)
        self.workspaces: dict[str, Workspace] = {}
        self.trouble = Trouble()
        self.requests: list[Seen] = []
        self.app = self._build()
        self._port = port
        self._listener: Listener | None = None
        self.workspace = self.add_workspace(story)

    def now(self) -> datetime:
        """The time in this world."""
        return self.host.now()

    @property
    def origin(self) -> str:
        """Scheme, host and port; known once the server is started."""
        return self.host.origin

    @property
    def key(self) -> Key:
        """The key that signs every token."""
        return self.host.key

    @property
    def public_key_pem(self) -> str:
        """The key an add-on verifies tokens with."""
        return self.host.key.public_pem

    @property
    def manifest_url(self) -> str:
        """Where the offered add-on's manifest is found."""
        if not self.addon_url or self.addon_url.endswith("manifest.json"):
            return self.addon_url
        return f"{self.addon_url.rstrip('/')}/manifest.json"

    def add_workspace(self, story: str, **sizes: int) -> Workspace:
        """One more workspace; stories: craig, other, empty, large."""
        with self.host.lock:
            known = {"entries": self.entries, "seed": self.seed, **sizes}
            workspace = stories.tell(story, self.host, **known)
            self.workspaces[workspace.id] = workspace
        return workspace

    def start(self) -> None:
        """Listen."""
        self._listener = Listener(
            Wire(self.app, self.trouble, self.requests, self.now, time.sleep),
            self._port,
        )
        self._port = self._listener.port
        self.host.origin = f"http://127.0.0.1:{self._port}"
        self._listener.start()

    def stop(self) -> None:
        """Hang up, and end the delivery of webhooks."""
        for workspace in self.workspaces.values():
            workspace.hooks.close()
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def flush(self) -> None:
        """Deliver every waiting webhook of every workspace."""
        for workspace in self.workspaces.values():
            workspace.hooks.flush()

    def _build(self) -> Flask:
        app = Flask(__name__, template_folder="templates", static_folder="static")
        app.url_map.merge_slashes = False
        app.json.sort_keys = False  # type: ignore[attr-defined]
        routes.serve(app, self)
        window.serve(app, self)
        return app
