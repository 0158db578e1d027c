"""Missing links with what waits for them, and hours that are in QuickBooks already."""

from datetime import date

from flask import Blueprint, Response, abort, render_template, request

from addon.records.link import LinkKind
from addon.transfer import link, linked, moved, moving, waiting
from addon.transfer.outside import Refused
from addon.transfer.review import Filter
from addon.web import guards
from addon.web.htmx import answer, outside, viewer

bp = Blueprint("waiting", __name__)

# What the list of entries listens for; its rows are judged anew then.
CHANGED = "run-changed"


@bp.get("/waiting")
@guards.admin
def index() -> str:
    """List what waits for a link, the longest wait first."""
    return _lines()


@bp.get("/waiting/<kind>/<clockify_id>")
@guards.admin
def show(kind: str, clockify_id: str) -> str:
    """Offer the records that a waiting user or project can be linked to."""
    company_id = link.connected_company()
    found = linked.read(company_id, _kind(kind)).rows
    row = next((each for each in found if each.clockify_id == clockify_id), None)
    return render_template(
        "waiting/_chooser.html",
        row=row or abort(404),
        choices=_choices(company_id, _kind(kind)),
        place=_place(request.args.get("place", "")),
    )


@bp.put("/waiting/<kind>/<clockify_id>")
@guards.admin
def choose(kind: str, clockify_id: str) -> Response:
    """Link one of those that wait; what waited for it is free at once."""
    target = request.form.get("target", "")
    origin = "suggestion" if "suggestion" in request.form else "hand"
    link.choose(outside(), viewer(), _kind(kind), clockify_id, target, origin)
    outside().ring("waiting", viewer().installation.id)
    if _place(request.form.get("place", "")) == "report":
        return answer("", event=CHANGED, swap="none")
    return answer(_lines(), event=CHANGED)


@bp.get("/moving")
@guards.admin
def progress() -> str:
    """Show how far the search for hours that are there already is."""
    return _moving()


@bp.post("/moving")
@guards.admin
def look() -> str:
    """Look for hours that are there already, in these days."""
    moving.ask(outside(), viewer(), _days())
    return _moving()


@bp.delete("/moving")
@guards.admin
def undo() -> Response:
    """Take the marks off again."""
    moving.undo(outside(), viewer())
    return answer(_moving(), event=CHANGED)


def _lines() -> str:
    company_id = link.connected_company()
    found = waiting.lines(viewer().installation, company_id)
    return render_template(
        "waiting/_lines.html",
        waiting=found,
        total=waiting.total(found),
        choices={
            kind.value: _choices(company_id, kind)
            for kind in LinkKind
            if any(line.kind is kind for line in found)
        },
    )


def _choices(company_id: int, kind: LinkKind) -> list[linked.Choice]:
    # Creating asks questions of its own, in the list of links.
    found = linked.choices(company_id, kind)
    return [each for each in found if each.value != linked.CREATE]


def _moving() -> str:
    view = moved.view(link.connected_company())
    return render_template("waiting/_moving.html", moving=view)


def _days() -> Filter | None:
    start, end = request.form.get("start", ""), request.form.get("end", "")
    if not start and not end:
        return None
    try:
        return Filter(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError:
        raise Refused("Choose a first and a last day.") from None


def _place(text: str) -> str:
    return "report" if text == "report" else "settings"


def _kind(text: str) -> LinkKind:
    return LinkKind(text) if text in set(LinkKind) else abort(404)
