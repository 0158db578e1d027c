"""What has waited for long is read again before it is sent."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import pytest

from addon.records.run import PieceState
from addon.sandbox import trouble
from tests.desk import EMILY, Desk
from tests.stores import on_every_store
from tests.transfer.test_look_beforehand import meanwhile

BATCH = "/batch$"
CLOSED = {
    "Fault": {
        "Error": [{"Message": "A subscription problem", "Detail": "", "code": "6190"}],
        "type": "ValidationFault",
    }
}
BIRDS = "Amy's Bird Sanctuary"
AN_HOUR = 3600.0


def paused(desk: Desk, entries: int = 1) -> int:
    """Begin a run over some hours that QuickBooks takes none of just now."""
    for number in range(entries):
        desk.track(minutes=10 + number, description=f"Hour {number}")
    run = desk.begin()
    refused = trouble.answer(400, CLOSED)
    desk.trouble.next(method="POST", path=BATCH, effect=refused)
    desk.once()
    assert desk.states() == [PieceState.CHOSEN] * entries
    return run


def project(desk: Desk, name: str) -> str:
    """Find a project by name."""
    projects = desk.world.workspace.projects.values()
    return next(str(each.id) for each in projects if each.name == name)


@on_every_store
def test_p1_an_entry_moved_to_another_project_meanwhile_goes_to_that_customer(
    desk: Desk,
) -> None:
    """A run waits for an hour; what changes in Clockify until then counts."""
    run = paused(desk, entries=3)
    moved = list(desk.world.workspace.entries.values())[1]
    moved.project_id = project(desk, BIRDS)
    desk.time.forward(AN_HOUR)
    desk.settle()
    birds = desk.company.id_of("Customer", BIRDS)
    cars = desk.company.id_of("Customer", "Cool Cars")
    rows = {row["Description"]: row["CustomerRef"]["value"] for row in desk.rows}
    assert rows == {"Hour 0": cars, "Hour 1": birds, "Hour 2": cars}
    assert desk.progress(run).sent == 3


def test_an_entry_deleted_meanwhile_is_not_sent(desk: Desk) -> None:
    """It is held, and the run says what has become of it."""
    run = paused(desk, entries=2)
    first = next(iter(desk.world.workspace.entries))
    del desk.world.workspace.entries[first]
    desk.time.forward(AN_HOUR)
    desk.settle()
    done = desk.progress(run)
    assert (done.sent, done.held, done.total) == (1, 1, 2)
    assert "does not list this entry any more" in done.groups[0].text


def test_an_entry_that_cannot_go_any_more_says_why(desk: Desk) -> None:
    """Its project is gone: no customer is guessed."""
    run = paused(desk)
    [entry] = desk.world.workspace.entries.values()
    entry.project_id = None
    desk.time.forward(AN_HOUR)
    desk.settle()
    done = desk.progress(run)
    assert (done.sent, done.held) == (0, 1)
    assert desk.rows == []


def test_what_was_tried_before_is_read_again_too(desk: Desk) -> None:
    """An answer is lost and nothing had arrived; then QuickBooks is away for long."""
    entry = desk.track(description="Twice")
    run = desk.begin()
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before(), times=2)
    desk.once()
    desk.time.forward(400)
    desk.once()
    desk.time.forward(400)
    desk.trouble.next(path="/", effect=trouble.html_502(), times=40)
    desk.once()
    entry.project_id = project(desk, BIRDS)
    desk.settle()
    assert desk.progress(run).sent == 1
    birds = desk.company.id_of("Customer", BIRDS)
    assert [row["CustomerRef"]["value"] for row in desk.rows] == [birds]


def test_a_run_that_goes_on_is_not_read_again(desk: Desk) -> None:
    """Only waiting makes entries old: a long run reads them once."""
    desk.world.outside.sizes[desk.company_id] = 1
    for number in range(6):
        desk.track(minutes=10 + number)
    asked = desk.world.sandbox.clockify.requests
    desk.begin()
    before = len(asked)
    desk.trouble.next(method="POST", path=BATCH, effect=taking_long(desk), times=6)
    desk.settle()
    reads = [each for each in list(asked)[before:] if "reports" in each.path]
    assert len(desk.rows) == 6
    assert len(reads) == 1


def test_runs_whose_reading_takes_long_are_not_read_in_turns_for_ever(
    desk: Desk,
) -> None:
    """Clockify is slow: what was read is sent before it is read once more."""
    entries = [desk.track(minutes=10 + number) for number in range(6)]
    desk.world.outside.sizes[desk.company_id] = 1
    for number in range(3):
        desk.begin_beside(*entries[2 * number : 2 * number + 2])
    clockify = desk.world.sandbox.clockify.trouble
    clockify.always(path="reports", effect=taking_long(desk, 300))
    desk.time.forward(AN_HOUR)
    desk.settle()
    assert len(desk.rows) == 6
    assert not desk.open_runs()


def moved_later(desk: Desk, lost: trouble.Effect, *, hours: float = 168) -> None:
    """A call of one entry is lost, the others are not taken; then all are moved."""
    object.__setattr__(desk.world.outside, "parcel", 1)
    for number in range(4):
        desk.track(minutes=10 + number, description=f"Hour {number}")
    desk.begin()
    desk.trouble.next(method="POST", path=BATCH, effect=lost)
    refused = trouble.answer(400, CLOSED)
    desk.trouble.next(method="POST", path=BATCH, effect=refused, times=20)
    desk.once()
    desk.trouble.clear()
    move_all(desk)
    desk.time.forward(hours * AN_HOUR)


def move_all(desk: Desk) -> None:
    """Somebody moves every entry to another project."""
    for entry in desk.world.workspace.entries.values():
        entry.project_id = project(desk, BIRDS)


def moved(desk: Desk) -> list[bool]:
    """Say of each activity whether it is for the customer of that project."""
    birds = desk.company.id_of("Customer", BIRDS)
    return sorted(row["CustomerRef"]["value"] == birds for row in desk.rows)


def test_what_a_look_up_finds_says_nothing_of_the_others(desk: Desk) -> None:
    """One had arrived a week ago, as it was then; the others go as they are now."""
    moved_later(desk, trouble.drop_after())
    desk.trouble.next(path="companyinfo", effect=trouble.html_502(), times=8)
    desk.settle()
    assert moved(desk) == [False, True, True, True]


def test_a_call_of_long_ago_is_not_repeated_as_it_was(desk: Desk) -> None:
    """None had arrived: all go as they are now."""
    moved_later(desk, trouble.drop_before())
    desk.settle()
    assert moved(desk) == [True] * 4


class Slowly:
    """Calls under way, of which each takes longer than the pause between two."""

    def __init__(self, desk: Desk) -> None:
        self._time = desk.time
        self._results: dict[Future[Any], object] = {}

    def __enter__(self) -> Self:
        """Open the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is under way."""

    def submit(self, call: Callable[[], object]) -> Future[Any]:
        """Begin a call."""
        future = Future[Any]()
        self._results[future] = call()
        return future

    def wait(self, calls: Iterable[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Let time pass; a call is over when nobody has anything else to do."""
        self._time.forward(seconds)
        if seconds < 5:
            return set()
        first = next(iter(calls))
        first.set_result(self._results.pop(first))
        return {first}


