"""Every missing link says how many hours and how much money wait for it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from addon.records import db
from addon.records.link import LinkKind, Target
from addon.records.waiting import unsent_count
from addon.rules.eligibility import Hold
from addon.sandbox.trouble import html_502
from addon.transfer import waiting
from addon.transfer.counting import days_counted, expect_count
from addon.transfer.link import choose
from addon.transfer.review import Filter, Review, State, review
from addon.transfer.waiting import Line, Sum, total
from tests.desk import CARS, EMILY, PAM, Desk, a_desk

JANE, ORCHARD = "Jane Doe", "Orchard"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A connected workspace with a user and a project that nobody has linked."""
    with a_desk(tmp_path) as desk:
        desk.world.workspace.add_user(JANE)
        desk.world.workspace.add_project(ORCHARD)
        desk.world.work()
        yield desk


def recount(desk: Desk) -> None:
    """Count again at once."""
    company_id = desk.company_id
    with desk.world.inside() as here:
        expect_count(here, company_id, desk.world.outside)
        db.session.commit()
        number = here.id
    desk.world.outside.ring("waiting", number)
    desk.world.work()


def lines(desk: Desk) -> dict[str, Line]:
    """Give the lines of the settings by name, in their order."""
    company_id = desk.company_id
    with desk.world.inside() as here:
        return {line.name: line for line in waiting.lines(here, company_id)}


def report(desk: Desk, user: str = "Olivia Owen") -> Review:
    """Open the report panel for the days that are counted."""
    days = Filter(*days_counted(desk.time.now.date()))
    with desk.world.inside() as here:
        return review(desk.world.outside, desk.world.viewer(here, user), days)


def link(desk: Desk, kind: LinkKind, clockify_id: str, target: str) -> None:
    """Choose a record by hand."""
    with desk.world.inside() as here:
        choose(desk.world.outside, desk.world.viewer(here), kind, clockify_id, target)


def usd(amount: str) -> tuple[tuple[str, Decimal], ...]:
    return (("USD", Decimal(amount)),)


def test_f23_one_line_says_who_how_long_and_how_much(desk):
    """Jane's three entries wait as one line with their hours and their money."""
    for days_ago in (1, 2, 3):
        desk.track(JANE, CARS, days_ago=days_ago, minutes=90)
    recount(desk)
    line = lines(desk)[JANE]
    assert (line.kind, line.hold) == (LinkKind.USER, Hold.PERSON_NOT_LINKED)
    assert line.sum.entries == 3
    assert line.sum.minutes == 270
    rate = line.sum.money[0][1] / line.sum.minutes * 60
    assert line.sum.money == usd(f"{rate * 270 / 60:.2f}")
    assert rate > 0


def test_f23_the_longest_wait_comes_first(desk):
    """What most hours wait for is on top."""
    desk.track(JANE, CARS, minutes=30)
    desk.track(EMILY, ORCHARD, minutes=45)
    recount(desk)
    assert list(lines(desk)) == [ORCHARD, JANE]


def test_f23_an_entry_that_lacks_two_links_is_under_both_and_counted_once(desk):
    """Jane's time in the orchard needs two links, and is still one entry."""
    desk.track(JANE, ORCHARD, minutes=60)
    recount(desk)
    found = lines(desk)
    assert found[JANE].sum.entries == found[ORCHARD].sum.entries == 1
    assert found[JANE].own.entries == 1
    assert found[ORCHARD].own == Sum()
    assert total(found.values()).entries == 1
    assert total(found.values()).minutes == 60


def test_f23_choosing_a_record_frees_its_entries_at_once(desk):
    """The moment Jane is linked her line is gone, and her entries are ready."""
    desk.track(JANE, CARS, minutes=60)
    desk.track(JANE, ORCHARD, minutes=60)
    recount(desk)
    assert set(lines(desk)) == {JANE, ORCHARD}
    link(desk, LinkKind.USER, desk.world.user_id(JANE), "employee:55")
    found = lines(desk)
    assert set(found) == {ORCHARD}
    assert found[ORCHARD].own.entries == 1
    seen = report(desk)
    assert seen.totals[State.READY].count == 1
    assert seen.totals[State.ATTENTION].count == 1


def test_f23_taking_a_link_apart_makes_its_time_wait(desk):
    """Time that was ready a moment ago waits as soon as its link is undone."""
    desk.track(EMILY, CARS, minutes=60)
    recount(desk)
    assert lines(desk) == {}
    link(desk, LinkKind.USER, desk.world.user_id(EMILY), "")
    assert lines(desk)[EMILY].sum.entries == 1


