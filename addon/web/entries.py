"""The report panel: entries of a period, each with its verdict, to choose from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addon.rules.periods import Days, Period, days_of
from addon.transfer import review, runs
from addon.transfer.outside import Refused
from addon.transfer.status import connection_view
from addon.web import guards
from addon.web.htmx import outside, viewer

bp = Blueprint("entries", __name__)

PAGE_SIZE = 100
NOTHING = review.Totals()
FIRST_PERIOD = Period.LAST_30_DAYS


@dataclass(frozen=True)
class Tab:
    """A state as people look for it; what is `listed` besides is not counted."""

    key: str
    label: str
    state: review.State
    explanation: str
    listed: tuple[review.State, ...] = ()


TABS = (
    Tab(
        "ready",
        "Ready",
        review.State.READY,
        "Nothing is ready to be sent in this period.",
    ),
    Tab(
        "attention",
        "Needs attention",
        review.State.ATTENTION,
        "Nothing needs your attention in this period.",
    ),
    Tab(
        "sent",
        "Sent",
        review.State.SENT,
        "Nothing has been sent in this period yet.",
        listed=(review.State.SENDING,),
    ),
)


@bp.get("/report")
@guards.page_admin
def report() -> str:
    """Show the report tab as Clockify opens it."""
    return render_template("entries/index.html", **_panel())


@bp.get("/sidebar")
@guards.page_member
def sidebar() -> str:
    """Show the same panel in the sidebar; members see their own entries."""
    return render_template("entries/index.html", **_panel())


@bp.get("/entries/panel")
@guards.member
def panel() -> ResponseReturnValue:
    """Say nothing while the connection is as the page shows it, else show all anew."""
    state = connection_view(viewer().installation).state
    if request.args.get("shown") == state:
        return "", 204
    followed = state == "connected"
    return render_template("entries/_panel.html", **_panel(), followed=followed)


@bp.get("/entries")
@guards.member
def index() -> str:
    """List one page of the entries that the filter and the tab ask for."""
    wanted = filter_from(request.args)
    tab = _tab(request.args.get("state", ""))
    number = max(request.args.get("page", 1, type=int), 1)
    try:
        found = review.review(outside(), viewer(), wanted)
    except review.NotConnected as blocked:
        return render_template("entries/_list.html", blocked=blocked)
    name = "entries/_list.html" if number == 1 else "entries/_page.html"
    return render_template(name, **shown(found, tab, number), **_about_the_viewer())


def filter_from(values: MultiDict[str, str]) -> review.Filter:
    """Read the filter from a query or a form; Refused says which date is missing."""
    start, end = _dates(values)
    return review.Filter(
        start=start,
        end=end,
        users=tuple(values.getlist("user")),
        clients=tuple(values.getlist("client")),
        projects=tuple(values.getlist("project")),
        billable={"yes": True, "no": False}.get(values.get("billable", "")),
    )


def shown(found: review.Review, tab: Tab, number: int) -> dict[str, Any]:
    """Give what one page of one tab shows, with the totals of all tabs."""
    rows = [row for row in found.rows if row.state in (tab.state, *tab.listed)]
    last = number * PAGE_SIZE
    return {
        "review": found,
        "tab": tab,
        "tabs": TABS,
        "totals": {each.key: found.totals.get(each.state, NOTHING) for each in TABS},
        "sending": found.totals.get(review.State.SENDING, NOTHING),
        "rows": rows[last - PAGE_SIZE : last],
        "number": number,
        "left": max(len(rows) - last, 0),
    }


def _panel() -> dict[str, Any]:
    view = connection_view(viewer().installation)
    is_admin, last_id = viewer().is_admin, view.last_id
    today = outside().now().date()
    return {
        "connection": view,
        "choices": review.filter_choices(),
        "periods": [(each, days_of(each, today=today)) for each in Period],
        "first_period": FIRST_PERIOD,
        "first_days": days_of(FIRST_PERIOD, today=today),
        "unfinished": runs.unfinished(outside().common_now()) if is_admin else (),
        "runs": runs.history(last_id) if is_admin and last_id else (),
    } | _about_the_viewer()


def _about_the_viewer() -> dict[str, Any]:
    return {"can_send": viewer().is_admin}


def _tab(key: str) -> Tab:
    return next((tab for tab in TABS if tab.key == key), TABS[0])


def _dates(values: MultiDict[str, str]) -> Days:
    if not values.get("start") and not values.get("end"):
        return days_of(FIRST_PERIOD, today=outside().now().date())
    try:
        return Days(
            date.fromisoformat(values.get("start", "")),
            date.fromisoformat(values.get("end", "")),
        )
    except ValueError:
        raise Refused("Choose a first and a last day.") from None
