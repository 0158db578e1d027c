"""QuickBooks is away for hours: nothing is lost, it is hardly asked, all goes on."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from addon.records.run import RunState
from addon.transfer.progress import Progress
from tests.pressure import MINUTE, Pressure

# By hand, as promised: P31_ENTRIES=10000 P31_HOURS=6.
ENTRIES = int(os.environ.get("P31_ENTRIES", "270"))
HOURS = float(os.environ.get("P31_HOURS", "0.2"))
CEILING = 40 * 30


@pytest.fixture(scope="module")
def pressure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressure]:
    """A firm that sends much at once."""
    folder: Path = tmp_path_factory.mktemp("outage")
    with Pressure(folder).open() as made:
        yield made  # type: ignore[misc]


def most_in_a_minute(calls: list[datetime]) -> int:
    """Count the calls of the fullest minute."""
    return max(
        (sum(first <= at < first + MINUTE for at in calls) for first in calls),
        default=0,
    )


def go_away(pressure: Pressure, what: str) -> tuple[datetime, Progress]:
    """Let QuickBooks go in the middle; give since when, and what a person reads."""
    pressure.begin(ENTRIES, lambda number: f"work {number}")
    pressure.road.block_after = (6, what)
    pressure.drive(is_enough=lambda: bool(pressure.road.blocked))
    away = pressure.road.calls[6]
    said: list[Progress] = []
    news = [away]

    def meanwhile() -> None:
        if pressure.time.now - news[-1] > 10 * MINUTE:
            news.append(pressure.time.now)
            pressure.look_for_news()
        if pressure.time.now - away > 5 * MINUTE and not said:
            said.append(pressure.seen())

    pressure.drive(until=away + timedelta(hours=HOURS), also=meanwhile)
    return away, said[0]


@pytest.mark.parametrize("what", ["503", "DNS", "TLS"])
def test_p31_an_outage_of_hours_loses_nothing_and_is_made_good_at_full_speed(
    pressure: Pressure, what: str
) -> None:
    """One call a minute while it is away; then as fast as Intuit allows."""
    away, seen = go_away(pressure, what)
    probes = [at for at in pressure.road.calls if at >= away + MINUTE]
    assert probes
    assert most_in_a_minute(probes) <= 1
    assert sum(away <= at < away + MINUTE for at in pressure.road.calls) <= 12
    assert seen.state is RunState.SENDING
    assert seen.away_since is not None
    assert timedelta(0) <= seen.away_since - away < MINUTE
    left, before = pressure.left(), len(pressure.road.calls)
    pressure.road.blocked = ""
    back = pressure.time.now
    pressure.drive()
    took = pressure.time.now - back
    print(f"P31 {what}: {len(probes)} probes, {left} left, made good in {took}")
    done = pressure.seen()
    assert (done.sent, done.state, done.away_since) == (ENTRIES, RunState.DONE, None)
    assert len(list(pressure.world.company.activities)) == ENTRIES
    # A minute until somebody notices, and three for answers that never came.
    least = timedelta(minutes=left / CEILING)
    assert took <= (least * 1.2 if left > 9000 else least + 4 * MINUTE)
    # Four calls of which nobody knew what became are looked up, a few reads each.
    assert len(pressure.road.calls) - before <= left / 30 + 30
