"""Settings: who linked what to what, and taking it back."""

from flask import Blueprint, Response, render_template, request

from addon.transfer import history, link
from addon.web import guards
from addon.web.htmx import answer, outside, viewer

bp: Blueprint = Blueprint("history", __name__)


@bp.get("/history")
@guards.admin
def index() -> str:
    """List what was linked and taken apart, newest first."""
    return _list()


@bp.post("/history/<int:number>/undo")
@guards.admin
def undo(number: int) -> Response:
    """Bring back what was before this change; the lists around follow."""
    undone = history.undo(outside(), viewer(), number)
    return answer(_list(undone=undone), event="news")


def _list(undone: history.Line | None = None) -> str:
    page = request.args.get("page", 1, type=int)
    found = history.history(link.connected_company(), page)
    return render_template("history/_list.html", history=found, undone=undone)
