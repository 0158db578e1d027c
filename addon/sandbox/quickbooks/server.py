"""A pretend QuickBooks Online: a real HTTP server that keeps state and refuses."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from addon.sandbox.quickbooks import api, oauth, pages
from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.grants import Grants
from addon.sandbox.quickbooks.ledger import Change
from addon.sandbox.quickbooks.notices import Notices
from addon.sandbox.quickbooks.replays import Replays
from addon.sandbox.quickbooks.stories import tell
from addon.sandbox.quickbooks.throttle import Limits, Throttle
from addon.sandbox.trouble import Seen, Trouble
from addon.sandbox.wire import Listener, Wire

FIRST_REALM = 9130357849012345


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class QuickBooksServer:
    """Intuit's consent page, token endpoints and company API on one origin."""

    def __init__(
        self,
        port: int = 0,
        now: Callable[[], datetime] = utc_now,
        story: str = "craig",
        *,
        seed: int = 1,
    ) -> None:
        self.now = now
        self.client_id = "ABPretendClientIdOfHoursToBooks"
        self.client_secret = "pretend-client-secret-of-hours-to-books"
        self.redirect_uris: set[str] | None = None  # None: any address is registered
        self.grants = Grants(now, seed)
        self.notices = Notices("pretend-webhook-verifier-token")
        self.trouble = Trouble()
        self.requests: list[Seen] = []
        self.limits: Limits | None = Limits()  # None: no limits
        self.retry_after: int | None = None  # seconds; Intuit sends no such header
        self.latency = 0.0  # seconds per call
        self.item_latency = 0.0  # seconds per item of a batch
        self.time_scale = 1.0  # all waits are multiplied by this
        self.companies: dict[str, Company] = {}
        self.replays: dict[str, Replays] = {}
        self._throttles: dict[str, Throttle] = {}
        self._stopping = threading.Event()
        self.add_company(story)
        wire = Wire(_app(self), self.trouble, self.requests, now, self.pause)
        self._listener = Listener(wire, port)

    @property
    def origin(self) -> str:
        """The address everything is below."""
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def authorize_url(self) -> str:
        """Where an admin is sent to connect."""
        return f"{self.origin}/connect/oauth2"

    @property
    def token_url(self) -> str:
        """Where codes and refresh tokens are exchanged."""
        return f"{self.origin}/oauth2/v1/tokens/bearer"

    @property
    def revoke_url(self) -> str:
        """Where tokens are given back."""
        return f"{self.origin}/v2/oauth2/tokens/revoke"

    @property
    def company(self) -> Company:
        """The first company."""
        return next(iter(self.companies.values()))

    @property
    def webhook_target(self) -> str | None:
        """Where changes are told; None: nowhere."""
        return self.notices.target

    @webhook_target.setter
    def webhook_target(self, url: str | None) -> None:
        self.notices.target = url

    @property
    def refreshes(self) -> int:
        """How many refresh calls have come in."""
        return self.grants.refreshes

    def start(self) -> None:
        """Begin to answer."""
        self._listener.start()

    def stop(self) -> None:
        """Close the door and wake whoever is being kept waiting."""
        self._stopping.set()
        self._listener.stop()

    def pause(self, seconds: float) -> None:
        """Wait, in the scale of this world; ends early when the server stops."""
        if seconds > 0:
            self._stopping.wait(seconds * self.time_scale)

    def add_company(self, story: str, **facts: object) -> Company:
        """Add a company by its story, or an empty one by its name."""
        realm = str(FIRST_REALM + 1111 * len(self.companies))
        company = tell(story, realm, self.now, **facts)
        self.replays[realm] = Replays(self.now)
        self._throttles[realm] = Throttle()
        company.on_disconnect.append(lambda: self.grants.revoke_realm(realm))

        def told(change: Change) -> None:
            self.notices.note(realm, change)

        company.watchers.append(told)
        self.companies[realm] = company
        return company

    def admits(self, realm: str, *, batch: bool) -> bool:
        """Count a call against the company's limits; false when it is too much."""
        if self.limits is None:
            return True
        return self._throttles[realm].admits(self.limits, self.now(), batch=batch)

    def forget_request_ids(self, after: bool | float = True) -> None:  # noqa: FBT001, FBT002
        """Stop replaying (True), or replay for so many seconds only; False resets."""
        for replays in self.replays.values():
            replays.forget = after

    def approve(
        self, authorize_url: str, realm: str | None = None, decision: str = "connect"
    ) -> str:
        """Press Connect (or "cancel") as an admin would; the address gone back to."""
        asked = dict(parse_qsl(urlsplit(authorize_url).query))
        form = {**asked, "realm": realm or self.company.realm, "decision": decision}
        answer = requests.post(
            self.authorize_url, data=form, allow_redirects=False, timeout=10
        )
        if answer.status_code != 302:
            raise ValueError(f"the consent page said {answer.status_code}")
        return answer.headers["Location"]


def _app(server: QuickBooksServer) -> Flask:
    app = Flask("addon.sandbox.quickbooks", static_folder=None)
    app.extensions["quickbooks"] = server
    for part in (oauth, api, pages):
        app.register_blueprint(part.blueprint)

    @app.after_request
    def sign(answer: Response) -> Response:
        answer.headers["intuit_tid"] = (
            f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
        )
        return answer

    @app.errorhandler(HTTPException)
    def plainly(refused: HTTPException) -> tuple[str, int]:
        return refused.name, refused.code or 500

    return app