def test_a_call_that_is_repeated_lets_nothing_old_go_beside_it(desk: Desk) -> None:
    """It is repeated as it was, minutes ago; what waited beside it is read again."""
    moved_later(desk, trouble.drop_before(), hours=0.1)
    outside = replace(desk.world.outside, pool=lambda _most: Slowly(desk))
    for _ in range(200):
        desk.send(outside)
        desk.time.forward(5)
    assert moved(desk) == [False, True, True, True]


def test_a_reading_that_was_interrupted_for_long_begins_anew(desk: Desk) -> None:
    """Clockify fails on the second page; a week later the first one is read again."""
    for number in range(250):
        desk.track(minutes=1, description=f"Hour {number}")
    desk.begin()
    clockify = desk.world.sandbox.clockify.trouble
    clockify.always(path="reports", effect=trouble.html_502(), nth=2)
    desk.once()
    assert 0 < len(desk.pieces()) < 250
    clockify.clear()
    move_all(desk)
    desk.time.forward(7 * 24 * AN_HOUR)
    desk.settle()
    assert len(desk.rows) == 250
    assert all(moved(desk))


def taking_long(desk: Desk, seconds: float = 100) -> trouble.Effect:
    """Let an answer take so many seconds."""
    return meanwhile(lambda: desk.time.forward(seconds))


def test_stop_while_entries_are_read_again_leaves_them_alone(desk: Desk) -> None:
    """Clockify is away when they are to be read: Stop ends the run all the same."""
    run = paused(desk, entries=2)
    desk.time.forward(AN_HOUR)
    clockify = desk.world.sandbox.clockify.trouble
    clockify.next(path="/", effect=trouble.html_502(), times=4)
    desk.once()
    assert desk.progress(run).state == "choosing"
    token = desk.world.token("Olivia Owen")
    desk.world.ask("DELETE", f"/runs/{run}", token=token).raise_for_status()
    desk.settle()
    done = desk.progress(run)
    assert (done.state, done.dropped, done.total) == ("stopped", 2, 2)
    assert desk.rows == []


@pytest.mark.parametrize("minutes", [1, 3])
def test_a_short_wait_reads_nothing_again(desk: Desk, minutes: int) -> None:
    """QuickBooks asks to slow down: the run goes on with what it has."""
    desk.track(EMILY, description="Soon")
    desk.begin()
    wait = trouble.throttled_xml(60 * minutes)
    desk.trouble.next(method="POST", path=BATCH, effect=wait)
    desk.once()
    before = len(desk.world.sandbox.clockify.requests)
    desk.settle(hours=timedelta(minutes=10) / timedelta(hours=1))
    asked = list(desk.world.sandbox.clockify.requests)[before:]
    assert not [each for each in asked if "reports" in each.path]
    assert len(desk.rows) == 1
