"""An earlier search does not count: what reached QuickBooks since is found too."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from addon.records.dimension import Dimension
from addon.records.moving import movings
from addon.rules.resolving import Source
from addon.transfer import dimensions
from addon.transfer.review import State
from tests.desk import OLIVIA, Desk
from tests.transfer.test_look_beforehand import (
    a_look_before_the_link,
    begin_over,
    link_john,
    meanwhile,
    words_of,
)
from tests.transfer.test_moving import elsewhere, look, rows


def sent_today(desk: Desk) -> None:
    """Send the first hours of all, of today alone."""
    desk.track(start=desk.time.now - timedelta(hours=5), description="Today")
    day = desk.time.now.date().isoformat()
    first = begin_over(desk, day, day, expected=1)
    desk.settle()
    assert desk.progress(first).sent == 1


def finds_it(desk: Desk, start: str, end: str) -> None:
    """Send the one ready entry of these days, which turns out to be there."""
    number = begin_over(desk, start, end, expected=1)
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.already) == (0, 1)


@pytest.mark.parametrize("typed_late", [False, True], ids=["then", "later"])
def test_the_old_way_goes_on_after_the_first_look(
    desk: Desk, *, typed_late: bool
) -> None:
    """Between the first look and the first run hours come the old way."""
    old = desk.track(days_ago=9, description="Long ago")
    elsewhere(desk, old)
    last_week: Any = desk.track(days_ago=4, minutes=47) if typed_late else None
    assert look(desk).found == 1
    desk.time.forward(8 * 24 * 3600)
    if last_week is None:
        day = desk.time.now - timedelta(days=5)
        last_week = desk.track(start=day, minutes=47, description="Between")
    elsewhere(desk, last_week)
    sent_today(desk)
    finds_it(desk, "2026-11-16", desk.time.now.date().isoformat())
    assert len(desk.rows) == 3


def test_a_customer_for_a_clients_projects_is_chosen_after_the_look(desk: Desk) -> None:
    """What had no customer when it was looked for is looked for once it has one."""
    workspace = desk.world.workspace
    client = workspace.add_client("Weiskopf Consulting Client")
    workspace.add_project("Hedge", client=client)
    customer = desk.company.id_of("Customer", "Weiskopf Consulting")
    desk.world.ask("POST", "/directory/refresh", token=desk.world.token(OLIVIA))
    desk.world.work()
    desk.track(description="Emily's")
    hedge = desk.track(project="Hedge", days_ago=4, description="Hedge")
    elsewhere(desk, hedge, CustomerRef={"value": customer})
    look(desk)
    assert desk.send_all().sent == 1
    with desk.world.inside() as here:
        viewer, source = desk.world.viewer(here), (Source.CLIENT, client.id)
        dimensions.choose(
            desk.world.outside, viewer, Dimension.CUSTOMER, source, customer
        )
    done = desk.send_all()
    assert (done.sent, done.already) == (0, 1)


def test_an_entry_gets_its_project_after_the_look(desk: Desk) -> None:
    """What could not go when it was looked for is looked for once it can."""
    desk.track(description="Emily's")
    entry = desk.track(project=None, days_ago=4, description="Late", billable=True)
    elsewhere(desk, entry)
    look(desk)
    assert desk.send_all().sent == 1
    projects = desk.world.workspace.projects.values()
    entry.project_id = next(each.id for each in projects if each.name == "Cool Cars")
    done = desk.send_all()
    assert (done.sent, done.already) == (0, 1)


def undo(desk: Desk) -> None:
    """Press Undo."""
    token = desk.world.token(OLIVIA)
    desk.world.ask("DELETE", "/moving", token=token).raise_for_status()


def test_undo_is_about_what_was_found_and_nothing_else(desk: Desk) -> None:
    """What was put back is sent; what can only now be found is found all the same."""
    john_is = a_look_before_the_link(desk)
    undo(desk)
    link_john(desk, john_is)
    done = desk.send_all()
    assert (done.sent, done.already) == (1, 1)
    assert words_of(desk) == ["Emily's", "Emily's", "John's"]


def test_who_presses_undo_twice_undoes_the_same(desk: Desk) -> None:
    """What was put back is remembered, and the next run looks for everything else."""
    john_is = a_look_before_the_link(desk)
    undo(desk)
    undo(desk)
    link_john(desk, john_is)
    done = desk.send_all()
    assert (done.sent, done.already) == (1, 1)


def test_who_asks_again_finds_again_what_was_undone(desk: Desk) -> None:
    """A search that a person asks for is about everything."""
    entry = desk.track()
    elsewhere(desk, entry)
    assert look(desk).found == 1
    undo(desk)
    assert rows(desk)[entry.id].state is State.READY
    assert look(desk).found == 1
    undo(desk)
    assert desk.send_all().sent == 1


def test_who_reads_for_long_keeps_its_place(desk: Desk) -> None:
    """QuickBooks is slow: another process does not begin the same search anew."""
    desk.track(description="Slow")
    desk.begin_beside(*desk.world.workspace.entries.values())
    others: list[str] = []

    def other() -> None:
        others.append(f"process-{len(others)}")
        desk.time.forward(100)
        outside = replace(desk.world.outside, owner=others[-1], ring=silent)
        desk.send(outside)

    desk.trouble.next(path="/query", effect=meanwhile(other), times=2)
    desk.send(replace(desk.world.outside, owner="first", ring=silent))
    company_id = desk.company_id
    with desk.world.inside():
        # The first day's, and this run's.
        assert [each.state for each in movings(company_id)] == ["done", "done"]
    assert len(others) == 2
    assert len(desk.rows) == 1


def silent(*_given: object, **_more: object) -> None:
    """Ring nobody."""
