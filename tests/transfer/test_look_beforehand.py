"""Looks before a run, and what no look may take: nothing is sent twice for them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from addon.records.link import LinkKind
from addon.sandbox import trouble
from addon.sandbox.trouble import Answer, Effect
from addon.transfer.link import choose
from addon.transfer.outside import Outside
from addon.transfer.review import State
from tests.desk import JOHN, OLIVIA, Desk
from tests.stores import on_every_store
from tests.transfer.test_doubt import look as report
from tests.transfer.test_doubt import maybe_there, settle
from tests.transfer.test_moving import elsewhere, look, rows, seen
from tests.weather import MONDAY, Killed

BATCH = "/batch$"
LONG = timedelta(days=40)


class Dying(requests.Session):
    """The network of a process that ends when it asks for time activities."""

    def request(self, *given: Any, **more: Any) -> requests.Response:
        """Make a call, or end."""
        if "FROM TimeActivity" in str(more.get("params")):
            raise Killed
        return super().request(*given, **more)


def dying(desk: Desk) -> Outside:
    """Give the outside of such a process."""
    return replace(desk.world.outside, http=Dying())


def meanwhile(deed: Callable[[], object]) -> Effect:
    """Let somebody do something before an answer leaves."""

    def change(given: Answer) -> Answer:
        deed()
        return given

    return Effect("meanwhile", change=change)


def reads(desk: Desk) -> int:
    """Count how often QuickBooks was asked for time activities."""
    asked = desk.world.sandbox.quickbooks.requests
    return sum("FROM TimeActivity" in str(each.query) for each in asked)


def words_of(desk: Desk) -> list[str]:
    """List the descriptions of the company's activities."""
    return sorted(row["Description"] for row in desk.rows)


def link_john(desk: Desk, value: str) -> None:
    """Link John, or unlink him, in the settings."""
    desk.world.ask("POST", "/directory/refresh", token=desk.world.token(OLIVIA))
    desk.world.work()
    with desk.world.inside() as here:
        viewer, number = desk.world.viewer(here), desk.world.user_id(JOHN)
        choose(desk.world.outside, viewer, LinkKind.USER, number, value)


def johns_of_before(desk: Desk) -> str:
    """Let John be linked to nobody, and his hour be there; say who he is."""
    entry = desk.track(JOHN, description="John's")
    link_john(desk, "")
    vera: str = desk.company.add_vendor("Vera Vendor")
    who = {"NameOf": "Vendor", "EmployeeRef": None, "VendorRef": {"value": vera}}
    elsewhere(desk, entry, **who)
    return f"vendor:{vera}"


def a_look_before_the_link(desk: Desk) -> str:
    """Both have an hour there already, and only Emily's is found; say who John is."""
    emilys = desk.track(description="Emily's")
    elsewhere(desk, emilys)
    john_is = johns_of_before(desk)
    assert look(desk).found == 1
    return john_is


def a_late_link(desk: Desk) -> None:
    """Look for the first time, then link John, whose hour is there already."""
    link_john(desk, a_look_before_the_link(desk))


def begin_over(desk: Desk, start: str, end: str, expected: int) -> int:
    """Send everything of some days."""
    form = {"all_ready": "1", "start": start, "end": end}
    number = desk.press(expected=expected, **form)
    assert number is not None
    return number


@pytest.mark.parametrize("forgets", [False, True], ids=["remembered", "forgotten"])
def test_p1_a_search_takes_nothing_that_may_be_a_pieces_own(
    desk: Desk, forgets: bool
) -> None:
    """A call is unanswered and somebody searches: what it made is its entry's."""
    desk.world.sandbox.quickbooks.forget_request_ids(forgets)
    day = MONDAY - timedelta(days=3)
    one = desk.track(start=day, description="Planted")
    other = desk.track(start=day - timedelta(hours=2), description="Pruned")
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    desk.begin_beside(one)
    desk.once()
    assert words_of(desk) == ["Planted"]
    assert look(desk).found == 0
    desk.settle()
    desk.send_all()
    assert words_of(desk) == ["Planted", "Pruned"]
    desk.exactly_once(one, other)


def test_p1_a_run_looks_by_itself_and_takes_nothing_of_another_run(desk: Desk) -> None:
    """Nobody presses anything but Send, twice: each entry is there once."""
    day = MONDAY - timedelta(days=3)
    before = desk.track(days_ago=9, minutes=11, description="Before us")
    elsewhere(desk, before)
    elsewhere(desk, before, Minutes=47, Description="Not in Clockify")
    assert look(desk).found == 1
    one = desk.track(start=day, description="Planted")
    other = desk.track(start=day - timedelta(hours=2), description="Pruned")
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.missing_items(1))
    desk.begin_beside(one)
    desk.once()
    second = desk.begin_beside(other)
    desk.settle()
    assert desk.progress(second).sent == 1
    assert words_of(desk) == ["Before us", "Not in Clockify", "Planted", "Pruned"]


@pytest.mark.parametrize("forgets", [False, True], ids=["remembered", "forgotten"])
def test_p1_a_search_takes_nothing_that_a_person_is_asked_about(
    desk: Desk, forgets: bool
) -> None:
    """What may be an entry in doubt is marked as no other entry's."""
    maybe_there(desk, forgets=forgets)
    first = desk.rows[0]
    day = MONDAY - timedelta(days=3, hours=8)
    length = first["Hours"] * 60 + first["Minutes"]
    other = desk.track(minutes=length, description="Something else", start=day)
    assert look(desk).found == 0
    assert other.id not in desk.receipts()
    assert desk.send_all().sent == 1
    assert len(desk.rows) == 3
    assert {row.state for row in report(desk).rows} == {State.ATTENTION, State.SENT}


