"""A real HTTP server on loopback that answers exactly what a test tells it to."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One answer; `promised` overstates the length, as a torn connection does."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    hang_up: bool = False

    @property
    def raw(self) -> bytes:
        return (
            self.body
            if isinstance(self.body, bytes)
            else json.dumps(self.body).encode()
        )


@dataclass
class Seen:
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Loopback:
    """Answers the replies in turn, then the last one for ever."""

    def __init__(self, *replies: Reply, answer: Callable[[Seen], Reply] | None = None):
        self.replies = list(replies)
        self.answer = answer
        self.seen: list[Seen] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    def __enter__(self) -> "Loopback":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self, seen: Seen) -> Reply:
        self.seen.append(seen)
        if self.answer is not None:
            return self.answer(seen)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                body = json.loads(raw) if raw else None
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = world._next(Seen(self.command, self.path, headers, body))
                self.close_connection = True
                if reply.hang_up:
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                promised = len(reply.raw) if reply.promised is None else reply.promised
                self.send_header("Content-Length", str(promised))
                self.end_headers()
                self.wfile.write(reply.raw)

            do_GET = do_POST = _serve  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler
