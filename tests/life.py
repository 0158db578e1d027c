"""One schedule of good and bad luck, as it is drawn before it happens."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from addon.transfer.send import STEPS, Steps
from tests.weather import MONDAY


@dataclass(frozen=True)
class Kind:
    """What entries may look like; two of one kind are the same to QuickBooks."""

    user: str
    project: str | None
    day: int
    minutes: int
    words: str
    # Under a service of its own, which QuickBooks else fills in by itself.
    is_drawn: bool = False


# The label of what is sent under a service of its own.
DRAWING = "Drawing"

KINDS = (
    Kind("Emily Platt", "Cool Cars", 3, 60, "Planted roses"),
    Kind("Emily Platt", "Cool Cars", 3, 60, "Planted roses", is_drawn=True),
    Kind("Emily Platt", None, 3, 60, "Planted roses"),
    Kind("Johnson, John", "Jeff's Jalopies", 3, 98, "Trimmed"),
    Kind("Pam Seitz", "Cool Cars", 11, 60, ""),
)


@dataclass
class Life:
    """One schedule: how it is to go, and what came of it."""

    seed: object
    troubles: int = 0
    kills: int = 0
    kill_at: int | None = None
    helpers: float = 0.0  # the chance that a second worker comes by at a wait
    freezes: float = 0.0  # the chance that a worker is frozen for long at a wait
    forget: bool | float = False  # what QuickBooks remembers of request ids
    parcel: int = 30
    runs: int = 1
    entries: int = 6
    workspaces: int = 1
    stops: float = 0.0
    misplaced: bool = False
    hands: float = 0.0  # the chance that a person changes or deletes an activity
    jumps: float = 0.0  # the chance that a clock of ours is wrong, or is set
    drift: float = 0.0  # by how many seconds our clock is set ahead at each wait
    lag: float = 0.0  # by how many seconds Intuit's clock is behind
    expired: bool = False  # the token dies early, and only QuickBooks knows
    only: tuple[str, ...] = ()  # what can strike calls, where not everything can
    kinds: int = len(KINDS)  # how different the entries are
    chance: float | None = None  # of trouble at a call; None: the dice say
    script: list[str] = field(default_factory=list)  # what strikes the first writes
    steps: Steps = STEPS
    struck: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counted: int = 0
    unclear: int = 0  # how often a person was asked to look


def a_life(seed: str) -> Life:
    """Draw a schedule; the same seed always draws the same."""
    dice = random.Random(f"life {seed}")
    return Life(
        seed=seed,
        troubles=dice.choice((0, 3, 8)),
        kills=dice.choice((0, 0, 1, 3)),
        helpers=dice.choice((0, 0.2)),
        freezes=dice.choice((0, 0.1)),
        forget=dice.choice((False, True, 60.0)),
        parcel=dice.choice((1, 2, 3, 30)),
        runs=dice.choice((1, 1, 1, 2, 3)),
        entries=dice.choice((2, 3, 4, 8)),
        workspaces=dice.choice((1, 1, 1, 2)),
        stops=dice.choice((0, 0, 0, 0.1)),
        misplaced=dice.random() < 0.15,
        hands=dice.choice((0, 0, 0.1, 0.5)),
        jumps=dice.choice((0, 0, 0.1, 0.5)),
        lag=dice.choice((0, 0, 0, 1.5, 200, -200, 4000)),
    )


def track(workspace: Any, dice: random.Random, kinds: int) -> Any:
    """Let somebody track time, of one of so many kinds."""
    kind = dice.choice(KINDS[:kinds])
    start = MONDAY - timedelta(days=kind.day)
    facts: dict[str, Any] = {"description": kind.words}
    if kind.is_drawn:
        labels = workspace.tags.values()
        facts["tag_ids"] = [each.id for each in labels if each.name == DRAWING]
    end = start + timedelta(minutes=kind.minutes)
    return workspace._new_entry(kind.user, kind.project, start, end, facts)
