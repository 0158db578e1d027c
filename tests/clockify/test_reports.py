"""The detailed report: every known variant of an entry becomes the same value."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.clockify import reports
from addon.clockify.errors import Malformed
from addon.rules.entry import Tag

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def row(interval: dict | None = None, **changes: object) -> dict:
    """Give an entry as the live report of May 2026 shows it."""
    told = {
        "start": "2026-05-06T08:00:00Z",
        "end": "2026-05-06T17:00:00Z",
        "duration": 32400,
    }
    return {
        "_id": "6a022e44554f8a011be08b15",
        "description": "Test A",
        "userId": "u1",
        "userName": "John Owner",
        "userEmail": "owner@example.com",
        "type": "REGULAR",
        "timeInterval": told | (interval or {}),
        "projectId": None,
        "billable": False,
        "isLocked": False,
    } | changes


def read(interval: dict | None = None, zones: dict | None = None, **changes: object):
    return reports.entry(row(interval, **changes), zones or {})


def test_an_entry_is_read_whole():
    """Everything we later send or show comes over unchanged."""
    found = read(
        {"timeZone": "Europe/Belgrade", "zonedStart": "2026-05-06T10:00:00"},
        billable=True,
        projectId="p1",
        projectName="Website",
        clientId="c1",
        clientName="Cool Cars",
        taskId="t1",
        taskName="Design",
        tags=[{"_id": "g1", "name": "on site"}, {"id": "g2", "name": "late"}],
        rate=15300,
        approvalRequestId="a1",
        isLocked=True,
    )
    assert found.id == "6a022e44554f8a011be08b15"
    assert found.start == datetime(2026, 5, 6, 8, tzinfo=UTC)
    assert found.end == datetime(2026, 5, 6, 17, tzinfo=UTC)
    assert found.duration == timedelta(hours=9)
    assert found.day == date(2026, 5, 6)
    assert found.hourly_rate == Decimal("153.00")
    assert found.tags == (Tag("g1", "on site"), Tag("g2", "late"))
    assert (found.project_name, found.client_name) == ("Website", "Cool Cars")
    assert (found.task_id, found.task_name) == ("t1", "Design")
    assert (found.is_locked, found.approval_request_id) == (True, "a1")


LATE = {
    "start": "2026-05-06T22:30:00Z",
    "end": "2026-05-06T23:30:00Z",
    "duration": 3600,
}


@pytest.mark.parametrize(
    ("interval", "zones", "day"),
    [
        # what Clockify itself calls the local start comes first
        (
            {"zonedStart": "2026-05-07T00:30:00", "timeZone": "UTC"},
            {},
            date(2026, 5, 7),
        ),
        # then the entry's own zone
        ({"timeZone": "Europe/Belgrade"}, {"u1": "UTC"}, date(2026, 5, 7)),
        ({"timeZone": "UTC"}, {"u1": "Europe/Belgrade"}, date(2026, 5, 6)),
        # then the offset in which the start is written
        ({"start": "2026-05-07T00:30:00+02:00"}, {"u1": "UTC"}, date(2026, 5, 7)),
        ({"start": "2026-05-06T19:30:00-03:00"}, {}, date(2026, 5, 6)),
        (
            {"start": "2026-05-06T22:30:00+00:00"},
            {"u1": "Asia/Tokyo"},
            date(2026, 5, 6),
        ),
        # then the zone of the person
        ({}, {"u1": "Asia/Tokyo"}, date(2026, 5, 7)),
        ({}, {"u1": "America/Los_Angeles"}, date(2026, 5, 6)),
        # and where none is known, no day is invented
        ({}, {}, None),
        ({}, {"u2": "Asia/Tokyo"}, None),
        ({}, {"u1": "Moon/Crater"}, None),
        ({"timeZone": "../../etc/passwd"}, {"u1": "Europe"}, None),
        ({"zonedStart": "yesterday"}, {"u1": "Asia/Tokyo"}, date(2026, 5, 7)),
    ],
)
def test_the_day_of_an_entry_is_the_day_where_the_work_was_done(interval, zones, day):
    """Work after midnight in Belgrade is not yesterday's because London says so."""
    assert read(LATE | interval, zones).day == day


def test_both_ways_to_write_a_moment_mean_the_same_moment():
    """Old reports write an offset, new ones a Z."""
    offset = read({"start": "2026-05-06T05:00:00-03:00"})
    assert offset.start == read().start == datetime(2026, 5, 6, 8, tzinfo=UTC)
    assert offset.start.tzinfo is UTC


@pytest.mark.parametrize(
    ("interval", "duration"),
    [
        ({"end": None, "duration": None}, None),
        ({"end": None, "duration": 60}, None),
        ({"end": "", "duration": 0}, None),
        ({"duration": None}, timedelta(hours=9)),
        ({"duration": 32399}, timedelta(seconds=32399)),
        ({"duration": 0}, timedelta(0)),
    ],
)
def test_a_running_timer_has_no_duration(interval, duration):
    """Only finished work has a length; a rounded length counts as Clockify says it."""
    assert read(interval).duration == duration


