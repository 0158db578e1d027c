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


KINDS = (
    Kind("Emily Platt", "Cool Cars", 3, 60, "Planted roses"),
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
    expired: bool = False  # the token dies early, and only QuickBooks knows
    kinds: int = len(KINDS)  # how different the entries are
    chance: float | None = None  # of trouble at a call; None: the dice say
    script: list[str] = field(default_factory=list)  # what strikes the first writes
    steps: Steps = STEPS
    struck: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counted: int = 0


def track(workspace: Any, dice: random.Random, kinds: int) -> Any:
    """Let somebody track time, of one of so many kinds."""
    kind = dice.choice(KINDS[:kinds])
    start = MONDAY - timedelta(days=kind.day)
    facts = {"description": kind.words}
    end = start + timedelta(minutes=kind.minutes)
    return workspace._new_entry(kind.user, kind.project, start, end, facts)
