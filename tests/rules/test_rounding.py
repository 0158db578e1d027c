"""Workspace rounding, and seconds into whole minutes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.entry import Rounding, RoundingWay
from addon.rules.rounding import round_duration, whole_minutes

lengths = st.timedeltas(timedelta(0), timedelta(days=40))
steps = st.integers(1, 1440)
roundings = st.builds(Rounding, st.sampled_from(RoundingWay), steps)


def a_length(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("way", "step", "length", "rounded"),
    [
        (RoundingWay.UP, 10, "1:38:00", "1:40:00"),
        (RoundingWay.UP, 10, "1:40:00", "1:40:00"),
        (RoundingWay.UP, 10, "1:40:01", "1:50:00"),
        (RoundingWay.UP, 15, "0:00:00", "0:00:00"),
        (RoundingWay.UP, 15, "0:00:01", "0:15:00"),
        (RoundingWay.DOWN, 10, "1:38:00", "1:30:00"),
        (RoundingWay.DOWN, 15, "0:14:59", "0:00:00"),
        (RoundingWay.NEAREST, 15, "1:07:29", "1:00:00"),
        (RoundingWay.NEAREST, 15, "1:07:30", "1:15:00"),
        (RoundingWay.NEAREST, 5, "0:02:30", "0:05:00"),
        (RoundingWay.NEAREST, 5, "0:02:29", "0:00:00"),
        (RoundingWay.NEAREST, 1, "0:00:30", "0:01:00"),
        (RoundingWay.UP, 60, "23:01:00", "24:00:00"),
    ],
)
def test_hours_are_rounded_the_way_the_workspace_rounds(way, step, length, rounded):
    """What QuickBooks receives is what the Clockify report shows."""
    rounding = Rounding(way, step)
    assert round_duration(a_length(length), rounding) == a_length(rounded)


def test_hours_stay_exact_where_the_workspace_does_not_round():
    """Without rounding not a second is changed."""
    assert round_duration(a_length("1:38:07"), None) == a_length("1:38:07")


@pytest.mark.parametrize("step", [0, -5, 1441, 10**15])
def test_a_step_that_makes_no_sense_changes_nothing(step):
    """A broken rounding setting never invents or loses hours."""
    rounding = Rounding(RoundingWay.UP, step)
    assert round_duration(a_length("1:38:07"), rounding) == a_length("1:38:07")


@given(lengths, roundings)
def test_rounding_twice_is_rounding_once(length, rounding):
    """Hours that a report rounded already are not rounded any further."""
    once = round_duration(length, rounding)
    assert round_duration(once, rounding) == once


@given(lengths, roundings)
def test_rounding_ends_on_a_step_less_than_one_step_away(length, rounding):
    """Rounding never moves hours by a whole step, and only the way it says."""
    step = timedelta(minutes=rounding.minutes)
    moved = round_duration(length, rounding) - length
    assert not round_duration(length, rounding) % step
    match rounding.way:
        case RoundingWay.UP:
            assert timedelta(0) <= moved < step
        case RoundingWay.DOWN:
            assert -step < moved <= timedelta(0)
        case RoundingWay.NEAREST:
            assert -step / 2 < moved <= step / 2


@given(lengths, lengths, roundings)
def test_longer_work_never_rounds_to_less(a, b, rounding):
    """Who worked longer is never shown as having worked less."""
    shorter, longer = sorted([a, b])
    assert round_duration(shorter, rounding) <= round_duration(longer, rounding)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("0:00:00", 0),
        ("0:00:29", 0),
        ("0:00:30", 1),
        ("1:38:29", 98),
        ("1:38:30", 99),
        ("23:55:29", 1435),
        ("23:55:30", 1436),
    ],
)
def test_seconds_become_the_nearest_whole_minute(length, minutes):
    """Half a minute counts as a whole one, less does not count."""
    assert whole_minutes(a_length(length)) == minutes


@given(st.timedeltas())
def test_whole_minutes_lose_or_win_at_most_half_a_minute(length):
    """No entry is off by more than thirty seconds, however long it is."""
    in_microseconds = length // timedelta(microseconds=1)
    difference = whole_minutes(length) * 60_000_000 - in_microseconds
    assert -30_000_000 < difference <= 30_000_000
