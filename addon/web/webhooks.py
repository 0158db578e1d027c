"""News from Clockify: verify, note durably, answer; a worker reads the truth later."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from addon.transfer import news
from addon.web import guards
from addon.web.htmx import outside
from addon.web.lifecycle import read_json
from addon.web.manifest import manifest
from addon.web.problems import Problem

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")

# Which event belongs to which path is what we told Clockify ourselves.
EVENTS = {
    webhook["path"].removeprefix("/webhooks/"): webhook["event"]
    for webhook in manifest()["webhooks"]
}


@bp.post("/<name>")
@guards.webhook
def receive(name: str) -> ResponseReturnValue:
    """Note that something has changed; the body is a hint and is not believed."""
    event = request.headers.get("clockify-webhook-event-type", "")
    if EVENTS.get(name) != event:
        raise Problem(
            400, "Not accepted", "This event does not belong to this address."
        )
    body = read_json()
    if not isinstance(body, dict):
        raise Problem(422, "Not understood", "The body is not a JSON object.")
    named = body.get("workspaceId")
    if named is not None and named != g.claims.workspace_id:
        raise Problem(
            403,
            "Not accepted",
            "The body speaks of another workspace than its signature.",
        )
    news.from_clockify(outside(), g.installation_id, event)
    return "", 204
