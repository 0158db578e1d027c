"""Calls at a fixed rate, whatever the answers take, and how long each one took."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import requests

from addon.sandbox import Sandbox
from addon.sandbox.quickbooks.ledger import Change
from tests.durable import Call, Post, Served

SENDERS = 16


@dataclass
class Weather:
    """What a storm measured: milliseconds from the moment a call was due."""

    took: list[float] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Give the time that this share of the calls stayed below."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        """Say it in one line."""
        marks = (0.5, 0.95, 0.99, 0.999)
        parts = [f"p{share * 100:g} {self.quantile(share):.1f}" for share in marks]
        return (
            f"{len(self.took)} calls, {', '.join(parts)}, max {max(self.took):.1f} ms"
        )


def blow(port: int, calls: Sequence[Call], *, rate: float) -> Weather:
    """Send each call when it is due, from many hands, and wait for the answers."""
    weather, lock, turn = Weather(), threading.Lock(), iter(enumerate(calls))
    began = time.monotonic() + 0.1

    def send() -> None:
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as wire:
            while True:
                with lock:
                    number, call = next(turn, (0, None))
                if call is None:
                    return
                due = began + number / rate
                time.sleep(max(0.0, due - time.monotonic()))
                status = _ask(wire, call)
                with lock:
                    weather.took.append((time.monotonic() - due) * 1000)
                    weather.answers[status] = weather.answers.get(status, 0) + 1

    hands = [threading.Thread(target=send) for _ in range(SENDERS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return weather


def _ask(wire: HTTPConnection, call: Call) -> int:
    method = "GET" if call.kind == "look" else "POST"
    for _ in range(2):
        try:
            wire.request(method, call.path, call.body, call.headers)
            answer = wire.getresponse()
            answer.read()
        except (OSError, HTTPException):
            wire.close()  # a kept connection had gone old
        else:
            return answer.status
    return 0


class Coast:
    """A real server with a connected workspace, and calls to blow at it."""

    def __init__(self, folder: Path, sandbox: Sandbox, port: int) -> None:
        self.sandbox, self.port, self.folder = sandbox, port, folder
        self.url = f"http://localhost:{port}"
        sandbox.clockify.rate_limit = None
        sandbox.quickbooks.limits = None
        environ = {
            **sandbox.environ(self.url),
            "ADDON_PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder / 'addon.sqlite'}",
            "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
        }
        self.server = Served(environ, port, folder / "said.txt")
        self.post = Post(sandbox.clockify)

    @property
    def workspace(self) -> Any:
        """The pretend workspace."""
        return self.sandbox.clockify.workspace

    def connect(self) -> None:
        """Install and connect, as people would."""
        self.sandbox.clockify.addon_url = self.url
        self.workspace.install(f"{self.url}/manifest.json")
        begun = requests.post(
            f"{self.url}/connection/authorization",
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=30,
        )
        begun.raise_for_status()
        back = self.sandbox.quickbooks.approve(begun.json()["address"])
        requests.get(back, timeout=30).raise_for_status()

    def token(self) -> str:
        """Be the owner."""
        users = self.workspace.users.values()
        owner = next(each.id for each in users if each.role == "OWNER")
        given: str = self.workspace.user_token(owner)
        return given

    def news(self, count: int) -> list[Call]:
        """Write so many pieces of news, from both services by turns."""
        events = list(self.workspace.installation.webhook_tokens)
        return [
            self._intuit(number)
            if number % 2
            else self.post.webhook(self.workspace, events[number // 2 % len(events)])
            for number in range(count)
        ]

    def looks(self, path: str, count: int) -> list[Call]:
        """Look at one address so many times, as the owner."""
        headers = {"Authorization": f"Bearer {self.token()}", "HX-Request": "true"}
        return [Call("look", "", path, headers, b"")] * count

    def _intuit(self, number: int) -> Call:
        books = self.sandbox.quickbooks
        change = Change("Vendor", str(number), "Update", books.company.now())
        body = books.notices.body([(books.company.realm, change)])
        headers = {"intuit-signature": books.notices.signature(body)}
        return Call("intuit", "", "/quickbooks/webhooks", headers, body)


def meanwhile(
    storm: Callable[[], Weather], look: Callable[[], Weather]
) -> list[Weather]:
    """Let both happen at once; give what each measured."""
    found: list[Weather | None] = [None, None]

    def run(place: int, what: Callable[[], Weather]) -> None:
        found[place] = what()

    both = [
        threading.Thread(target=run, args=(place, what))
        for place, what in enumerate((storm, look))
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    return [each for each in found if each is not None]
