"""Settings: what this workspace chose."""

from flask import Blueprint, render_template, request

from addon.transfer import link, preferences
from addon.web import guards
from addon.web.htmx import outside, viewer

bp: Blueprint = Blueprint("preferences", __name__)


@bp.put("/preferences/item")
@guards.admin
def choose_item() -> str:
    """Choose the service that every activity is for; none leaves it to QuickBooks."""
    preferences.choose_item(outside(), viewer(), request.form.get("item", ""))
    company_id = link.connected_company()
    return render_template(
        "preferences/_form.html",
        items=preferences.item_choices(company_id),
        item=preferences.item_of(viewer().installation.id, company_id),
        is_saved=True,
    )
