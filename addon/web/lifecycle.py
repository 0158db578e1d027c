"""Installed, switched, deleted: what Clockify tells us about an installation."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from addon.clockify import lifecycle as bodies
from addon.clockify.errors import ForbiddenAddress, Malformed
from addon.clockify.tokens import InvalidToken
from addon.transfer import install
from addon.transfer.outside import Refused
from addon.web import guards
from addon.web.htmx import outside
from addon.web.problems import Problem

bp: Blueprint = Blueprint("lifecycle", __name__, url_prefix="/lifecycle")

DONE = ("", 204)


@bp.post("/installed")
@guards.lifecycle
def installed() -> ResponseReturnValue:
    """Keep an installation; only what is durable is answered with 204."""
    try:
        body = bodies.installed(read_json(), outside().settings.base_url)
        _check(body.workspace_id, body.addon_id)
        install.welcome(outside(), g.claims, body)
    except Malformed as problem:
        raise Problem(422, "Not understood", str(problem)) from None
    except (InvalidToken, ForbiddenAddress, Refused):
        raise Problem(
            422,
            "Not accepted",
            "The installation token or its addresses cannot be accepted.",
        ) from None
    return DONE


@bp.post("/status-changed")
@guards.lifecycle
def status_changed() -> ResponseReturnValue:
    """Switch an installation on or off."""
    try:
        body = bodies.status_changed(read_json())
    except Malformed as problem:
        raise Problem(422, "Not understood", str(problem)) from None
    _check(body.workspace_id, body.addon_id)
    if not install.switch(outside(), g.claims, body):
        raise Problem(404, "Not found", "This installation is not known here.")
    return DONE


@bp.post("/deleted")
@guards.lifecycle
def deleted() -> ResponseReturnValue:
    """Forget an installation; saying it twice does no harm."""
    try:
        body = bodies.deleted(read_json())
    except Malformed as problem:
        raise Problem(422, "Not understood", str(problem)) from None
    _check(body.workspace_id, body.addon_id)
    install.forget(outside(), g.claims, body)
    return DONE


def read_json() -> object:
    """Read the body as JSON, whatever it calls itself."""
    try:
        found: object = request.get_json(force=True, silent=True)
    except RecursionError:
        # Brackets within brackets without end are no message of anybody's.
        found = None
    if found is None:
        raise Problem(400, "Not understood", "The body is not JSON.")
    return found


def _check(workspace_id: str, addon_id: str) -> None:
    """The body must speak of the installation that the signature names."""
    if (workspace_id, addon_id) != (g.claims.workspace_id, g.claims.addon_id):
        raise Problem(
            403,
            "Not accepted",
            "The body speaks of another installation than its signature.",
        )
