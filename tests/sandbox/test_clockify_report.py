"""The pretend detailed report: what it holds, how it is cut into pages and rounded."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.clockify_addon import Asker, worlds


@pytest.fixture
def world():
    with worlds(entries=40) as (clockify, addon):
        clockify.rate_limit = None
        clockify.workspace.install(addon.manifest_url)
        yield clockify


@pytest.fixture
def asker(world):
    return Asker(world, world.workspace.installation.auth_token)


def texts(answer):
    return [row["description"] for row in answer.json()["timeentries"]]


def row(answer, description):
    return next(
        one for one in answer.json()["timeentries"] if one["description"] == description
    )


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
@pytest.mark.parametrize("column", ["DATE", "USER", "DESCRIPTION", "DURATION", "ID"])
def test_paging_through_the_report_loses_and_repeats_nothing(
    asker, world, size, column
):
    """Whatever the page size and order, every entry is reported exactly once."""
    seen, page, last = [], 0, "false"
    while last == "false":
        page += 1
        paging = {"page": page, "pageSize": size, "sortColumn": column}
        answer = asker.report(detailedFilter=paging)
        seen += [one["_id"] for one in answer.json()["timeentries"]]
        last = answer.headers["Last-Page"]
        assert answer.json()["totals"][0]["entriesCount"] == 40

    assert sorted(seen) == sorted(world.workspace.entries)


def test_a_row_says_when_in_utc_and_on_the_owners_clock(asker):
    """Night work shows the day it was on the worker's own clock."""
    interval = row(asker.report(), "Night watering")["timeInterval"]

    assert interval == {
        "start": "2026-03-13T06:30:00Z",
        "end": "2026-03-13T07:30:00Z",
        "duration": 3600,
        "timeZone": "America/Los_Angeles",
        "zonedStart": "2026-03-12T23:30:00",
        "zonedEnd": "2026-03-13T00:30:00",
        "offStart": -25200,
        "offEnd": -25200,
    }


def test_rates_are_in_cents_and_absent_where_time_is_not_billable(asker):
    """An hour at 75 dollars is reported as 7500."""
    answer = asker.report()

    assert row(answer, "Pruning")["rate"] == 7500
    assert row(answer, "Warranty work")["rate"] is None
    assert row(answer, "Quick visit")["amount"] == pytest.approx(5500 * 2858 / 3600)


def test_nothing_is_said_where_there_is_nothing(asker):
    """A missing project has no id and a missing client an empty name."""
    answer = asker.report()

    lone = row(answer, "No project yet")
    assert (lone["projectId"], lone["clientId"], lone["clientName"]) == (None, "", "")
    assert lone["tagIds"] is None
    assert row(answer, "Pruning")["clientName"] == "Freeman Sporting Goods"


def test_a_running_timer_has_no_end_and_no_length(asker):
    """Work that goes on is reported without an end."""
    interval = row(asker.report(), "Weeding")["timeInterval"]

    assert (interval["end"], interval["zonedEnd"], interval["duration"]) == (None,) * 3


@pytest.mark.parametrize(
    ("mode", "minutes", "expected"),
    [
        ("Round up to", "10", 6000),
        ("Round down to", "10", 5400),
        ("Round to nearest", "15", 6300),
        ("Round to nearest", "0", 5880),
    ],
)
def test_the_workspaces_rounding_is_applied_on_demand(
    asker, world, mode, minutes, expected
):
    """Ninety-eight minutes are rounded as the workspace is set, if the report asks."""
    world.workspace.set_rounding(mode, minutes)

    exact, rounded = asker.report(), asker.report(rounding=True)

    assert row(exact, "Pruning")["timeInterval"]["duration"] == 98 * 60
    assert row(rounded, "Pruning")["timeInterval"]["duration"] == expected
    for answer in (exact, rounded):
        whole = sum(
            one["timeInterval"]["duration"] or 0 for one in answer.json()["timeentries"]
        )
        assert answer.json()["totals"][0]["totalTime"] == whole


def test_the_range_is_read_in_the_time_zone_asked_for(asker):
    """A day in Los Angeles is not a day in Belgrade."""
    day = {
        "dateRangeStart": "2026-03-12T00:00:00",
        "dateRangeEnd": "2026-03-12T23:59:59",
    }

    assert "Night watering" in texts(asker.report(**day))
    assert "Night watering" not in texts(
        asker.report(**day, timeZone="Europe/Belgrade")
    )


