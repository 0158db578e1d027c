"""What has waited for long is read again before it is sent."""

from datetime import timedelta

import pytest

from addon.records.run import PieceState
from addon.sandbox import trouble
from tests.desk import EMILY, Desk
from tests.stores import on_every_store

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


def taking_long(desk: Desk) -> trouble.Effect:
    """Let an answer take 100 seconds."""

    def wait(given: trouble.Answer) -> trouble.Answer:
        desk.time.forward(100)
        return given

    return trouble.Effect("slow", change=wait)


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
