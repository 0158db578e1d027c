"""Entries that may be in QuickBooks: an admin has looked, and says what is there."""

from flask import Blueprint, Response, render_template, request

from addon.transfer import doubt
from addon.web import guards
from addon.web.htmx import answer, outside, viewer
from addon.web.runs import CHANGED

bp = Blueprint("doubts", __name__)


@bp.delete("/doubts/<entry_id>")
@guards.admin
def settle(entry_id: str) -> Response:
    """Make an entry ready again that is not in QuickBooks; the list follows."""
    doubt.settle(outside(), viewer(), entry_id)
    return _saved("it is not there.")


@bp.put("/doubts/<entry_id>")
@guards.admin
def recognise(entry_id: str) -> Response:
    """Take a time activity for the entry's own; the list follows."""
    activity = request.form.get("activity", "")
    doubt.recognise(outside(), viewer(), entry_id, activity)
    return _saved(f"it is time activity {activity}.")


def _saved(text: str) -> Response:
    markup = render_template("doubts/_saved.html", text=text)
    return answer(markup, event=CHANGED)
