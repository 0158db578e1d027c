"""Entries that may be in QuickBooks: an admin has looked, and says what is there."""

from flask import Blueprint, Response, request

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
    return answer("", event=CHANGED, swap="none")


@bp.put("/doubts/<entry_id>")
@guards.admin
def recognise(entry_id: str) -> Response:
    """Take a time activity for the entry's own; the list follows."""
    doubt.recognise(outside(), viewer(), entry_id, request.form.get("activity", ""))
    return answer("", event=CHANGED, swap="none")
