"""How both pretend services meet the network: listening, logging calls, misbehaving."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from addon.sandbox.trouble import Answer, Effect, Ending, Seen, Trouble

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Quiet(WSGIRequestHandler):
    """Speaks HTTP/1.1 and keeps its thoughts to itself."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Listener:
    """One WSGI application listening on loopback in a daemon thread."""

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def port(self) -> int:
        """The port really used."""
        return self._server.port

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close the door; returns when the port is free again."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()


class Wire:
    """WSGI middleware: keeps the log of calls and lets trouble have its way."""

    def __init__(
        self,
        app: WSGIApplication,
        trouble: Trouble,
        requests: list[Seen],
        now: Callable[[], datetime],
        pause: Callable[[float], None],
    ) -> None:
        self.app = app
        self.trouble = trouble
        self.requests = requests
        self.now = now
        self.pause = pause  # waits that many seconds

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Serve one call."""
        seen = self._note(environ)
        effect = self.trouble.for_call(seen) or Effect("none")
        self.pause(effect.wait_before)
        given = self._work(environ) if effect.handled else Answer(200)
        given = effect.change(given) if effect.change else given
        self.pause(effect.wait_after)
        if effect.ending is Ending.DROPPED:
            _hang_up(environ)
        seen.status = given.status
        return _send(environ, start_response, given, effect.ending)

    def _note(self, environ: WSGIEnvironment) -> Seen:
        request = Request(environ)
        body = request.get_data(cache=True)
        environ["wsgi.input"] = BytesIO(body)
        sent = {k: v for k, v in request.headers if k.lower() != "authorization"}
        query = request.args.to_dict()
        seen = Seen(request.method, request.path, query, sent, body, self.now())
        self.requests.append(seen)
        return seen

    def _work(self, environ: WSGIEnvironment) -> Answer:
        response = Response.from_app(self.app, environ, buffered=True)
        skip = ("content-length", "content-type")
        headers = tuple((k, v) for k, v in response.headers if k.lower() not in skip)
        kind = response.headers.get("Content-Type", "")
        return Answer(response.status_code, response.get_data(), kind, headers)


def _hang_up(environ: WSGIEnvironment) -> None:
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("hung up on purpose")


def _send(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    given: Answer,
    ending: Ending,
) -> Iterable[bytes]:
    headers = Headers(list(given.headers))
    if given.content_type:
        headers["Content-Type"] = given.content_type
    response = Response(given.body, status=given.status, headers=headers)
    if ending is Ending.WHOLE:
        return response(environ, start_response)
    start_response(response.status, response.headers.to_wsgi_list())
    return _half(environ, given.body)


def _half(environ: WSGIEnvironment, body: bytes) -> Iterable[bytes]:
    yield body[: len(body) // 2]
    _hang_up(environ)
