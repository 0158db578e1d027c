"""Hours that reached QuickBooks before us are found, and nothing is sent twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from addon.records import db
from addon.records.link import LinkKind
from addon.records.receipt import Receipt
from addon.sandbox.quickbooks import activities
from addon.sandbox.trouble import html_502
from addon.transfer import moved, moving
from addon.transfer.link import choose
from addon.transfer.moved import MovingView
from addon.transfer.outside import Refused
from addon.transfer.review import Filter, Row, State, review
from tests.desk import JOHN, Desk, a_desk
from tests.weather import MONDAY, Time
from tests.world import World

# Emily's employee and the customer Cool Cars in Intuit's sample company.
EMILY_IS, CARS_ARE = "55", "3"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A connected workspace without entries, and a company without time."""
    with a_desk(tmp_path) as desk:
        yield desk


def elsewhere(desk: Desk, entry: Any, **changes: Any) -> str:
    """Record an entry as another integration would; give the activity's number."""
    seconds = (entry.end - entry.start).total_seconds()
    hours, minutes = divmod(round(seconds / 60), 60)
    body = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": EMILY_IS},
        "CustomerRef": {"value": CARS_ARE},
        "TxnDate": entry.start.date().isoformat(),
        "Hours": hours,
        "Minutes": minutes,
        "BillableStatus": "Billable",
        "HourlyRate": 25,
        "Description": entry.description,
    }
    made = {name: value for name, value in (body | changes).items() if value}
    number: str = activities.write(desk.company, made)["Id"]
    return number


def look(desk: Desk, **days: Any) -> MovingView:
    """Press "Look for hours that are already in QuickBooks" and wait."""
    wanted = Filter(**days) if days else None
    with desk.world.inside() as here:
        moving.ask(desk.world.outside, desk.world.viewer(here), wanted)
    desk.world.work()
    return seen(desk)


def seen(desk: Desk) -> MovingView:
    """Look at the result as the settings show it."""
    company_id = desk.company_id
    with desk.world.inside():
        return moved.view(company_id)


def rows(desk: Desk) -> dict[str, Row]:
    """Open the report panel."""
    today = desk.time.now.date()
    days = Filter(today - timedelta(days=60), today)
    with desk.world.inside() as here:
        found = review(desk.world.outside, desk.world.viewer(here), days)
    return {row.entry.id: row for row in found.rows}


def month(desk: Desk) -> list[Any]:
    """Track a month of Emily's days: different lengths, different words."""
    return [
        desk.track(days_ago=day, minutes=30 + 7 * day, description=f"Day {day}")
        for day in range(1, 29)
    ]


def test_f25_a_company_that_holds_half_the_month_gets_exactly_the_other_half(desk):
    """Fourteen of 28 days were sent before: just the other fourteen are sent."""
    entries = month(desk)
    there = [elsewhere(desk, entry) for entry in entries[::2]]
    view = look(desk)
    assert (view.state, view.found, view.marked) == ("done", 14, 14)
    assert view.minutes == sum(30 + 7 * day for day in range(1, 29, 2))
    shown = rows(desk)
    assert all(shown[each.id].is_found for each in entries[::2])
    assert all(shown[each.id].state is State.READY for each in entries[1::2])
    result = desk.send_all()
    assert (result.sent, result.total) == (14, 14)
    assert len(desk.rows) == 28
    assert {row["Description"] for row in desk.rows} == {
        f"Day {day}" for day in range(1, 29)
    }
    assert set(there) <= set(desk.receipts().values())
    assert sorted(desk.receipts().values()) == sorted(row["Id"] for row in desk.rows)
    with desk.world.inside():
        of_no_run = db.select(Receipt).where(Receipt.run_id.is_(None))
        assert {each.origin for each in db.session.scalars(of_no_run)} == {"found"}


def test_f25_the_first_day_looks_by_itself(tmp_path):
    """Nobody has to press anything: what was sent before is known after connecting."""
    time = Time()
    with World(tmp_path, clock=time, sleep=time.forward, entries=0) as world:
        desk = Desk(world, time)
        for entry in month(desk)[::2]:
            elsewhere(desk, entry)
        world.install()
        world.connect()
        assert seen(desk).by_itself
        assert seen(desk).marked == 14
        assert desk.send_all().sent == 14
        assert len(desk.rows) == 28


def test_f25_a_link_made_by_hand_is_looked_at_before_the_first_run(desk):
    """John is linked a moment before Send: his time of before is not sent again."""
    emilys = desk.track(description="Emily's")
    johns = desk.track(JOHN, description="John's")
    with desk.world.inside() as here:
        viewer = desk.world.viewer(here)
        number = desk.world.user_id(JOHN)
        choose(desk.world.outside, viewer, LinkKind.USER, number, "")
    elsewhere(desk, emilys)
    vera = desk.company.add_vendor("Vera Vendor")
    vera_is = vera if isinstance(vera, str) else vera["Id"]
    elsewhere(
        desk,
        johns,
        NameOf="Vendor",
        EmployeeRef=None,
        VendorRef={"value": vera_is},
    )
    assert look(desk).found == 1
    token = desk.world.token("Olivia Owen")
    desk.world.ask("POST", "/directory/refresh", token=token)
    desk.world.work()
    with desk.world.inside() as here:
        viewer = desk.world.viewer(here)
        choose(desk.world.outside, viewer, LinkKind.USER, number, f"vendor:{vera_is}")
    result = desk.send_all()
    assert (result.sent, result.already) == (0, 1)
    assert result.groups[0].text == "This entry is in QuickBooks already."
    assert len(desk.rows) == 2


