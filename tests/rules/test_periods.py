"""The named periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.periods import Period, days_of

MONDAY, WEDNESDAY, SUNDAY = date(2025, 3, 10), date(2025, 3, 12), date(2025, 3, 16)

todays = st.dates(date(1990, 1, 1), date(2100, 1, 1))
week_starts = st.integers(0, 6)


@pytest.mark.parametrize(
    ("period", "today", "week_start", "start", "end"),
    [
        (Period.TODAY, WEDNESDAY, 0, WEDNESDAY, WEDNESDAY),
        (Period.YESTERDAY, date(2025, 1, 1), 0, date(2024, 12, 31), date(2024, 12, 31)),
        (Period.THIS_WEEK, WEDNESDAY, 0, MONDAY, SUNDAY),
        (Period.THIS_WEEK, WEDNESDAY, 6, date(2025, 3, 9), date(2025, 3, 15)),
        (Period.THIS_WEEK, WEDNESDAY, 3, date(2025, 3, 6), WEDNESDAY),
        (Period.THIS_WEEK, MONDAY, 0, MONDAY, SUNDAY),
        (Period.THIS_WEEK, SUNDAY, 0, MONDAY, SUNDAY),
        (Period.LAST_WEEK, WEDNESDAY, 0, date(2025, 3, 3), date(2025, 3, 9)),
        (Period.LAST_WEEK, date(2025, 1, 1), 6, date(2024, 12, 22), date(2024, 12, 28)),
        (Period.THIS_MONTH, date(2024, 2, 10), 0, date(2024, 2, 1), date(2024, 2, 29)),
        (
            Period.THIS_MONTH,
            date(2025, 12, 31),
            0,
            date(2025, 12, 1),
            date(2025, 12, 31),
        ),
        (Period.LAST_MONTH, date(2025, 3, 31), 0, date(2025, 2, 1), date(2025, 2, 28)),
        (Period.LAST_MONTH, date(2025, 1, 5), 0, date(2024, 12, 1), date(2024, 12, 31)),
        (Period.THIS_QUARTER, WEDNESDAY, 0, date(2025, 1, 1), date(2025, 3, 31)),
        (
            Period.THIS_QUARTER,
            date(2025, 11, 30),
            0,
            date(2025, 10, 1),
            date(2025, 12, 31),
        ),
        (
            Period.LAST_30_DAYS,
            date(2025, 3, 30),
            0,
            date(2025, 3, 1),
            date(2025, 3, 30),
        ),
    ],
)
def test_a_named_period_is_the_days_people_mean(period, today, week_start, start, end):
    """Choosing a period by its name gives its first and last day."""
    assert days_of(period, today=today, week_start=week_start) == (start, end)


@given(todays, week_starts)
def test_weeks_are_whole_and_follow_each_other(today, week_start):
    """Last week ends the day before this week begins, on the chosen weekday."""
    this = days_of(Period.THIS_WEEK, today=today, week_start=week_start)
    last = days_of(Period.LAST_WEEK, today=today, week_start=week_start)
    assert this.start <= today <= this.end
    assert this.start.weekday() == week_start
    assert this.end - this.start == last.end - last.start == timedelta(days=6)
    assert last.end + timedelta(days=1) == this.start


@given(todays)
def test_months_are_whole_and_follow_each_other(today):
    """Last month ends the day before this month begins."""
    this = days_of(Period.THIS_MONTH, today=today)
    last = days_of(Period.LAST_MONTH, today=today)
    assert this.start.day == last.start.day == 1
    assert last.end + timedelta(days=1) == this.start
    assert this.start <= today <= this.end


@given(st.sampled_from(Period), todays, week_starts)
def test_no_period_ends_before_it_begins(period, today, week_start):
    """Every period holds at least one day."""
    start, end = days_of(period, today=today, week_start=week_start)
    assert start <= end


def test_a_period_has_a_label_for_the_menu():
    """The menu speaks plainly."""
    assert Period.LAST_30_DAYS.label == "Last 30 days"
    assert Period("this-week").label == "This week"
