"""Entries that may be in QuickBooks: an admin has looked, and they are not there."""

from flask import Blueprint, Response

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
