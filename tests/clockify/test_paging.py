"""Paging: everything is read, each thing once, and no list is read for ever."""

from datetime import date, timedelta

import pytest
import requests

from addon.clockify.client import Client
from addon.clockify.errors import Malformed
from tests.clockify.loopback import Loopback, Reply, Seen

DAY = date(2026, 5, 6)


def row(number: int) -> dict:
    return {
        "_id": f"e{number}",
        "userId": "u1",
        "timeInterval": {
            "start": "2026-05-06T08:00:00Z",
            "end": "2026-05-06T09:00:00Z",
            "duration": 3600,
            "timeZone": "UTC",
        },
    }


def pages(*rows: list, total: int | None = None, last: str | None = None):
    """Answer page by page, then empty pages; `last` marks the last by header."""

    def answer(seen: Seen) -> Reply:
        number = seen.body["detailedFilter"]["page"]
        listed = rows[number - 1] if number <= len(rows) else []
        totals = [] if total is None else [{"entriesCount": total}]
        is_last = "true" if number >= len(rows) else "false"
        headers = {"Last-Page": is_last} if last else {}
        return Reply(200, {"totals": totals, "timeentries": listed}, headers)

    return answer


def read(answer, **asked):
    with Loopback(answer=answer) as world, requests.Session() as http:
        client = Client(
            http,
            api=f"{world.origin}/api",
            reports=f"{world.origin}/report",
            token="t",
            workspace_id="w1",
            sleep=lambda _: None,
        )
        given = {"zone": "UTC", "amounts": True, "rounding": False, "zones": {}} | asked
        found: list[str] = []
        try:
            for page in client.entries(DAY, DAY, **given):
                found += [entry.id for entry in page]
        except Malformed as error:
            return found, world.seen, error
        return found, world.seen, None


FIRST, SECOND, THIRD = [row(1), row(2)], [row(3)], [row(4), row(5)]
ALL = ["e1", "e2", "e3", "e4", "e5"]


def test_a_short_page_is_not_taken_for_the_last():
    """Clockify may cap its pages in silence; only its own word ends the list."""
    for answer, calls in (
        (pages(FIRST, SECOND, THIRD, last="header"), 3),
        (pages(FIRST, SECOND, THIRD, total=5), 3),
        (pages(FIRST, SECOND, THIRD, total=5, last="header"), 3),
        (pages(FIRST, SECOND, THIRD), 4),
    ):
        found, seen, error = read(answer)
        assert (found, error, len(seen)) == (ALL, None, calls)


def test_an_empty_report_is_the_end_of_it():
    """No hours is an answer too."""
    for answer in (pages([], last="header"), pages([], total=0), pages([])):
        assert read(answer)[::2] == ([], None)


def test_an_entry_that_moved_to_the_next_page_comes_once():
    """Someone may start a timer while we read."""
    shifted = pages([row(1), row(2)], [row(2), row(3)], total=3)
    assert read(shifted)[0] == ["e1", "e2", "e3"]
    twice = pages([row(1), row(1)], [row(2)], last="header")
    assert read(twice)[0] == ["e1", "e2"]


@pytest.mark.parametrize(
    "answer",
    [
        pages(FIRST, [], THIRD, total=5),
        pages(FIRST, FIRST, THIRD, total=5),
        pages(FIRST, FIRST, THIRD),
        pages(FIRST, [], THIRD, last="header"),
    ],
)
def test_a_report_that_gets_nowhere_ends_with_an_error(answer):
    """A page with nothing new is a fault, not the end: half a report is never sent."""
    found, seen, error = read(answer)
    assert found == ["e1", "e2"]
    assert len(seen) == 2
    assert "does not come to an end" in str(error)


def test_the_question_leaves_nobody_out_and_says_its_time_zone():
    """Deactivated people, archived projects and a day on each side are asked for."""
    asked = {"users": ("u1",), "clients": ("c1",), "projects": ("p1", "p2")}
    _, seen, _ = read(
        pages([], last="header"),
        **asked,
        zone="Europe/Belgrade",
        rounding=True,
        billable=True,
        page_size=50,
    )
    assert seen[0].path == "/report/v1/workspaces/w1/reports/detailed"
    body = seen[0].body
    assert body["dateRangeStart"] == f"{DAY - timedelta(1)}T00:00:00.000"
    assert body["dateRangeEnd"] == f"{DAY + timedelta(1)}T23:59:59.999"
    assert body["timeZone"] == "Europe/Belgrade"
    assert body["rounding"] is True
    assert body["billable"] is True
    assert body["amountShown"] == "EARNED"
    assert body["detailedFilter"]["pageSize"] == 50
    for what, ids in asked.items():
        wanted = {"ids": list(ids), "contains": "CONTAINS", "status": "ALL"}
        assert body[what] == wanted


def test_someone_who_may_not_see_money_does_not_ask_for_it():
    """Clockify refuses the whole report otherwise."""
    _, seen, _ = read(pages([], last="header"), amounts=False)
    assert seen[0].body["amountShown"] == "HIDE_AMOUNT"
    assert "billable" not in seen[0].body


def listed(*lists: list, header: bool):
    def answer(seen: Seen) -> Reply:
        number = int(seen.path.split("page=")[1].split("&")[0])
        items = lists[number - 1] if number <= len(lists) else []
        last = "true" if number >= len(lists) else "false"
        named = [{"id": each, "name": each} for each in items]
        return Reply(200, named, {"Last-Page": last} if header else {})

    return answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (listed(["a", "b"], ["c"], ["d"], header=True), ["a", "b", "c", "d"]),
        (listed(["a", "b"], ["c"], ["d"], header=False), ["a", "b", "c", "d"]),
        (listed(["a", "b"], ["b", "c"], header=True), ["a", "b", "c"]),
        (listed([], header=True), []),
        (listed([], header=False), []),
        (listed(["a"], ["a"], ["b"], header=True), None),
        (listed(["a"], ["a"], ["b"], header=False), None),
        (listed(["a"], [], ["b"], header=True), None),
    ],
)
def test_lists_are_read_to_their_end(answer, expected):
    """Clients and projects come whole, or not at all."""
    with Loopback(answer=answer) as world, requests.Session() as http:
        client = Client(
            http, api=world.origin, reports=world.origin, token="t", workspace_id="w"
        )
        for read_list in (client.clients, client.projects):
            if expected is None:
                with pytest.raises(Malformed):
                    list(read_list())
            else:
                assert [each.id for each in read_list()] == expected
