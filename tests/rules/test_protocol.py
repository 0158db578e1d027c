"""The state table of a piece: which moves there are, and that no other is made."""

from collections import deque

import pytest

from addon.records.run import UNDER_WAY, Piece
from addon.rules.protocol import (
    BEGINNINGS,
    MOVES,
    UNFINISHED,
    ImpossibleMove,
    PieceState,
    checked,
)

ENDS = set(PieceState) - set(UNFINISHED)


def test_every_state_stands_in_the_table_and_each_move_has_its_reason():
    """Whoever reads the table sees everything that can happen to an entry."""
    assert set(MOVES) == set(PieceState)
    assert all(reason for moves in MOVES.values() for reason in moves.values())


def test_from_every_state_an_end_can_be_reached():
    """No entry can be left standing for ever."""
    for begin in PieceState:
        seen, queue = {begin}, deque([begin])
        while queue:
            for after in MOVES[queue.popleft()]:
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
        assert seen & ENDS


def test_a_receipt_comes_only_after_an_announcement():
    """Nothing counts as sent that was not written down before it was sent."""
    into = {before for before, moves in MOVES.items() if PieceState.RECORDED in moves}
    assert into == {PieceState.ANNOUNCED}
    assert PieceState.RECORDED not in BEGINNINGS


def test_the_database_guards_the_same_states():
    """What the table calls unfinished is what no second run can take."""
    quoted = ", ".join(f"'{state}'" for state in UNFINISHED)
    assert f"state IN ({quoted})" == UNDER_WAY


@pytest.mark.parametrize("before", [None, *PieceState])
@pytest.mark.parametrize("after", PieceState)
def test_a_piece_makes_the_moves_of_the_table_and_no_other(before, after):
    """An entry that was sent can never become one that is to be sent."""
    allowed = BEGINNINGS if before is None else {before, *MOVES[before]}
    piece = Piece()
    piece.__dict__["state"] = before
    if after in allowed:
        assert checked(before, after) == after
        piece.state = after
        assert piece.state == after
    else:
        with pytest.raises(ImpossibleMove):
            piece.state = after
