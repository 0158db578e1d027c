"""
Answers that get lost by the thousand, and request ids that QuickBooks forgets.

P4_SENDS and P5_ROWS give the numbers; CI's are 10000 and 1000.
"""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from addon.records import db, everywhere
from addon.records.receipt import Receipt
from addon.records.run import Piece
from tests.life import Life
from tests.schedules import Firm, a_firm

SENDS = int(os.environ.get("P4_SENDS", "100"))
ROWS = int(os.environ.get("P5_ROWS", "60"))
# How many of a hundred answers are lost.
SHARES = range(1, 51) if SENDS >= 1000 else (1, 5, 20, 35, 50)
# QuickBooks' time-out and what a lease adds to it.
LEASE = timedelta(seconds=150)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """A firm with two workspaces that send to one company."""
    with a_firm(tmp_path_factory.mktemp("firm")) as made:
        yield made


def _longest(firm: Firm) -> timedelta:
    """Say how long the slowest entry took from its announcement to its receipt."""
    with firm.world.app.app_context(), everywhere():
        begun = {
            each.entry_id: each.announced_at
            for each in db.session.scalars(select(Piece))
        }
        ended = {
            each.entry_id: each.recorded_at
            for each in db.session.scalars(select(Receipt))
        }
    return max(ended[entry_id] - at for entry_id, at in begun.items() if at)


def test_p4_up_to_half_of_all_answers_are_lost(
    firm: Firm, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many answers get lost on the way, each hour is there once, and soon."""
    sent, lost, longest = 0, 0, timedelta(0)
    for share in SHARES:
        life = Life(
            seed=f"dropped {share}",
            entries=SENDS // len(SHARES),
            parcel=5,
            troubles=SENDS,
            chance=share / 100,
            only=("lost",),
            forget=share % 2 == 0,
        )
        wrong = firm.live(life)
        assert not wrong, f"{share} %: {wrong[:3]}"
        sent, lost = sent + life.entries, lost + life.struck.count("lost")
        longest = max(longest, _longest(firm))
    assert longest <= 3 * LEASE
    with capsys.disabled():
        print(
            f"\nP4: {sent} sends, {lost} answers lost: 0 doubled, 0 lost;"
            f" the slowest settled in {longest.total_seconds():.0f} s"
        )


@pytest.mark.parametrize("forget", [True, 60.0], ids=["at once", "after a minute"])
def test_p5_forgotten_request_ids_cost_no_second_activity(
    firm: Firm, forget: bool | float, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every first answer is lost and every id forgotten: nothing is made twice."""
    life = Life(
        seed="forgotten",
        entries=ROWS,
        parcel=10,
        script=["lost"] * (ROWS // 10),
        forget=forget,
    )
    assert not firm.live(life)
    assert len(life.struck) == ROWS // 10
    assert firm.hands.created == ROWS
    with capsys.disabled():
        print(f"\nP5: {ROWS} rows of forgotten calls: 0 sent again blindly")
