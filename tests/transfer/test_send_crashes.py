"""
The process ends between any two steps of a sending, on both databases.

CRASH_STRIDE=1 tries every crash point; the usual run tries some of them.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.databases import POSTGRES, wipe
from tests.life import Life
from tests.schedules import Firm, a_firm

# Every so manyth crash point is tried; 1 tries them all.
STRIDE = int(os.environ.get("CRASH_STRIDE", "60"))


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def firm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firm]:
    """A firm with two workspaces that send to one company."""
    database = ""
    if request.param != "sqlite":
        database = request.getfixturevalue("postgres_url")
        wipe(database)
    with a_firm(tmp_path_factory.mktemp("firm"), database) as made:
        yield made


# One life without faults, one whose first answer is lost, one with two workspaces.
CRASHES = {
    "calm": Life(seed="calm", entries=2, parcel=1),
    "lost answer": Life(seed="lost", entries=2, parcel=1, script=["lost"]),
    "lost and forgotten": Life(
        seed="forgotten", entries=2, parcel=1, script=["lost"], forget=True
    ),
    "part of an answer": Life(seed="part", entries=3, script=["missing"]),
    "put under somebody else": Life(seed="misplaced", entries=3, misplaced=True),
}


@pytest.mark.parametrize("name", CRASHES)
def test_p3_a_crash_between_any_two_steps_changes_nothing_in_the_end(
    firm: Firm, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The process ends at each statement, commit and call in turn, and goes on."""
    plan = CRASHES[name]
    clean = replace(plan, struck=[], broken=[], script=list(plan.script))
    assert not firm.live(clean)
    expected = firm.outcome()
    tried = 0
    for step in range(1 + len(name) % STRIDE, clean.counted + 1, STRIDE):
        life = replace(
            plan, kill_at=step, struck=[], broken=[], script=list(plan.script)
        )
        wrong = firm.live(life)
        assert not wrong, f"killed at step {step}: {wrong}"
        assert firm.outcome() == expected, f"killed at step {step}"
        tried += 1
    with capsys.disabled():
        print(f"\nP3 {name}: {tried} of {clean.counted} crash points, one end state")
