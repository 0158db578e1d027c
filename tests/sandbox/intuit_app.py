"""An app connected to the pretend QuickBooks, as the sandbox's own tests drive it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.server import QuickBooksServer

CALLBACK = "https://addon.example/quickbooks/callback"
SCOPE = "com.intuit.quickbooks.accounting"
START = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves when told."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **length: float) -> None:
        """Let time go by."""
        self.time += timedelta(**length)


@dataclass
class App:
    """The app's side: its tokens and its calls."""

    server: QuickBooksServer
    clock: Clock
    realm: str = ""
    tokens: dict[str, object] = field(default_factory=dict)

    @property
    def company(self) -> Company:
        return self.server.companies[self.realm]

    def authorize_url(self, **changes: str) -> str:
        asked = {
            "client_id": self.server.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": SCOPE,
            "state": "the state & more",
        }
        return f"{self.server.authorize_url}?{urlencode({**asked, **changes})}"

    def approve(self, realm: str | None = None) -> dict[str, str]:
        address = self.server.approve(self.authorize_url(), realm)
        return dict(parse_qsl(urlsplit(address).query))

    def token_call(self, **form: str) -> requests.Response:
        secret = (self.server.client_id, self.server.client_secret)
        return requests.post(self.server.token_url, auth=secret, data=form, timeout=9)

    def exchange(self, code: str, redirect_uri: str = CALLBACK) -> requests.Response:
        return self.token_call(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri
        )

    def refresh(self, token: object = None) -> requests.Response:
        value = str(token or self.tokens["refresh_token"])
        return self.token_call(grant_type="refresh_token", refresh_token=value)

    def connect(self, realm: str | None = None) -> None:
        back = self.approve(realm)
        self.realm = back["realmId"]
        self.tokens = self.exchange(back["code"]).json()

    def call(self, method: str, path: str, **more: object) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Accept": "application/json",
        }
        headers.update(more.pop("headers", {}))  # type: ignore[call-overload]
        realm = more.pop("realm", self.realm)
        url = f"{self.server.origin}/v3/company/{realm}/{path}"
        return requests.request(method, url, headers=headers, timeout=9, **more)  # type: ignore[arg-type]

    def post(self, path: str, body: object, **params: str) -> requests.Response:
        return self.call("POST", path, json=body, params=params)

    def query(self, text: str) -> dict[str, object]:
        answer = self.call("GET", "query", params={"query": text})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["QueryResponse"])


def code_of(answer: requests.Response) -> str:
    """The fault code of a refusal."""
    return str(answer.json()["Fault"]["Error"][0]["code"])


@contextmanager
def connected(story: str = "craig", *, limits: bool = False) -> Iterator[App]:
    """A server with one connected company; without limits unless asked for."""
    clock = Clock()
    server = QuickBooksServer(now=clock, story=story)
    if not limits:
        server.limits = None
    server.start()
    app = App(server, clock)
    try:
        app.connect()
        yield app
    finally:
        server.stop()


def hours(**changes: object) -> dict[str, object]:
    """Two hours of Emily Platt's, with changes; None leaves a property out."""
    body: dict[str, object] = {
        "TxnDate": "2026-03-02",
        "NameOf": "Employee",
        "EmployeeRef": {"value": "55"},
        "Hours": 2,
        "Minutes": 0,
    }
    return {k: v for k, v in {**body, **changes}.items() if v is not None}
