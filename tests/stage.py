"""A stage for pages: an application with our templates, and windows that frame it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask, Response, render_template, render_template_string, request
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from addon.web import formats
from tests.pages import Screens

ROOT = Path(__file__).resolve().parent.parent
OLD = "old.user.token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
PANEL = """{% extends "layout.html" %}{% block main %}
<button id="ask" hx-get="/answer" hx-target="#result" hx-swap="innerHTML">Ask</button>
<div id="result"></div>
<button id="open" hx-get="/dialog" hx-target="#dialog" hx-swap="innerHTML">Open</button>
{% include "connection/_show.html" %}
<p id="connect-link" hidden><a>Open QuickBooks here</a></p>
{% endblock %}"""
HOST = """<!doctype html><title>Clockify</title><script>
window.heard = [];
window.addEventListener("message", (event) => {
  window.heard.push(event.data);
  if (window.answer) {
    event.source.postMessage({title: "refreshAddonToken", body: window.answer}, "*");
  }
});
</script><iframe name="panel" src="PANEL?auth_token=TOKEN" width="900" height="600">
</iframe><iframe name="sibling" srcdoc="<p>another frame</p>"></iframe>"""


def screen_app(*ancestors: str) -> Flask:
    """Build an application that has our templates and formats, and nothing else."""
    app = Flask(
        "screens",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    formats.init_app(app)

    @app.context_processor
    def _appearance() -> dict[str, str]:
        allowed = " ".join(ancestors)
        return {"theme": "light", "language": "en", "frame_ancestors": allowed}

    return app


def render(app: Flask, template: str, context: dict[str, Any]) -> str:
    """Render a template outside of any real request."""
    with app.test_request_context("/"):
        return render_template(template, **context)


class Quiet(WSGIRequestHandler):
    """Serves without writing a line for each request."""

    def log(self, type, message, *args):  # noqa: A002
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def a_page(browser: Browser, *, patience: int, height: int = 900) -> Iterator[Page]:
    """Open a page at a desk, whose reader waits for so many milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": height})
    context.set_default_timeout(patience)
    yield context.new_page()
    context.close()


@dataclass
class Stage:
    """A panel that writes down what reaches it, and hosts that may frame it."""

    panel: str = ""
    host: str = ""
    stranger: str = ""
    accepted: set[str] = field(default_factory=lambda: {OLD})
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    connected: bool = False

    def asked(self, path: str) -> list[str]:
        """Give the token of each request for this path."""
        return [token for there, token, _ in self.seen if there == path]


def panel_app(stage: Stage, *ancestors: str) -> Flask:
    """Build the add-on's side: a page, what it asks for, and a way to Intuit."""
    app = screen_app(*ancestors)
    _add_rules(app, stage)
    _add_panel(app)
    _add_connection(app, stage)
    return app


def _add_rules(app: Flask, stage: Stage) -> None:
    @app.before_request
    def _write_down() -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        stage.seen.append((request.path, token, request.headers.get("Referer", "")))
        is_open = request.path.startswith(("/static", "/panel", "/intuit"))
        if is_open or token in stage.accepted:
            return None
        return Response("<p>Your session has ended.</p>", 401)

    @app.after_request
    def _protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _add_panel(app: Flask) -> None:
    @app.get("/panel")
    def _panel() -> str:
        connection = Screens().connection("none")
        return render_template_string(PANEL, connection=connection, polls=0)

    @app.get("/answer")
    def _answer() -> str:
        return "<p>Answered</p>"

    @app.get("/dialog")
    def _dialog() -> str:
        return (
            '<dialog id="asked" data-sent aria-label="Sure?">'
            '<button data-close>Cancel</button><p data-toast="Done"></p></dialog>'
        )


def _add_connection(app: Flask, stage: Stage) -> None:
    @app.post("/connection/authorization")
    def _begin() -> dict[str, str]:
        return {"address": f"{stage.panel}/intuit"}

    @app.get("/intuit")
    def _intuit() -> str:
        return "<title>Intuit</title>"

    @app.get("/connection")
    def _connection() -> str:
        state = "connected" if stage.connected else "none"
        polls = 0 if stage.connected else request.args.get("waiting", 1, type=int) + 1
        return render_template_string(
            '{% include "connection/_show.html" %}',
            connection=Screens().connection(state),
            polls=polls,
        )


def host_app(stage: Stage) -> Flask:
    app = Flask("host")

    @app.get("/")
    def _host() -> str:
        return HOST.replace("PANEL", f"{stage.panel}/panel").replace("TOKEN", OLD)

    return app
