"""What a person reads while a run goes on, and afterwards."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from addon.records.run import RunState
from addon.sandbox import trouble
from addon.transfer import refresh
from addon.transfer.progress import history
from tests.desk import EMILY, JOHN, OLIVIA, Desk, a_desk, words


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def test_a_finished_run_says_how_many_went_and_who_sent_them(desk: Desk) -> None:
    """The last line is the result, the name is that of the admin."""
    desk.track()
    desk.track(JOHN)
    done = desk.send_all()
    assert done.title == "Finished"
    assert done.text == "2 out of 2 entries have been sent to QuickBooks."
    assert done.started_by_name == OLIVIA
    assert done.over
    assert not done.can_stop
    assert done.finished_at is not None


def test_a_run_in_the_middle_shows_how_far_it_is(desk: Desk) -> None:
    """Numbers and percent are those of this moment, and they add up."""
    for number in range(60):
        desk.track(minutes=5 + number)
    slow = trouble.throttled_xml(120)
    desk.trouble.next(method="POST", path="batch", nth=2, effect=slow)
    number = desk.begin()
    desk.world.work()
    seen = desk.progress(number)
    assert (seen.sent, seen.remaining, seen.percent) == (30, 30, 50)
    assert seen.state is RunState.SENDING
    assert seen.can_stop


def test_what_did_not_go_is_grouped_by_its_reason(desk: Desk) -> None:
    """Entries with one reason are one group, with person, project, day and length."""
    for _ in range(3):
        desk.track(EMILY, description="Planted")
    desk.track(JOHN)
    number = desk.begin()
    desk.company.deactivate("Employee", desk.company.id_of("Employee", EMILY))
    desk.settle()
    [group] = desk.progress(number).groups
    assert (group.count, group.minutes) == (3, 180)
    assert EMILY in group.text
    left = group.rows[0]
    assert (left.person, left.project, left.minutes) == (EMILY, "Cool Cars", 60)
    assert left.description == "Planted"
    assert group.raw.startswith("610:")


def test_what_quickbooks_refused_can_be_sent_once_it_is_cured(desk: Desk) -> None:
    """A refused entry is ready again, and goes with the next run."""
    entry = desk.track(EMILY)
    number = desk.begin()
    who = desk.company.id_of("Employee", EMILY)
    desk.company.deactivate("Employee", who)
    desk.settle()
    assert desk.progress(number).refused == 1
    desk.company.reactivate("Employee", who)
    token = desk.world.token(OLIVIA)
    desk.world.ask("POST", "/directory/refresh", token=token).raise_for_status()
    desk.world.work()
    assert desk.send_all().sent == 1
    desk.exactly_once(entry)


def test_the_history_lists_the_newest_run_first(desk: Desk) -> None:
    """Past runs stay to be looked at."""
    for _ in range(3):
        desk.track()
        desk.send_all()
    company_id = desk.company_id
    with desk.world.inside():
        assert [one.run_id for one in history(company_id)] == [3, 2, 1]


def test_nobody_sees_the_run_of_another_workspace(desk: Desk) -> None:
    """A run's number guessed from elsewhere shows nothing."""
    desk.track()
    number = desk.begin()
    other = desk.world.sandbox.clockify.add_workspace("other")
    desk.world.install(other)
    token = desk.world.token("Hanna Harbor", other)
    answer = desk.world.ask("GET", f"/runs/{number}", token=token)
    assert answer.status_code == 404


def test_failures_of_one_cause_are_one_group_whatever_the_day(desk: Desk) -> None:
    """One inactive customer on ten days and of two people is said once, by name."""
    cars = desk.company.id_of("Customer", "Cool Cars")
    for days in range(5):
        desk.track(EMILY, days_ago=3 + days)
        desk.track(JOHN, days_ago=3 + days)
    desk.track(EMILY, "Jeff's Jalopies")
    number = desk.begin()
    desk.company.deactivate("Customer", cars)
    desk.settle()
    desk.world.work()
    seen = desk.progress(number)
    assert (seen.sent, seen.refused) == (1, 10)
    with desk.world.inside() as here:
        refresh.ask(desk.world.outside, here)
    desk.world.work()
    [group] = desk.progress(number).groups
    assert group.text.startswith("Cool Cars")
    assert "in QuickBooks" in group.text
    assert "Cool Cars" in group.cure
    assert (group.count, group.minutes) == (10, 600)
    assert group.again == "We do not try this again by ourselves."
    assert group.tid


def test_closed_books_of_several_days_are_one_group(desk: Desk) -> None:
    """The books are closed: said once for all days, the days stand in the list."""
    for days in range(10, 14):
        desk.track(EMILY, days_ago=days)
    number = desk.begin()
    desk.company.close_books(date(2026, 11, 20))
    desk.settle()
    [group] = desk.progress(number).groups
    assert group.count == 4
    assert "the books are closed" in group.text
    assert EMILY in group.text
    assert len({row.day for row in group.rows}) == 4


def test_a_run_that_sent_nothing_says_so_in_its_title(desk: Desk) -> None:
    """Where all was refused "Finished" alone would read like a success."""
    desk.track(EMILY)
    number = desk.begin()
    desk.company.deactivate("Employee", desk.company.id_of("Employee", EMILY))
    desk.settle()
    seen = desk.progress(number)
    assert seen.title == "Finished, nothing was sent"
    assert seen.text.startswith("0 out of 1 entry has been sent to QuickBooks.")


def test_one_lost_answer_is_not_called_silence(desk: Desk) -> None:
    """Only who does not answer for a while is said to be away, and since when."""
    desk.track()
    number = desk.begin()
    desk.trouble.always(effect=trouble.drop_before())
    desk.world.work()
    seen = desk.progress(number)
    assert seen.away_since is None
    assert "We try again by ourselves" in seen.text or "We look what" in seen.text
    for _ in range(4):
        desk.time.forward(10)
        desk.once()
    assert desk.progress(number).away_since is not None


def test_what_a_stopping_run_still_has_to_do_is_to_look(desk: Desk) -> None:
    """Nothing more is sent after Stop, so nothing is said to be still to send."""
    desk.track()
    desk.trouble.next(method="POST", path="batch", effect=trouble.drop_after())
    number = desk.begin()
    desk.world.work()
    token = desk.world.token(OLIVIA)
    desk.world.ask("DELETE", f"/runs/{number}", token=token).raise_for_status()
    said = words(desk.world.ask("GET", f"/runs/{number}", token=token))
    assert "To look up 1" in said
    assert "Still to send" not in said
