"""The pretend Clockify's detailed report, in the shape its live service answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import jsonify
from flask.typing import ResponseReturnValue

from addon.sandbox.clockify import report_rows
from addon.sandbox.clockify.auth import Caller, Refusal, forbidden, invalid
from addon.sandbox.clockify.report_filters import wanted
from addon.sandbox.clockify.routes import body, required, route
from addon.sandbox.clockify.things import Entry
from addon.sandbox.clockify.workspace import Workspace

MOST_PER_PAGE = 200
LONGEST_FREE = timedelta(days=366)
SORTS: dict[str, Callable[[Workspace, Entry], Any]] = {
    "ID": lambda _, one: one.id,
    "DESCRIPTION": lambda _, one: one.description.lower(),
    "USER": lambda world, one: report_rows.owner_name(world, one).lower(),
    "DURATION": lambda _, one: one.duration or timedelta(),
    "DATE": lambda _, one: one.start,
    "ZONED_DATE": lambda _, one: one.start.astimezone(one.local).replace(tzinfo=None),
    "NATURAL": lambda _, one: one.start,
    "USER_DATE": lambda world, one: (report_rows.owner_name(world, one), one.start),
}


@route("POST", "/report/v1/workspaces/<ws>/reports/detailed", "REPORTS_READ")
def detailed(caller: Caller) -> ResponseReturnValue:
    """
    One page of the entries in a range of dates, with totals over all pages.

    Clockify: the root key is `timeentries`; a non-admin who asks for amounts is
    refused with 403, and sees nobody else's hours.
    """
    asked = body()
    for word in ("dateRangeStart", "dateRangeEnd", "detailedFilter"):
        required(asked, word)
    amounts = _amounts_shown(caller, asked)
    found, totals = _whole(caller, asked, amounts=amounts)
    page, size = _paging(asked)
    first = (page - 1) * size
    rounding = bool(asked.get("rounding"))
    rows = [
        report_rows.row(caller.workspace, one, rounding=rounding, amounts=amounts)
        for one in found[first : first + size]
    ]
    last = first + size >= len(found)
    headers = {"Last-Page": "true" if last else "false"}
    return jsonify(totals=totals, timeentries=rows), 200, headers


def _whole(
    caller: Caller, asked: dict[str, Any], *, amounts: bool
) -> tuple[list[Entry], list[dict[str, Any]]]:
    """All entries of a report and its totals, from memory in a steady workspace."""
    world = caller.workspace
    paging = {**asked["detailedFilter"], "page": 0}
    key = repr((caller.user.id, {**asked, "detailedFilter": paging}))
    if world.steady and world.last_report[0] == key:
        return world.last_report[1]  # type: ignore[no-any-return]
    found = _sorted(world, _chosen(caller, asked), asked)
    whole = found, _totals(world, found, asked, amounts=amounts)
    world.last_report = (key, whole) if world.steady else ("", None)
    return whole


def _amounts_shown(caller: Caller, asked: dict[str, Any]) -> bool:
    hidden = asked.get("amountShown") == "HIDE_AMOUNT"
    if not caller.is_admin and not hidden:
        raise forbidden()
    return not hidden


def _chosen(caller: Caller, asked: dict[str, Any]) -> Iterable[Entry]:
    begin = _moment(caller, asked, "dateRangeStart")
    end = _moment(caller, asked, "dateRangeEnd")
    if end < begin:
        raise invalid("dateRangeEnd is before dateRangeStart")
    if caller.workspace.plan == "FREE" and end - begin > LONGEST_FREE:
        raise invalid("The free plan reports on at most 366 days")
    keep = wanted(caller.workspace, asked)
    for one in caller.workspace.entries.values():
        mine = caller.is_admin or one.user_id == caller.user.id
        if mine and begin <= one.start <= end and keep(one):
            yield one


def _moment(caller: Caller, asked: dict[str, Any], word: str) -> datetime:
    try:
        given = datetime.fromisoformat(str(asked[word]))
        zone = ZoneInfo(str(asked.get("timeZone") or caller.user.zone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Refusal(400, 3002, f"{word} is not readable") from error
    if given.tzinfo is None:
        return given.replace(tzinfo=zone)
    # Whether Clockify honours a Z or reads it as wall-clock time is not settled.
    if caller.workspace.z_means == "wall":
        return given.replace(tzinfo=zone)
    return given


def _sorted(
    world: Workspace, found: Iterable[Entry], asked: dict[str, Any]
) -> list[Entry]:
    column = str(asked["detailedFilter"].get("sortColumn") or "DATE")
    if column not in SORTS:
        raise Refusal(400, 3002, f"unknown sortColumn {column}")
    down = asked.get("sortOrder") != "ASCENDING"
    return sorted(
        found, key=lambda one: (SORTS[column](world, one), one.id), reverse=down
    )


def _paging(asked: dict[str, Any]) -> tuple[int, int]:
    given = asked["detailedFilter"]
    if not isinstance(given, dict):
        raise Refusal(400, 3002, "detailedFilter must be an object")
    page, size = given.get("page", 1), given.get("pageSize", 50)
    if not isinstance(page, int) or not isinstance(size, int) or min(page, size) < 1:
        raise Refusal(400, 3002, "page and pageSize must be positive numbers")
    return page, min(size, MOST_PER_PAGE)


def _totals(
    world: Workspace, found: list[Entry], asked: dict[str, Any], *, amounts: bool
) -> list[dict[str, Any]]:
    options = asked["detailedFilter"].get("options") or {}
    if options.get("totals") == "EXCLUDE" or not found:
        return []
    rounding = bool(asked.get("rounding"))

    def seconds(some: Iterable[Entry]) -> int:
        return sum(report_rows.seconds(world, e, rounding=rounding) or 0 for e in some)

    total: dict[str, Any] = {
        "_id": "",
        "totalTime": seconds(found),
        "totalBillableTime": seconds(one for one in found if one.billable),
        "entriesCount": len(found),
    }
    if amounts:
        earned = sum(report_rows.amount(world, e, rounding=rounding) for e in found)
        total["totalAmount"] = earned
        total["amounts"] = [{"type": "EARNED", "value": earned}]
    return [total]
