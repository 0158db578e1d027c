"""Looks at every state that a small world can reach, and says how one got there."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol


class World(Protocol):
    """What can be explored: a beginning, the next steps, and what must hold."""

    def beginning(self) -> Hashable:
        """Give the first state."""

    def steps(self, state: Any) -> Iterable[tuple[str, Hashable]]:
        """Give every next step, by name."""

    def wrong(self, state: Any) -> str | None:
        """Say what must never be so, and is."""

    def is_end(self, state: Any) -> bool:
        """Say whether nothing more is owed."""


@dataclass
class Explored:
    """What was seen; `trace` tells how the first wrong state is reached."""

    states: int = 0
    steps: int = 0
    ends: int = 0
    wrong: str | None = None
    trace: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Put the figures, or the counterexample, into words."""
        if self.wrong is None:
            return f"{self.states} states, {self.steps} steps, {self.ends} ends"
        told = "\n".join(
            f"  {number}. {step}" for number, step in enumerate(self.trace, 1)
        )
        return f"{self.wrong}, after\n{told}"


def explore(world: World, most: int = 5_000_000) -> Explored:
    """Visit every state, nearest first; stop at the first one that is wrong."""
    first = world.beginning()
    came: dict[Hashable, tuple[Hashable, str] | None] = {first: None}
    before: dict[Hashable, list[Hashable]] = {first: []}
    queue, ends, seen = deque([first]), [], Explored()
    while queue:
        state = queue.popleft()
        seen.states += 1
        assert seen.states <= most, "this world is too large"
        problem = world.wrong(state)
        if problem is not None:
            seen.wrong, seen.trace = problem, _trace(came, state)
            return seen
        if world.is_end(state):
            ends.append(state)
        for name, after in world.steps(state):
            seen.steps += 1
            if after not in came:
                came[after] = state, name
                before[after] = []
                queue.append(after)
            before[after].append(state)
    seen.ends = len(ends)
    stuck = _first_beyond(came, _reaching(ends, before.__getitem__))
    if stuck is not None:
        seen.wrong, seen.trace = "no end can be reached", _trace(came, stuck)
    return seen


def _reaching(
    ends: Iterable[Hashable], before: Callable[[Hashable], list[Hashable]]
) -> set[Hashable]:
    """Give every state from which an end can be reached."""
    found = set(ends)
    queue = deque(found)
    while queue:
        for state in before(queue.popleft()):
            if state not in found:
                found.add(state)
                queue.append(state)
    return found


def _first_beyond(came: Iterable[Hashable], reaching: set[Hashable]) -> Hashable | None:
    return next((state for state in came if state not in reaching), None)


def _trace(
    came: dict[Hashable, tuple[Hashable, str] | None], state: Hashable
) -> list[str]:
    told: list[str] = []
    while (step := came[state]) is not None:
        state = step[0]
        told.append(step[1])
    return told[::-1]
