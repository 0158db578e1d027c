"""QuickBooks' clock as its answers tell it: ours may be wrong, or set while we work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# An answer that took longer says too little about the moment of its arrival.
UNSURE = timedelta(seconds=5)
# How far two of our own clocks may drift apart before one of them has been set, or
# the machine has slept.
DRIFT = timedelta(seconds=2)
# How long one look is enough.
LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class _Look:
    theirs: datetime
    ours: datetime
    steady: float


class Watch:
    """
    Goes as QuickBooks' clock goes, from one look at it to the next.

    It is never ahead of QuickBooks' clock, and behind it by UNSURE at most.
    """

    def __init__(self) -> None:
        self._last: _Look | None = None

    def set(
        self, theirs: datetime, took: timedelta, *, ours: datetime, steady: float
    ) -> None:
        """Set it by an answer that has just arrived and took so long."""
        if took <= UNSURE:
            self._last = _Look(theirs, ours, steady)

    def tell(self, *, ours: datetime, steady: float) -> datetime | None:
        """Tell their time; None where one has to look again."""
        last = self._last
        if last is None:
            return None
        passed = timedelta(seconds=steady - last.steady)
        is_set = abs(ours - last.ours - passed) > DRIFT
        return None if is_set or passed > LONGEST else last.theirs + passed