@pytest.mark.parametrize(
    ("money", "rate", "currency"),
    [
        ({}, None, None),
        ({"rate": None, "amount": None}, None, None),
        ({"rate": 15300}, "153", None),
        ({"rate": 0}, "0", None),
        ({"rate": 15300.0}, "153", None),
        ({"rate": Decimal("15333.5")}, "153.335", None),
        ({"rate": {"amount": 15300, "currency": "EUR"}}, "153", "EUR"),
        ({"rate": {"amount": None}, "earnedRate": 100}, "1", None),
        ({"earnedRate": 5}, "0.05", None),
        ({"hourlyRate": {"amount": 4000, "currency": "USD"}}, "40", "USD"),
        ({"rate": 15300, "hourlyRate": 1}, "153", None),
        ({"rate": 15300, "currency": "GBP"}, "153", "GBP"),
        ({"rate": -100}, "-1", None),
    ],
)
def test_a_rate_is_counted_in_cents_and_read_in_every_shape(money, rate, currency):
    """153.00 an hour arrives as 15300; hidden is none, zero is zero."""
    found = read(**money)
    assert found.hourly_rate == (None if rate is None else Decimal(rate))
    assert found.currency == currency


def test_what_is_empty_is_nothing():
    """No project is no project, whether Clockify writes null or an empty text."""
    for nothing in (None, ""):
        found = read(
            projectId=nothing,
            clientId=nothing,
            taskId=nothing,
            userEmail=nothing,
            approvalRequestId=nothing,
            type=nothing,
            tags=None,
        )
        assert found.project_id is found.client_id is found.task_id is None
        assert found.user_email is found.approval_request_id is None
        assert (found.kind, found.tags) == ("REGULAR", ())


def test_texts_arrive_in_a_form_that_every_database_takes():
    """A torn emoji or a NUL in a description must not stop the others."""
    found = read(description="caf\u00e9 \ud83d\ude80 \ud800 a\0b\n")
    assert found.description.encode()
    assert "\0" not in found.description
    assert "caf\u00e9" in found.description


@pytest.mark.parametrize("key", ["timeentries", "timeEntries"])
def test_both_spellings_of_the_report_are_read(key):
    """The live service and its contract disagree about one capital letter."""
    page = reports.page({"totals": [{"entriesCount": 41}], key: [row()]}, {})
    assert (len(page.entries), page.total) == (1, 41)


@pytest.mark.parametrize(
    "totals", [None, [], [None], [{}], [{"entriesCount": None}], {}]
)
def test_a_report_may_come_without_totals(totals):
    """An empty report has none."""
    assert reports.page({"totals": totals, "timeentries": []}, {}).total is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"timeentries": None},
        {"timeentries": {}},
        {"timeentries": [None]},
        {"timeentries": [[]]},
        {"timeentries": [], "totals": [7]},
        {"timeentries": [], "totals": [{"entriesCount": "many"}]},
        *(
            {"timeentries": [bad]}
            for bad in (
                row(_id=None),
                row(_id=7),
                row(userId=None),
                row(timeInterval=None),
                row({"start": None}),
                row({"start": "yesterday"}),
                row({"start": "2026-05-06T08:00:00"}),
                row({"start": "0001-01-01T00:00:00+14:00"}),
                row({"start": "9999-12-31T23:59:59-14:00"}),
                row({"end": 7}),
                row({"end": "2026-05-06T07:00:00Z", "duration": None}),
                row({"duration": -1}),
                row({"duration": "long"}),
                row({"duration": True}),
                row({"duration": 10**30}),
                row({"duration": float("nan")}),
                row(rate="much"),
                row(rate=float("inf")),
                row(rate=Decimal("1E+999999")),
                row(rate=Decimal("1E-999999")),
                row(rate=Decimal("NaN")),
                row(rate=Decimal("sNaN")),
                row(billable="yes"),
                row(tags=[7]),
                row(tags={}),
                row(description=[]),
            )
        ),
    ],
)
def test_a_report_of_the_wrong_shape_is_refused_in_a_sentence(body):
    """We never send what we only half understood."""
    with pytest.raises(Malformed, match=r"^Clockify sent .*\.$"):
        reports.page(body, {})


@given(ANYTHING, st.sampled_from(sorted(row(rate=1, tags=[], clientId=""))), ANYTHING)
def test_any_nonsense_in_a_report_is_refused_in_the_same_way(value, key, other):
    """No report, however odd, breaks the add-on."""
    bodies = (value, {"timeentries": value}, {"timeentries": [row(**{key: value})]})
    spans = [
        {"timeentries": [row({part: other})]} for part in ("start", "end", "duration")
    ]
    spans += [{"timeentries": [row({"zonedStart": other, "timeZone": value})]}]
    for body in (*bodies, *spans, {"timeentries": [], "totals": [other]}):
        try:
            reports.page(body, {"u1": "UTC"})
        except Malformed:
            continue


@given(st.text(), st.text())
def test_any_name_of_a_zone_is_known_or_unknown(name, other):
    """A strange zone means an unknown day, never a breakdown."""
    found = read({"timeZone": name}, {"u1": other})
    assert found.day is None or isinstance(found.day, date)


def test_the_recorded_reports_are_understood():
    """Reports seen on the wire in 2023 and 2026 are read alike."""
    folder = Path(os.environ.get("CONTRACTS_DIR", "../shared/contracts"))
    file = folder / "clockify-payload-samples.json"
    if not file.exists():
        pytest.skip(f"{file} is not here; set CONTRACTS_DIR to the contracts")
    samples = json.loads(file.read_text())
    new = reports.page(samples["_detailed_report_live_2026_05"], {})
    old = reports.page(samples["_detailed_report_2023"], {})
    assert (new.total, old.total) == (1, 106)
    assert new.entries[0].day == date(2026, 5, 6)
    assert old.entries[0].day == date(2023, 5, 11)
    assert old.entries[0].duration == timedelta(seconds=20105)
    assert old.entries[0].client_id is None
