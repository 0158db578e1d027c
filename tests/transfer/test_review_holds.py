"""What is held back before it is sent, why, and who sees what."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from addon.transfer.review import Filter, Review, Row, State, review
from tests.desk import EMILY, FORM, JOHN, OLIVIA, Desk, a_desk

# After this long every list and fact of the company has been read again.
A_DAY = 26 * 3600
PERIOD = Filter(date.fromisoformat(FORM["start"]), date.fromisoformat(FORM["end"]))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def look(desk: Desk, name: str = OLIVIA, wanted: Filter = PERIOD) -> Review:
    """Look at the entries as one of the workspace's people."""
    with desk.world.inside() as here:
        return review(desk.world.outside, desk.world.viewer(here, name), wanted)


def only(desk: Desk) -> Row:
    """Look at the one entry there is."""
    [row] = look(desk).rows
    return row


def _running(desk: Desk) -> None:
    desk.world.workspace.start_timer(EMILY, "Cool Cars")


def _forgotten(desk: Desk) -> None:
    desk.track(minutes=23 * 60 + 56)


def _no_project(desk: Desk) -> None:
    desk.track(EMILY, None, billable=True)


def _person_unlinked(desk: Desk) -> None:
    desk.track("Mia Member")


def _project_unlinked(desk: Desk) -> None:
    desk.track(EMILY, "Garden redesign")


def _nothing_to_bill(desk: Desk) -> None:
    desk.track(minutes=0.3)


def _break(desk: Desk) -> None:
    desk.track(kind="BREAK")


def _day_off(desk: Desk) -> None:
    desk.track(kind="TIME_OFF")


def _closed(desk: Desk) -> None:
    desk.company.close_books(date(2026, 11, 20))
    desk.time.forward(A_DAY)
    desk.once()
    desk.track()


def _customer_inactive(desk: Desk) -> None:
    desk.company.deactivate("Customer", desk.company.id_of("Customer", "Cool Cars"))
    desk.time.forward(A_DAY)
    desk.once()
    desk.track()


def _person_inactive(desk: Desk) -> None:
    desk.company.deactivate("Employee", desk.company.id_of("Employee", EMILY))
    desk.time.forward(A_DAY)
    desk.once()
    desk.track()


HELD: dict[str, tuple[Callable[[Desk], None], str]] = {
    "a running timer": (_running, "still running"),
    "longer than 23 h 55": (_forgotten, "longer than the 23 h 55"),
    "billable without project": (_no_project, "no customer to bill"),
    "person not linked": (_person_unlinked, "is not linked to a person"),
    "project not linked": (_project_unlinked, "is not linked to a customer"),
    "less than a minute": (_nothing_to_bill, "no less than one minute"),
    "a break": (_break, "is a break"),
    "time off": (_day_off, "is time off"),
    "closed books": (_closed, "are closed through"),
    "inactive customer": (_customer_inactive, "inactive in QuickBooks"),
    "inactive person": (_person_inactive, "inactive in QuickBooks"),
}


@pytest.mark.parametrize("name", HELD)
def test_p37_what_cannot_go_is_held_back_with_its_reason_and_cure(
    desk: Desk, name: str
) -> None:
    """Nothing is sent that would be refused; the row says why and what to do."""
    spoil, said = HELD[name]
    spoil(desk)
    row = only(desk)
    assert row.state is State.ATTENTION
    assert said in row.reason
    assert row.cure.endswith(".")
    assert "Nothing to send" in desk.confirm()
    assert not desk.rows


def test_exactly_23_h_55_is_still_ready(desk: Desk) -> None:
    """The longest entry goes; one minute more does not."""
    desk.track(minutes=23 * 60 + 55)
    assert only(desk).state is State.READY


def test_billable_hours_without_any_rate_are_held(desk: Desk) -> None:
    """QuickBooks would make a rate up, so an entry without one does not go."""
    workspace = desk.world.workspace
    workspace.user(EMILY).hourly_rate = None
    workspace.project("Cool Cars").hourly_rate = None
    entry = desk.track()
    row = only(desk)
    if row.state is State.READY:
        # The workspace has a rate of its own, which is then the entry's.
        assert row.activity is not None
        assert row.activity.rate is not None
        return
    assert "no hourly rate" in row.reason
    assert row.entry.id == entry.id


def test_sent_entries_are_never_offered_again(desk: Desk) -> None:
    """What has been sent is listed as sent, and Send has nothing left to do."""
    entries = [desk.track(), desk.track(JOHN)]
    desk.send_all()
    assert {row.state for row in look(desk).rows} == {State.SENT}
    assert {row.entry.id for row in look(desk).rows} == {one.id for one in entries}
    assert "Nothing to send" in desk.confirm()


def test_an_entry_edited_after_it_was_sent_stays_sent(desk: Desk) -> None:
    """A later change in Clockify does not send the entry a second time."""
    entry = desk.track()
    desk.send_all()
    desk.world.workspace.edit_entry(
        entry.id, length=entry.end - entry.start, description="B"
    )
    assert only(desk).state is State.SENT


def test_members_see_their_own_entries_only(desk: Desk) -> None:
    """A team member never reads what a colleague did."""
    desk.track(EMILY)
    mine = desk.track(JOHN)
    seen = look(desk, JOHN).rows
    assert [row.entry.id for row in seen] == [mine.id]


def test_the_sums_of_the_tabs_add_up(desk: Desk) -> None:
    """Ready and needing attention are counted apart, to the minute."""
    desk.track(minutes=60)
    desk.track(minutes=30)
    desk.track("Mia Member", minutes=45)
    totals = look(desk).totals
    assert (totals[State.READY].count, totals[State.READY].minutes) == (2, 90)
    assert (totals[State.ATTENTION].count, totals[State.ATTENTION].minutes) == (1, 45)


def test_the_panel_says_the_reason_in_words(desk: Desk) -> None:
    """A row that cannot go tells a person why."""
    desk.track("Mia Member")
    address = f"/entries?start={FORM['start']}&end={FORM['end']}&state=attention"
    answer = desk.world.ask("GET", address, token=desk.world.token(OLIVIA))
    assert re.search("is not linked to a person", answer.text)


def test_members_are_not_shown_what_their_hours_earn(desk: Desk) -> None:
    """Neither before nor after sending: Clockify keeps the rates to its admins."""
    desk.track(JOHN)
    assert look(desk, JOHN).rows[0].amount is None
    desk.send_all()
    assert look(desk).rows[0].amount
    [row] = look(desk, JOHN).rows
    assert (row.state, row.amount) == (State.SENT, None)
    assert not look(desk, JOHN).totals[State.SENT].money
