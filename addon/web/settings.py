"""Settings: the whole panel, the state of the connection, and looking for news."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from addon.records.link import LinkKind
from addon.transfer import (
    connect,
    former,
    linked,
    preferences,
    refresh,
    runs,
    status,
)
from addon.web import guards
from addon.web.htmx import answer, outside, viewer

bp = Blueprint("settings", __name__)

# Two seconds apart, so that waiting ends with words after ten minutes.
MOST_POLLS = 300


@bp.get("/settings")
@guards.page_admin
def show() -> str:
    """Show the settings as Clockify opens them."""
    return render_template("settings/show.html", **_panel())


@bp.get("/settings/panel")
@guards.admin
def panel() -> str:
    """Show everything inside the settings anew."""
    return render_template("settings/_panel.html", **_panel())


@bp.get("/settings/steps")
@guards.admin
def steps() -> str:
    """Show how far the set-up has come."""
    view = status.connection_view(viewer().installation)
    context: dict[str, Any] = {"connection": view}
    if view.company_id is not None:
        counted = linked.tallies(view.company_id)
        context |= {
            "users": counted[LinkKind.USER],
            "projects": counted[LinkKind.PROJECT],
            "runs": runs.history(view.company_id),
        }
    return render_template("settings/_steps.html", **context)


@bp.get("/connection")
@guards.admin
def connection() -> ResponseReturnValue:
    """Show the connection; while somebody waits, each answer counts the polls."""
    polls = request.args.get("waiting", 0, type=int)
    view = status.connection_view(viewer().installation)
    shown = request.args.get("shown")
    if shown is not None and shown != view.state:
        # What is morphed does not load anything by itself.
        return answer(connection_fragment(), swap="outerHTML")
    waiting = _waiting(view, polls)
    if polls and view.state != "connected":
        waiting["ended"] = connect.how_it_ended(outside(), viewer())
    return render_template("connection/_show.html", **waiting)


@bp.post("/directory/refresh")
@guards.admin
def refresh_directory() -> str:
    """Look for new users and customers on both sides."""
    refresh.ask(outside(), viewer().installation)
    view = status.connection_view(viewer().installation)
    return render_template("connection/_show.html", **_waiting(view, 1))


def connection_fragment() -> str:
    """Show the connection after it has changed; the panel around it follows."""
    view = status.connection_view(viewer().installation)
    return render_template(
        "connection/_show.html", connection=view, polls=0, is_over=True
    )


def _waiting(view: status.ConnectionView, polls: int) -> dict[str, Any]:
    """Decide whether to ask again, to show the whole panel, or to give up in words."""
    is_waiting = bool(polls) and (view.state != "connected" or view.refreshing)
    return {
        "connection": view,
        "polls": polls + 1 if is_waiting and polls < MOST_POLLS else 0,
        "gave_up": is_waiting and polls >= MOST_POLLS,
        "is_over": bool(polls) and not is_waiting,
    }


def _panel() -> dict[str, Any]:
    installation = viewer().installation
    view = status.connection_view(installation)
    context: dict[str, Any] = {
        "connection": view,
        "polls": 1 if view.refreshing else 0,
        "company_id": view.company_id,
        # Read before all the rest, so that whatever changes later is noticed.
        "pulse": installation.pulse,
        "unfinished": runs.unfinished(outside().common_now()),
    }
    if view.last_id is not None:
        context["runs"] = runs.history(view.last_id)
    if view.state == "none" or view.company_id is None:
        return context
    company_id = view.company_id
    chosen = preferences.panel(installation.id, company_id)
    pages = linked.first_pages(company_id, creating=chosen.creating)
    return context | {
        "former": former.former(company_id, view.company_name),
        "users": pages[LinkKind.USER],
        "projects": pages[LinkKind.PROJECT],
        "chosen": chosen,
    }