def test_f25_equal_entries_are_counted_one_to_one(desk):
    """Three equal hours and two activities: one of the three is still to be sent."""
    twins = [desk.track(start=MONDAY - timedelta(days=3, hours=n)) for n in range(3)]
    for entry in twins[:2]:
        elsewhere(desk, entry)
    assert look(desk).found == 2
    assert look(desk).found == 0
    assert desk.send_all().sent == 1
    assert len(desk.rows) == 3


def test_f25_among_equal_hours_the_words_decide(desk):
    """Two hours of one day differ in their words alone: the right one is marked."""
    planted = desk.track(start=MONDAY - timedelta(days=3), description="Planted")
    pruned = desk.track(start=MONDAY - timedelta(days=3, hours=2), description="Pruned")
    number = elsewhere(desk, pruned)
    look(desk)
    assert desk.receipts() == {pruned.id: number}
    assert rows(desk)[planted.id].state is State.READY


@pytest.mark.parametrize(
    "other",
    [
        {"EmployeeRef": {"value": "54"}},
        {"CustomerRef": {"value": "1"}},
        {"TxnDate": "2026-11-19"},
        {"Minutes": 1},
        {"CustomerRef": None, "BillableStatus": "NotBillable", "HourlyRate": None},
    ],
    ids=["person", "customer", "day", "minutes", "no customer"],
)
def test_f25_nothing_is_marked_where_only_some_of_it_agrees(desk, other):
    """Another person, customer, day or length is another piece of work."""
    entry = desk.track(description="Planted")
    elsewhere(desk, entry, **other)
    view = look(desk)
    assert (view.found, view.activities) == (0, 1)
    assert rows(desk)[entry.id].state is State.READY


def test_f25_undo_puts_them_back(desk):
    """A mistaken look is taken back with one click, and not repeated by itself."""
    entry = desk.track()
    elsewhere(desk, entry)
    look(desk)
    assert rows(desk)[entry.id].is_found
    with desk.world.inside() as here:
        moving.undo(desk.world.outside, desk.world.viewer(here))
    desk.world.work()
    assert (seen(desk).state, seen(desk).marked) == ("undone", 0)
    assert rows(desk)[entry.id].state is State.READY
    desk.time.forward(4000)
    desk.once()
    assert desk.send_all().sent == 1


def test_f25_what_we_sent_ourselves_is_not_found_again(desk):
    """Our own activities belong to their entries already."""
    desk.track()
    desk.send_all()
    desk.track()
    view = look(desk)
    assert (view.activities, view.found) == (0, 0)


def test_f25_an_entry_held_for_its_rate_or_its_month_is_found_too(desk):
    """Who sent it before had neither our rates nor our closing date."""
    entry = desk.track(days_ago=20)
    elsewhere(desk, entry)
    desk.company.close_books((MONDAY - timedelta(days=10)).date())
    token = desk.world.token("Olivia Owen")
    desk.world.ask("POST", "/directory/refresh", token=token)
    desk.world.work()
    assert rows(desk)[entry.id].state is State.ATTENTION
    assert look(desk).found == 1
    assert rows(desk)[entry.id].is_found


def test_f25_an_activity_told_by_the_clock_is_found(desk):
    """From nine to ten is an hour, whichever way QuickBooks was told."""
    entry = desk.track(minutes=60)
    elsewhere(
        desk,
        entry,
        Hours=None,
        Minutes=None,
        StartTime="09:00:00-08:00",
        EndTime="10:00:00-08:00",
    )
    assert look(desk).found == 1


def test_f25_a_look_reads_quickbooks_seldom_and_leaves_nothing_open(desk, capsys):
    """A month of 28 activities takes two calls."""
    for entry in month(desk):
        elsewhere(desk, entry)
    asked = desk.world.sandbox.quickbooks.requests
    before = len(asked)
    assert look(desk).found == 28
    calls = len(asked) - before
    with capsys.disabled():
        print(f"\nF25: 28 activities compared with {calls} calls to QuickBooks")
    assert calls <= 3


def test_f25_quickbooks_away_is_told_and_nothing_is_marked(desk):
    """A look that could not be finished says so and can be repeated."""
    entry = desk.track()
    elsewhere(desk, entry)
    desk.trouble.always(path="/query", effect=html_502)
    view = look(desk)
    assert (view.state, view.marked) == ("failed", 0)
    assert view.problem
    desk.trouble.clear()
    assert look(desk).found == 1


def test_f25_two_looks_at_once_are_one(desk):
    """A second press while we look is refused in words."""
    with desk.world.inside() as here:
        viewer = desk.world.viewer(here)
        moving.ask(desk.world.outside, viewer)
        with pytest.raises(Refused, match="already"):
            moving.ask(desk.world.outside, viewer)


def test_f25_a_look_that_was_interrupted_is_brought_to_its_end(desk):
    """The worker dies while it looks: the next hour finishes it."""
    entry = desk.track()
    elsewhere(desk, entry)
    with desk.world.inside() as here:
        moving.ask(desk.world.outside, desk.world.viewer(here))
    queue = desk.world.app.extensions["queue"].huey
    while queue.dequeue() is not None:
        pass
    assert seen(desk).state == "looking"
    desk.time.forward(3700)
    desk.once()
    assert (seen(desk).state, seen(desk).found) == ("done", 1)
