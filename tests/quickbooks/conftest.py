"""A server that says exactly the bytes a test wants, and a client that meets them."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from addon.quickbooks.client import Client

REALM = "9130000000000000001"


@dataclass(frozen=True)
class Heard:
    """A request as it came in over the wire."""

    method: str
    path: str
    question: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Wire:
    """The scripted server: `answers` are given one after the other."""

    origin: str
    answers: list[bytes | None] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def say(
        self,
        body: str | bytes | dict[str, Any],
        *,
        status: int = 200,
        content_type: str = "application/json",
        **headers: str,
    ) -> None:
        """Answer the next request with a well-formed HTTP response."""
        text = json.dumps(body) if isinstance(body, dict) else body
        raw = text.encode() if isinstance(text, str) else text
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        self.say_raw(status, {"Content-Type": content_type, **more}, raw, len(raw))

    def say_raw(
        self, status: int, headers: dict[str, str], body: bytes, length: int
    ) -> None:
        """Answer with a body that may be shorter than announced."""
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Connection: close", "", ""]
        self.answers.append("\r\n".join(lines).encode() + body)

    def hang_up(self) -> None:
        """Close the connection after the next request without a word."""
        self.answers.append(None)


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            address = urlsplit(self.path)
            question = {k: v[0] for k, v in parse_qs(address.query).items()}
            heard = Heard(
                self.command,
                address.path,
                question,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            wire.heard.append(heard)
            self.close_connection = True
            answer = wire.answers.pop(0)
            if answer is not None:
                self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Run the scripted server on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    world = Wire(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(world)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield world
    server.shutdown()
    server.server_close()
    thread.join()
    assert world.answers == [], "an answer was never asked for"


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Open the session that a gate speaks through."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def connect(http: requests.Session) -> Callable[..., Client]:
    """Give a maker of clients with a token that renews into `fresh`."""

    def make(origin: str, **options: Any) -> Client:
        def access(renew: bool) -> str:
            return "fresh" if renew else "first"

        return Client(http, origin, REALM, options.pop("access", access), **options)

    return make