@on_every_store
def test_a_look_before_sending_that_failed_is_done_again(desk: Desk) -> None:
    """QuickBooks is away for a moment: nothing goes before it was looked at."""
    a_late_link(desk)
    number = desk.begin()
    desk.trouble.next(path="/query", effect=trouble.html_502(), times=4)
    desk.world.work()
    seen_now = desk.progress(number)
    assert "QuickBooks cannot be reached" in seen_now.text
    assert not seen_now.over
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.already) == (0, 1)
    assert len(desk.rows) == 2


@on_every_store
def test_a_look_before_sending_whose_worker_died_is_done_again(desk: Desk) -> None:
    """The process ends while it looks: the next one looks before it sends."""
    a_late_link(desk)
    number = desk.begin()
    with pytest.raises(Killed):
        desk.send(dying(desk))
    assert seen(desk).state == "looking"
    desk.time.forward(400)
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.already) == (0, 1)
    assert len(desk.rows) == 2


def test_a_first_look_that_failed_is_made_up_for_before_sending(desk: Desk) -> None:
    """What was there before us is not sent where the first day's look found nobody."""
    entry = desk.track()
    elsewhere(desk, entry)
    desk.trouble.next(path="/query", effect=trouble.html_502(), times=4)
    assert look(desk).state == "failed"
    done = desk.send_all()
    assert (done.sent, done.already) == (0, 1)
    assert len(desk.rows) == 1


def test_after_installing_anew_old_days_are_looked_at_before_each_run(
    desk: Desk,
) -> None:
    """Uninstalled and installed: what was sent long ago is not sent once more."""
    old, older = desk.track(days_ago=30), desk.track(days_ago=50, minutes=50)
    assert desk.send_all().sent == 2
    desk.time.forward(LONG.total_seconds())
    desk.world.workspace.uninstall()
    desk.world.work()
    desk.world.install()
    desk.world.connect()
    fresh = desk.track(start=old.start + timedelta(hours=3), minutes=20)
    desk.once()
    first = begin_over(desk, "2026-10-20", "2026-10-30", expected=2)
    desk.settle()
    seen_first = desk.progress(first)
    assert (seen_first.sent, seen_first.already) == (1, 1)
    second = begin_over(desk, "2026-10-01", "2026-10-08", expected=1)
    desk.settle()
    seen_second = desk.progress(second)
    assert (seen_second.sent, seen_second.already) == (0, 1)
    desk.exactly_once(old, older, fresh)


def test_who_is_linked_after_the_first_run_is_not_sent_twice(desk: Desk) -> None:
    """John is linked later; his hours of before us are found before they are sent."""
    desk.track(description="Emily's")
    john_is = johns_of_before(desk)
    look(desk)
    assert desk.send_all().sent == 1
    desk.time.forward(3600)
    link_john(desk, john_is)
    done = desk.send_all()
    assert (done.sent, done.already) == (0, 1)
    assert words_of(desk) == ["Emily's", "John's"]


def test_days_since_our_first_run_are_not_looked_over(desk: Desk) -> None:
    """Later runs send at once, unless they are about days of before us."""
    desk.track(description="First")
    john_is = johns_of_before(desk)
    desk.send_all()
    before = reads(desk)
    desk.time.forward(5 * 24 * 3600)
    desk.track(start=desk.time.now - timedelta(hours=3), description="A week later")
    begin_over(desk, "2026-11-26", "2026-11-28", expected=1)
    desk.settle()
    link_john(desk, john_is)
    desk.track(start=desk.time.now - timedelta(hours=2), description="And one more")
    begin_over(desk, "2026-11-26", "2026-11-28", expected=1)
    desk.settle()
    assert reads(desk) == before
    assert desk.send_all().already == 1
    assert reads(desk) > before


def test_what_a_person_did_not_find_is_sent_and_not_paired(desk: Desk) -> None:
    """After “It is not there” an hour that looks the same is somebody else's."""
    maybe_there(desk)
    one, other = report(desk).rows
    entries = desk.world.workspace.entries
    for row in (one, other):
        settle(desk, row.entry.id)
        elsewhere(desk, entries[row.entry.id])
    assert look(desk).found == 0
    assert desk.send_all().sent == 2
    assert set(desk.receipts()) == {one.entry.id, other.entry.id}
    assert len(desk.rows) == 6


@pytest.mark.parametrize("reading", ["QuickBooks", "Clockify"])
def test_a_search_that_is_undone_while_it_goes_on_stays_undone(
    desk: Desk, reading: str
) -> None:
    """Whoever presses Undo early finds nothing marked afterwards."""
    entry = desk.track()
    elsewhere(desk, entry)

    def undo() -> None:
        token = desk.world.token(OLIVIA)
        desk.world.ask("DELETE", "/moving", token=token).raise_for_status()

    if reading == "QuickBooks":
        desk.trouble.next(path="/query", effect=meanwhile(undo))
    else:
        clockify = desk.world.sandbox.clockify.trouble
        clockify.next(path="reports/detailed", effect=meanwhile(undo))
    view = look(desk)
    assert (view.state, view.marked) == ("undone", 0)
    assert rows(desk)[entry.id].state is State.READY
    assert desk.send_all().sent == 1