def test_f22_a_leaver_with_unsent_time_is_still_there(desk):
    """Whoever was deactivated or deleted keeps their line until their time is sent."""
    desk.track(JANE, CARS, minutes=60)
    gone = desk.world.workspace.add_user("Gus Gone")
    desk.track("Gus Gone", CARS, minutes=30)
    desk.world.workspace.deactivate_user(JANE)
    desk.world.workspace.delete_user("Gus Gone")
    desk.world.work()
    recount(desk)
    found = lines(desk)
    assert found[JANE].row is not None
    assert found[JANE].row.inactive
    line = next(each for each in found.values() if each.clockify_id == gone.id)
    assert line.sum.minutes == 30
    link(desk, LinkKind.USER, gone.id, "employee:55")
    assert gone.id not in {each.clockify_id for each in lines(desk).values()}


def test_f22_an_inactive_record_is_named_and_another_can_be_chosen(desk):
    """Emily's employee is made inactive: her time waits, and the reason names it."""
    desk.track(EMILY, CARS, minutes=60)
    number = desk.company.id_of("Employee", EMILY)
    desk.company.deactivate("Employee", number)
    refresh_lists(desk)
    recount(desk)
    line = lines(desk)[EMILY]
    assert line.hold is Hold.PERSON_INACTIVE
    assert line.row is not None
    assert "inactive in QuickBooks" in line.row.trouble


def refresh_lists(desk: Desk) -> None:
    """Press "Check for new users and customers"."""
    token = desk.world.token("Olivia Owen")
    desk.world.ask("POST", "/directory/refresh", token=token).raise_for_status()
    desk.world.work()


def test_what_no_link_would_free_is_not_waiting(desk):
    """A running timer, a closed month and sent time are none of the links' business."""
    desk.company.close_books(date(2026, 11, 15))
    desk.track(JANE, CARS, days_ago=20)
    desk.world.workspace.start_timer(JANE, CARS)
    refresh_lists(desk)
    recount(desk)
    assert lines(desk) == {}


def test_time_left_out_on_purpose_is_not_waiting(desk):
    """Jane is left out: nobody is told that her time waits."""
    desk.track(JANE, CARS)
    recount(desk)
    link(desk, LinkKind.USER, desk.world.user_id(JANE), f"{Target.OUT}:")
    assert lines(desk) == {}


def test_money_of_other_currencies_is_not_added_up(desk):
    """Euros and dollars that wait for one link are told apart."""
    both = Sum(1, 60, usd("10.00")).plus(Sum(1, 30, (("EUR", Decimal("5.00")),)))
    assert both.money == (("EUR", Decimal("5.00")), ("USD", Decimal("10.00")))
    assert both.plus(both).entries == 4


def test_a_quiet_hour_needs_no_count(desk):
    """Entries are read once an hour for this, not with every piece of news."""
    asked = desk.world.sandbox.clockify.requests
    recount(desk)

    def reports() -> int:
        return sum("reports" in str(each) for each in asked)

    before = reports()
    assert before
    with desk.world.inside() as here:
        number = here.id
    desk.world.outside.ring("waiting", number)
    desk.world.work()
    assert reports() == before
    desk.time.forward(timedelta(hours=1).total_seconds())
    desk.world.outside.ring("waiting", number)
    desk.world.work()
    assert reports() == before + 1


def test_a_report_that_cannot_be_read_is_told_and_tried_again(desk):
    """While Clockify is away the last numbers stay."""
    desk.track(JANE, CARS)
    recount(desk)
    trouble = desk.world.sandbox.clockify.trouble
    trouble.always(path="/reports", effect=html_502)
    recount(desk)
    assert lines(desk)[JANE].sum.entries == 1
    company_id = desk.company_id
    with desk.world.inside():
        kept = unsent_count(company_id)
        assert kept is not None
        assert kept.problem
        assert kept.stale_since is not None
    trouble.clear()
    recount(desk)
    with desk.world.inside():
        kept = unsent_count(company_id)
        assert kept is not None
        assert not kept.problem


def test_a_vendor_waits_for_nothing(desk):
    """Pam is linked to a vendor, which is as good as an employee."""
    desk.track(PAM, CARS)
    recount(desk)
    assert lines(desk) == {}
