"""Settings: what this workspace chose."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request

from addon.records.dimension import Dimension
from addon.rules.resolving import Source
from addon.transfer import dimensions, fields, link, preferences
from addon.transfer.outside import Refused
from addon.web import guards
from addon.web.htmx import outside, viewer

bp: Blueprint = Blueprint("preferences", __name__)

Word = TypeVar("Word", bound=StrEnum)


@bp.put("/preferences/item")
@guards.admin
def choose_item() -> str:
    """Choose the service that every activity is for; none leaves it to QuickBooks."""
    preferences.choose_item(outside(), viewer(), request.form.get("item", ""))
    return _form("item")


@bp.put("/preferences/creating")
@guards.admin
def allow_creating() -> str:
    """Let records be created in QuickBooks from the lists, or stop it again."""
    is_allowed = request.form.get("allowed") == "yes"
    preferences.allow_creating(outside(), viewer(), is_allowed=is_allowed)
    return _form("creating")


@bp.get("/preferences/more")
@guards.admin
def more() -> str:
    """Show the further fields: open where they are used, folded where not."""
    is_used = fields.are_used(viewer().installation.id, link.connected_company())
    page = fields.fields_page(Dimension.ITEM, None) if is_used else None
    return render_template("preferences/_more.html", page=page)


@bp.get("/preferences/fields")
@guards.admin
def show_fields() -> str:
    """Show the choices for one further field, a page at a time."""
    return _fields(_word(Dimension, request.args.get("dimension", Dimension.ITEM)))


@bp.put("/preferences/fields")
@guards.admin
def choose_field() -> str:
    """Choose a field's record for one task, project, user, tag or client."""
    form = request.form
    dimension = _word(Dimension, form.get("dimension", ""))
    source = _word(Source, form.get("source", ""))
    source_id, target = form.get("source_id", ""), form.get("target", "")
    dimensions.choose(outside(), viewer(), dimension, (source, source_id), target)
    company_id = link.connected_company()
    rows = fields.rows_of(company_id, dimension, source)
    row = next((each for each in rows if each.source_id == source_id), None)
    if row is None:
        raise Refused("Clockify does not list this one any more. Reload the page.")
    return render_template(
        "preferences/_choice.html",
        dimension=dimension,
        row=row,
        choices=fields.targets(company_id, dimension),
        is_saved=True,
    )


@bp.put("/preferences/needed")
@guards.admin
def insist() -> str:
    """Hold time that has no class or location, or send it with a warning."""
    dimension = _word(Dimension, request.form.get("dimension", ""))
    is_needed = request.form.get("needed") == "yes"
    dimensions.insist(outside(), viewer(), dimension, is_needed=is_needed)
    return _fields(dimension, is_saved=True)


def _form(saved: str) -> str:
    """Show the form after one of its two choices was saved."""
    chosen = preferences.panel(viewer().installation.id, link.connected_company())
    return render_template("preferences/_form.html", chosen=chosen, saved=saved)


def _fields(dimension: Dimension, *, is_saved: bool = False) -> str:
    source = request.values.get("source", "")
    page = fields.fields_page(
        dimension,
        Source(source) if source in set(Source) else None,
        page=request.values.get("page", 1, type=int),
        search=request.values.get("search", ""),
    )
    return render_template("preferences/_fields.html", page=page, is_saved=is_saved)


def _word(words: type[Word], text: str) -> Word:
    if text not in set(words):
        raise Refused("This field does not exist. Reload the page.")
    return words(text)
