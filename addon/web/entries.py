"""The report panel: entries of a period, each with its verdict, to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from addon.rules.money import added
from addon.rules.periods import Days, Period, days_of
from addon.transfer import review, runs
from addon.transfer.outside import Refused
from addon.transfer.status import connection_view
from addon.web import guards
from addon.web.htmx import outside, viewer

bp = Blueprint("entries", __name__)

PAGE_SIZE = 100
FIRST_PERIOD = Period.LAST_30_DAYS


@dataclass(frozen=True)
class Tab:
    """A state as people look for it; what is on its way counts as sent."""

    key: str
    label: str
    states: tuple[review.State, ...]
    explanation: str


TABS = (
    Tab(
        "ready",
        "Ready",
        (review.State.READY,),
        "Nothing is ready to be sent in this period.",
    ),
    Tab(
        "attention",
        "Needs attention",
        (review.State.ATTENTION,),
        "Nothing needs your attention in this period.",
    ),
    Tab(
        "sent",
        "Sent",
        (review.State.SENDING, review.State.SENT),
        "Nothing has been sent in this period yet.",
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
    rows = [row for row in found.rows if row.state in tab.states]
    last = number * PAGE_SIZE
    return {
        "review": found,
        "tab": tab,
        "tabs": TABS,
        "totals": {each.key: _total(found.totals, each) for each in TABS},
        "rows": rows[last - PAGE_SIZE : last],
        "number": number,
        "left": max(len(rows) - last, 0),
    }


def _total(totals: Mapping[review.State, review.Totals], tab: Tab) -> review.Totals:
    parts = [totals[state] for state in tab.states if state in totals]
    return review.Totals(
        count=sum(part.count for part in parts),
        minutes=sum(part.minutes for part in parts),
        billable_minutes=sum(part.billable_minutes for part in parts),
        money=reduce(added, (part.money for part in parts), ()),
    )


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
        "unfinished": runs.unfinished() if is_admin else (),
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
