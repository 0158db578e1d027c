"""QuickBooks' clock, told between two looks at it."""

from datetime import UTC, datetime, timedelta

import pytest

from addon.transfer.watch import LONGEST, UNSURE, Watch

OURS = datetime(2026, 11, 23, 18, tzinfo=UTC)
THEIRS = OURS - timedelta(minutes=7)
SOON = timedelta(seconds=0.3)


def looked(took: timedelta = SOON) -> Watch:
    watch = Watch()
    watch.set(THEIRS, took, ours=OURS, steady=100.0)
    return watch


def test_it_goes_on_from_what_an_answer_said():
    """Between two answers their time passes as fast as ours."""
    later = OURS + timedelta(minutes=2)
    assert looked().tell(ours=later, steady=220.0) == THEIRS + timedelta(minutes=2)


@pytest.mark.parametrize("jump", [-90, 900])
def test_a_clock_that_was_set_is_not_believed(jump):
    """Whoever sets the machine's clock, or lets it sleep, makes us look again."""
    later = OURS + timedelta(seconds=60 + jump)
    assert looked().tell(ours=later, steady=160.0) is None


def test_slow_answers_and_old_looks_say_nothing():
    """A guess is no time."""
    slow = looked(UNSURE + timedelta(seconds=1))
    assert slow.tell(ours=OURS, steady=100.0) is None
    late = LONGEST + timedelta(seconds=1)
    ours, steady = OURS + late, 100.0 + late.total_seconds()
    assert looked().tell(ours=ours, steady=steady) is None
    assert Watch().tell(ours=OURS, steady=100.0) is None
