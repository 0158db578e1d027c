"""
Every order in which sender, network, QuickBooks and people can act, in small worlds.

EXPLORE=1 explores larger ones too, for some minutes.
"""

import os
from dataclasses import fields

import pytest

from addon.rules.protocol import MOVES, PieceState
from tests.explorer import explore
from tests.model import Bugs, Model, Size

ALL_MEMORIES = ("honoured", "forgotten", "forgotten later")
SMALL = [
    *(
        Size(1, parcel=1, workers=2, troubles=2, hands=1, memory=memory, stops=True)
        for memory in ALL_MEMORIES
    ),
    *(Size(2, parcel=1, workers=2, troubles=1, memory=each) for each in ALL_MEMORIES),
    Size(2, parcel=2, troubles=1, hands=1, memory="forgotten"),
    Size(2, twins=True, workers=2, troubles=1, memory="forgotten later"),
]
LARGE = [
    *(
        Size(2, parcel=2, workers=2, troubles=2, hands=1, memory=memory)
        for memory in ALL_MEMORIES
    ),
    Size(1, parcel=1, workers=2, troubles=4, hands=2, memory="forgotten", stops=True),
    Size(2, twins=True, workers=2, troubles=3, memory="forgotten later"),
    Size(3, parcel=2, workers=1, troubles=2, memory="forgotten"),
]


def test_p1_in_every_order_an_entry_is_there_once_and_comes_to_its_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever happens when: no hour twice, none lost, and no run hangs for ever."""
    seen, states = set(), 0
    for size in SMALL + (LARGE if os.environ.get("EXPLORE") else []):
        model = Model(size)
        found = explore(model)
        assert found.wrong is None, f"{size}: {found}"
        assert found.ends > 0
        seen |= model.moves
        states += found.states
        with capsys.disabled():
            print(f"\n{size}: {found}", end="")
    with capsys.disabled():
        print(f"\nP1 explorer: {states} states, each safe, from each an end is reached")
    # The model makes every move of the real table, but for the one of a second run.
    table = {(before, after) for before, to in MOVES.items() for after in to}
    assert table - seen == {(PieceState.CHOSEN, PieceState.ALREADY)}


@pytest.mark.parametrize("bug", [each.name for each in fields(Bugs)])
def test_p1_the_explorer_finds_each_planted_bug(
    bug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A search that finds nothing proves nothing: these mistakes it finds."""
    worlds = [
        Size(1, parcel=1, workers=2, troubles=2, hands=1, memory="forgotten"),
        Size(2, twins=True, workers=1, troubles=1, memory="forgotten"),
    ]
    found = [explore(Model(size, Bugs(**{bug: True}))) for size in worlds]
    wrong = [each for each in found if each.wrong]
    assert wrong, f"{bug} was not noticed"
    with capsys.disabled():
        print(f"\nP1 explorer, planted {bug}: {wrong[0]}")
