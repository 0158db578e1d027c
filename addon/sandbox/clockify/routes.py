"""The pretend API's table of routes, and what every route has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from addon.sandbox.clockify.auth import Caller, Refusal, forbidden, identify, ration

if TYPE_CHECKING:
    from addon.sandbox.clockify.server import ClockifyServer

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """One address of the API with the scope it takes."""

    method: str
    rule: str
    scope: str | None
    view: View


ROUTES: list[Route] = []


def route(method: str, rule: str, scope: str | None = None) -> Callable[[View], View]:
    """Put a function in the table; it is called with the proven caller."""

    def register(view: View) -> View:
        ROUTES.append(Route(method, rule, scope, view))
        return view

    return register


def serve(app: Flask, server: ClockifyServer) -> None:
    """Let a Flask application answer all routes in the table."""
    api = Blueprint("clockify_api", __name__)
    for number, one in enumerate(ROUTES):
        api.add_url_rule(
            one.rule,
            endpoint=f"route_{number}",
            view_func=_guarded(server, one),
            methods=[one.method],
            provide_automatic_options=False,
        )
    app.register_blueprint(api)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _missed)


def _guarded(server: ClockifyServer, one: Route) -> View:
    def answer(**parts: str) -> ResponseReturnValue:
        with server.host.lock:
            caller = identify(server, request)
            if "ws" in parts:
                _enter(server, caller, parts.pop("ws"))
            ration(server, caller)
            caller.must_have(one.scope)
            return one.view(caller, **parts)

    return answer


def _enter(server: ClockifyServer, caller: Caller, workspace_id: str) -> None:
    if workspace_id not in server.workspaces:
        raise Refusal(404, 404, "")
    if workspace_id != caller.workspace.id:
        raise forbidden()


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if not refusal.message:
        return Response(status=refusal.status)
    body = jsonify(message=refusal.message, code=refusal.code)
    return body, refusal.status, refusal.headers


def _missed(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, (NotFound, MethodNotAllowed)):
        return jsonify(message=error.name, code=3000), status
    return jsonify(message=error.name, code=3002 if status < 500 else 500), status


def page_of(rows: Iterable[Mapping[str, Any]], *, most: int) -> ResponseReturnValue:
    """One page of a list, and in `Last-Page` whether it is the last one."""
    page, size = number("page", 1), min(number("page-size", 50), most)
    every = list(rows)
    first = (page - 1) * size
    headers = {"Last-Page": "true" if first + size >= len(every) else "false"}
    return jsonify(every[first : first + size]), 200, headers


def number(name: str, usual: int) -> int:
    """A positive number in the query."""
    given = request.args.get(name, str(usual))
    if not given.isdecimal() or int(given) < 1:
        raise Refusal(400, 3002, f"{name} must be a positive number")
    return int(given)


def flag(name: str) -> bool | None:
    """A true or false in the query, None where it is not given."""
    given = request.args.get(name)
    return None if given is None else given.lower() == "true"


def body() -> dict[str, Any]:
    """The JSON object in the request's body."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Refusal(400, 3002, "Required request body is missing or not readable")
    return given


def text(
    given: Mapping[str, Any], word: str, *, least: int = 0, most: int = 3000
) -> str | None:
    """A text in a body, checked as Clockify checks it."""
    value = given.get(word)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refusal(400, 3002, f"{word} must be a text")
    if not least <= len(value.strip()) <= most:
        raise Refusal(400, 501, f"{word} has to be {least} to {most} characters long")
    if "<" in value or ">" in value:
        raise Refusal(400, 501, f"{word} contains forbidden characters")
    return value


def required(given: Mapping[str, Any], word: str) -> None:
    """Refuse a body without this field."""
    if given.get(word) in (None, ""):
        raise Refusal(400, 3001, f"{word} is required")


def same(wanted: str | None, found: str | None, *, strict: bool = False) -> bool:
    """True when a name filter lets a name through."""
    if not wanted:
        return True
    if found is None:
        return False
    return wanted == found if strict else wanted.lower() in found.lower()
