"""Whether anything has changed: what an open page asks every two seconds."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from addon.records.installation import pulse_of
from addon.web import guards
from addon.web.htmx import answer, viewer

bp: Blueprint = Blueprint("pulse", __name__)


@bp.get("/pulse")
@guards.member
def show() -> ResponseReturnValue:
    """Say nothing while all is as the page has seen it, else tell it to look."""
    pulse = pulse_of(viewer().installation.id)
    if request.args.get("seen") == str(pulse):
        return "", 204
    return answer(render_template("settings/_pulse.html", pulse=pulse), event="news")
