"""Lengths of time as sentences say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.durations import say


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (5, "5 min"),
        (45, "45 min"),
        (60, "1 h"),
        (65, "1 h 05"),
        (100, "1 h 40"),
        (120, "2 h"),
        (1435, "23 h 55"),
        (2250, "37 h 30"),
        (-90, "-1 h 30"),
    ],
)
def test_a_length_is_said_the_way_people_write_it(minutes, said):
    """Hours and minutes are easy to read and never mistaken for decimals."""
    assert say(minutes) == said


@given(st.integers(), st.integers())
def test_different_lengths_are_said_differently(a, b):
    """Two lengths that look the same are the same."""
    assert (say(a) == say(b)) == (a == b)
