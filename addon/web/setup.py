"""First-time set-up: customers of QuickBooks as clients and projects of Clockify."""

from flask import Blueprint, render_template, request

from addon.transfer import link, setup
from addon.web import guards
from addon.web.htmx import outside, viewer

bp: Blueprint = Blueprint("setup", __name__)


@bp.get("/setup")
@guards.admin
def show() -> str:
    """List what would be created in Clockify, to choose from."""
    return render_template("setup/_list.html", plan=_plan())


@bp.get("/setup/offer")
@guards.admin
def offer() -> str:
    """Say how many customers have no project yet."""
    return render_template("setup/_offer.html", plan=_plan())


@bp.post("/setup")
@guards.admin
def create() -> str:
    """Create the chosen clients and projects in Clockify."""
    chosen = set(request.form.getlist("customer"))
    created = setup.create(outside(), viewer(), chosen) if chosen else None
    name = "setup/_created.html" if created else "setup/_list.html"
    return render_template(
        name, created=created, plan=_plan(), nothing_chosen=not chosen
    )


def _plan() -> setup.Plan:
    return setup.plan(link.connected_company())
