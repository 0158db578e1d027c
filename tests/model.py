"""
A small model of sender, network and QuickBooks, to be explored in every order.

The pieces make the moves of `addon.rules.protocol`, as the real ones do. Time is
whatever may have happened by now: a call that is `over` can do nothing any more, and
"late" needs no step of its own, for every step may come late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from addon.rules.protocol import UNFINISHED, PieceState, checked

CHOSEN, ANNOUNCED = PieceState.CHOSEN, PieceState.ANNOUNCED
KEPT, AWAY, ANSWERED, SILENT, OVER = "kept", "away", "answered", "silent", "over"
MOST_TRIES = 4
NO = "no"


class Piece(NamedTuple):
    """A piece: its state, its request and how often that came to nothing."""

    state: PieceState = CHOSEN
    request: int = -1
    tries: int = 0
    receipt: int = -1


class Row(NamedTuple):
    """An activity: what it was made of; changed 1: a little, 2: a lot."""

    body: int
    changed: int = 0
    alive: bool = True


class Call(NamedTuple):
    """A call under a request id; the answer names a row for each piece, or is NO."""

    pieces: tuple[int, ...]
    status: str = KEPT
    answer: tuple[tuple[int, int], ...] | str | None = None


class Worker(NamedTuple):
    """What a worker holds in its memory, and loses when it dies."""

    flights: frozenset[int] = frozenset()
    # What a look-up has read: the pieces, and the rows by number.
    look: tuple[tuple[int, ...], tuple[tuple[int, Row], ...]] | None = None


class State(NamedTuple):
    """The world at one moment."""

    pieces: tuple[Piece, ...]
    workers: tuple[Worker, ...]
    rows: tuple[Row, ...] = ()
    calls: tuple[Call, ...] = ()
    memory: frozenset[tuple[int, int, int]] = frozenset()  # request, piece, row
    lease: int = -1
    troubles: int = 0
    hands: int = 0
    forgets: bool = False  # whether QuickBooks may forget request ids, from now on
    stops: bool = False  # whether a person may press Stop
    stopping: bool = False


@dataclass(frozen=True)
class Size:
    """How large the world is, and what may go wrong in it."""

    pieces: int = 2
    twins: bool = False
    parcel: int = 2
    workers: int = 1
    troubles: int = 2
    hands: int = 0
    memory: str = "honoured"  # or "forgotten", or "forgotten later"
    stops: bool = False


@dataclass(frozen=True)
class Bugs:
    """Precautions that can be taken away, to see that they are missed."""

    blind: bool = False  # repeats under a new id without looking
    early: bool = False  # looks before the call is over
    greedy: bool = False  # claims what is claimed
    trusting: bool = False  # takes silence for success
    unaware: bool = False  # does not know what people have changed
    unfenced: bool = False  # writes although the lease is lost


def put(items: tuple, number: int, item: object) -> tuple:
    """Give the items with another one at this place."""
    return (*items[:number], item, *items[number + 1 :])


class Model:
    """Every step that may come next, in worlds of one size."""

    def __init__(self, size: Size, bugs: Bugs | None = None) -> None:
        self.size, self.bugs = size, bugs or Bugs()
        self.moves: set[tuple[PieceState, PieceState]] = set()

    def beginning(self) -> State:
        """Give the first state: everything is chosen, nobody works."""
        size = self.size
        return State(
            pieces=(Piece(),) * size.pieces,
            workers=(Worker(),) * size.workers,
            troubles=size.troubles,
            hands=size.hands,
            forgets=size.memory == "forgotten later",
            stops=size.stops,
        )

    def body(self, piece: int) -> int:
        """Say what a piece's activity looks like; twins look alike."""
        return 0 if self.size.twins else piece

    def move(self, state: State, number: int, to: PieceState, **more: int) -> State:
        """Let a piece make one move of the protocol."""
        piece = state.pieces[number]
        self.moves.add((piece.state, checked(piece.state, to)))
        moved = piece._replace(state=to, **more)
        return state._replace(pieces=put(state.pieces, number, moved))

    def is_end(self, state: State) -> bool:
        """Say whether nothing more is owed."""
        return all(piece.state not in UNFINISHED for piece in state.pieces)

    def wrong(self, state: State) -> str | None:
        """Say what must never be so, and is."""
        bodies = [self.body(number) for number in range(len(state.pieces))]
        alive = [row.body for row in state.rows if row.alive]
        for body in set(bodies):
            if alive.count(body) > bodies.count(body):
                return "an entry is in QuickBooks twice"
        receipts = [piece.receipt for piece in state.pieces if piece.receipt >= 0]
        if len(set(receipts)) < len(receipts):
            return "two pieces have one activity"
        for body, piece in zip(bodies, state.pieces, strict=True):
            is_recorded = piece.state == PieceState.RECORDED
            if is_recorded and piece.receipt not in range(len(state.rows)):
                return "a receipt names an activity that never was"
            if is_recorded and state.rows[piece.receipt].body != body:
                return "a receipt names another entry's activity"
        return self._left_over(state, receipts) if self.is_end(state) else None

    def _left_over(self, state: State, receipts: list[int]) -> str | None:
        asked = {
            self.body(number)
            for number, piece in enumerate(state.pieces)
            if piece.state == PieceState.REFUSED
        }
        for number, row in enumerate(state.rows):
            if row.alive and number not in receipts and row.body not in asked:
                return "an activity at the end is nobody's"
        return None

    def steps(self, state: State) -> Iterator[tuple[str, State]]:
        """Give every next step."""
        from tests.model_steps import of_people, of_quickbooks, of_workers

        yield from of_workers(self, state)
        yield from of_quickbooks(self, state)
        yield from of_people(self, state)
