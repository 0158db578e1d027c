"""Settings: who is who, users and projects with their records in QuickBooks."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from addon.records.link import LinkKind
from addon.records.preferences import may_create
from addon.transfer import accepting, creating, link, linked
from addon.transfer.choices import CREATE, choices
from addon.web import guards
from addon.web.htmx import answer, outside, viewer

bp: Blueprint = Blueprint("links", __name__)


@bp.get("/links/<kind>")
@guards.admin
def index(kind: str) -> str:
    """List one page of users or projects, those that wait for a choice first."""
    return _list(_kind(kind))


@bp.put("/links/<kind>/<clockify_id>")
@guards.admin
def choose(kind: str, clockify_id: str) -> ResponseReturnValue:
    """Link one user or project to the chosen record; no record takes it apart."""
    target = request.form.get("target", "")
    if target == CREATE:
        return _ask_to_create(_kind(kind), {clockify_id})
    origin = "suggestion" if "suggestion" in request.form else "hand"
    row = link.choose(outside(), viewer(), _kind(kind), clockify_id, target, origin)
    offered = choices(link.connected_company(), row.kind)
    return render_template("links/_row.html", row=row, choices=offered, is_saved=True)


@bp.get("/links/<kind>/suggestions")
@guards.admin
def suggestions(kind: str) -> str:
    """Ask whether to accept all clear suggestions, and list them."""
    pairs = accepting.pairs(link.connected_company(), _kind(kind))
    return render_template("links/_accept.html", kind=kind, pairs=pairs)


@bp.post("/links/<kind>/suggestions")
@guards.admin
def accept(kind: str) -> str:
    """Accept the suggestions that were listed."""
    pairs = (each.partition("=") for each in request.form.getlist("pair"))
    chosen = {clockify_id: value for clockify_id, _, value in pairs}
    accepted = accepting.accept(outside(), viewer(), _kind(kind), chosen)
    return _list(_kind(kind), accepted=accepted)


@bp.get("/creating/<kind>")
@guards.admin
def plan_creating(kind: str) -> Response:
    """Ask which missing records to create in QuickBooks."""
    return _ask_to_create(_kind(kind), None)


@bp.post("/creating/<kind>")
@guards.admin
def create(kind: str) -> str:
    """Create the chosen records in QuickBooks."""
    wanted = request.form.getlist("create")
    chosen = {
        each: request.form.get(f"what-{each}", "vendor" if kind == "user" else "")
        for each in wanted
    }
    made = creating.make(outside(), viewer(), _kind(kind), chosen)
    return _list(made.kind, made=made)


def _ask_to_create(kind: LinkKind, only: set[str] | None) -> Response:
    news = creating.plan(link.connected_company(), kind, only)
    markup = render_template("links/_create.html", kind=kind.value, news=news)
    return answer(markup, target="#dialog", swap="innerHTML")


def _list(kind: LinkKind, **more: object) -> str:
    company_id = link.connected_company()
    page = linked.link_page(
        company_id,
        kind,
        page=request.args.get("page", 1, type=int),
        search=request.values.get("search", ""),
        show=request.values.get("show", ""),
        creating=may_create(company_id),
    )
    return render_template("links/_list.html", page=page, **more)


def _kind(text: str) -> LinkKind:
    return LinkKind(text) if text in set(LinkKind) else abort(404)
