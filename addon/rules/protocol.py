"""
The protocol of a piece on its way to becoming one activity: the moves it may make.

An announcement is the written intention to make one call: request id and exact body
are committed before it. A receipt is the proof of its activity. Whatever has no
receipt is looked up in QuickBooks before anything is repeated.
"""

from enum import StrEnum


class PieceState(StrEnum):
    """Where a piece stands."""

    CHOSEN = "chosen"
    ANNOUNCED = "announced"
    RECORDED = "recorded"
    REFUSED = "refused"
    HELD = "held"
    ALREADY = "already"
    DROPPED = "dropped"


class Doubt(StrEnum):
    """Why a piece was refused although something may be, or is, in QuickBooks."""

    MAYBE_THERE = "maybe-there"
    WRONG_PERSON_THERE = "wrong-person-there"


class Seen(StrEnum):
    """What a person said of a piece in doubt after looking; its reason from then on."""

    THERE = "is-there"
    NOT_THERE = "not-there"


# What each state may become, and when.
MOVES: dict[PieceState, dict[PieceState, str]] = {
    # Nothing has left this house.
    PieceState.CHOSEN: {
        PieceState.ANNOUNCED: "request id and exact body are kept; the call may begin",
        PieceState.HELD: "our own rules say no by now",
        PieceState.ALREADY: "a receipt speaks for the entry by now",
        PieceState.DROPPED: "the run was stopped before its turn",
    },
    # The call may have happened or not.
    PieceState.ANNOUNCED: {
        PieceState.RECORDED: "a receipt names the activity",
        PieceState.REFUSED: "QuickBooks said no, or a person has to look",
        PieceState.CHOSEN: "the call certainly left nothing behind",
    },
    # Final: a receipt names the activity.
    PieceState.RECORDED: {},
    # Final: there is no activity, or a person was told where to look for one.
    PieceState.REFUSED: {},
    # Final: our own rules said no.
    PieceState.HELD: {},
    # Final: a receipt or another run has it.
    PieceState.ALREADY: {},
    # Final: the run was stopped before its turn.
    PieceState.DROPPED: {},
}

# How a piece may begin: chosen, or never to be sent by this run.
BEGINNINGS = frozenset({PieceState.CHOSEN, PieceState.HELD, PieceState.ALREADY})
# These end by themselves, each with a receipt or with a reason.
UNFINISHED = tuple(state for state, moves in MOVES.items() if moves)


class ImpossibleMove(Exception):
    """Raised where a piece would become what it never may: a bug, not bad luck."""


def checked(before: str | None, after: str) -> PieceState:
    """Give the state after a move (None: before it began), or raise ImpossibleMove."""
    state = PieceState(after)
    if before is None:
        allowed = state in BEGINNINGS
    else:
        allowed = before == state or state in MOVES[PieceState(before)]
    if not allowed:
        raise ImpossibleMove(f"a piece that is {before or 'new'} cannot become {state}")
    return state