@pytest.mark.parametrize(("meaning", "seen"), [("instant", False), ("wall", True)])
def test_a_z_in_the_range_can_mean_either_thing(asker, world, meaning, seen):
    """It is not known how Clockify reads a Z, so the sandbox can do both."""
    world.workspace.z_means = meaning

    answer = asker.report(
        dateRangeStart="2026-03-12T00:00:00Z", dateRangeEnd="2026-03-12T23:59:59Z"
    )

    assert ("Night watering" in texts(answer)) is seen


def filters(world):
    emily = world.workspace.user("Emily Platt").id
    lane = world.workspace.project("55 Twin Lane").id
    freeman = world.workspace.client("Freeman Sporting Goods").id
    everybody = {"ids": [], "contains": "CONTAINS"}
    return [
        ({"users": {"ids": [emily], "contains": "CONTAINS"}}, "Pruning", "Quick visit"),
        (
            {"users": {"ids": [emily], "contains": "DOES_NOT_CONTAIN"}},
            "Quick visit",
            "Pruning",
        ),
        ({"users": {**everybody, "status": "ACTIVE"}}, "Pruning", "Last day"),
        ({"users": {**everybody, "status": "INACTIVE"}}, "Last day", "Pruning"),
        ({"users": {**everybody, "status": "ALL"}}, "Last day", "no such text"),
        ({"projects": {"ids": [lane]}}, "Pruning", "Quick visit"),
        ({"projects": {**everybody, "status": "ARCHIVED"}}, "Last day", "Pruning"),
        ({"projects": {**everybody, "status": "ACTIVE"}}, "Pruning", "Last day"),
        ({"clients": {"ids": [freeman]}}, "Pruning", "Quick visit"),
        ({"billable": False}, "Tidied", "Pruning"),
        ({"description": "PRUN"}, "Pruning", "Tidied"),
        ({"approvalState": "APPROVED"}, "Quick visit", "Pruning"),
        ({"invoicingState": "INVOICED"}, "Tidied", "Pruning"),
        (
            {"detailedFilter": {"auditFilter": {"withoutProject": True}}},
            "No project yet",
            "Pruning",
        ),
    ]


def test_every_filter_lets_through_what_it_names(asker, world):
    """The report can be narrowed as in Clockify's own page."""
    space = world.workspace
    visit = space.entry("Quick visit")
    space.approve(space.submit(visit.user_id, visit.start, visit.start))
    space.entry("Tidied").invoiced = True

    for asked, inside, outside in filters(world):
        found = texts(asker.report(**asked))
        assert inside in found, asked
        assert outside not in found, asked


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dateRangeStart": None}, 3001),
        ({"dateRangeStart": "yesterday"}, 3002),
        ({"timeZone": "Moon/Tranquility"}, 3002),
        ({"dateRangeEnd": "2025-01-01T00:00:00"}, 501),
        ({"detailedFilter": None}, 3001),
        ({"detailedFilter": {"pageSize": 0}}, 3002),
        ({"detailedFilter": {"sortColumn": "MOOD"}}, 3002),
    ],
)
def test_bad_questions_are_refused(asker, change, code):
    """A report that cannot be understood is not answered with a guess."""
    answer = asker.report(**change)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_free_plan_reports_on_a_year_at_most(asker, world):
    """A free workspace cannot ask for more than 366 days at once."""
    world.workspace.plan = "FREE"

    assert asker.report(dateRangeStart="2024-01-01T00:00:00").status_code == 400
    assert asker.report().status_code == 200


def test_the_story_is_the_same_for_the_same_seed():
    """A demo can be shown twice, and a failing test repeated."""
    with worlds(seed=5) as (one, _), worlds(seed=5) as (two, _):
        assert one.workspace.entries == two.workspace.entries
    with worlds(seed=6) as (other, _):
        assert other.workspace.entries != one.workspace.entries


@pytest.mark.parametrize("day", [1, 2, 5, 16, 31])
def test_all_hours_lie_in_the_past_and_in_two_months(day):
    """On whichever day the demo is shown, nothing in it is from the future."""
    now = datetime(2026, 3, day, 8, 5, tzinfo=UTC)

    with worlds(entries=80, now=lambda: now) as (clockify, _):
        entries = clockify.workspace.entries.values()

        assert len(entries) == 80
        assert all((one.end or one.start) <= now for one in entries)
        assert all(one.start > now - timedelta(days=63) for one in entries)
        assert sum(one.end is None for one in entries) == 1


def test_a_large_firm_has_the_size_asked_for():
    """Tests of size get as many people, projects and hours as they ask for."""
    with worlds(entries=0, story="empty") as (clockify, _):
        big = clockify.add_workspace("large", users=30, projects=50, entries=700)

        assert (len(big.users), len(big.projects)) == (30, 50)
        assert len(big.entries) == 700
