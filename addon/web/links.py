"""Settings: who is who, users and projects with their records in QuickBooks."""

from flask import Blueprint, abort, render_template, request

from addon.records.link import LinkKind
from addon.transfer import link, linked
from addon.web import guards
from addon.web.htmx import outside, viewer

bp: Blueprint = Blueprint("links", __name__)


@bp.get("/links/<kind>")
@guards.admin
def index(kind: str) -> str:
    """List one page of users or projects, those that wait for a choice first."""
    page = linked.link_page(
        link.connected_company(),
        _kind(kind),
        page=request.args.get("page", 1, type=int),
        search=request.args.get("search", ""),
    )
    return render_template("links/_list.html", page=page)


@bp.put("/links/<kind>/<clockify_id>")
@guards.admin
def choose(kind: str, clockify_id: str) -> str:
    """Link one user or project to the chosen record; no record takes it apart."""
    target = request.form.get("target", "")
    row = link.choose(outside(), viewer(), _kind(kind), clockify_id, target)
    choices = linked.choices(link.connected_company(), row.kind)
    return render_template("links/_row.html", row=row, choices=choices, is_saved=True)


def _kind(text: str) -> LinkKind:
    return LinkKind(text) if text in set(LinkKind) else abort(404)
