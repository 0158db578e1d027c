"""
Four machines call several companies for hours of a clock that tests move.

The machines take their turns at the add-on's own gates, in one database; calls take
as long as they do to reach a pretend QuickBooks that counts them in Intuit's windows.
"""

import heapq
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from addon.quickbooks.errors import Busy, QuickBooksError
from addon.sandbox.quickbooks.throttle import Limits, Throttle
from addon.transfer.outside import Outside
from addon.transfer.pace import Away, batch_turn, call_turn, heard
from tests.weather import MONDAY

CLOSED = timedelta(seconds=60)


@dataclass
class Caller:
    """Whoever calls one company from one machine: a run's batches, or reads."""

    machine: int
    company: int
    batch: bool
    left: int = 0  # calls of this burst


@dataclass
class Traffic:
    """What was called, and what QuickBooks said to it."""

    outside: Outside
    dice: random.Random
    hours: float
    companies: int = 3
    machines: int = 4
    outside_429: float = 0.0005  # the chance that a call meets one we did not cause
    now: datetime = MONDAY
    calls: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Let everybody call until the time is over."""
        self._plans: list[tuple[datetime, int, Any]] = []
        self._numbers = count()
        self._throttles = [Throttle() for _ in range(self.companies)]
        self._closed = [MONDAY] * self.companies
        self.outside = replace(self.outside, common_clock=lambda: self.now)
        for machine in range(self.machines):
            for company in range(self.companies):
                for batch in (True, False):
                    caller = Caller(machine, company, batch)
                    self._plan(self.dice.uniform(0, 60), self._begin, caller)
        end = MONDAY + timedelta(hours=self.hours)
        while self._plans and self._plans[0][0] < end:
            self.now, _, (deed, arguments) = heapq.heappop(self._plans)
            deed(*arguments)

    def _plan(self, seconds: float, deed: Any, *arguments: Any) -> None:
        at = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._plans, (at, next(self._numbers), (deed, arguments)))

    def _begin(self, caller: Caller) -> None:
        """Begin a burst: a run of some batches, or lists and look-ups to be read."""
        caller.left = self.dice.randrange(5, 120)
        self._turn(caller)

    def _turn(self, caller: Caller) -> None:
        digest = f"company-{caller.company}"
        take = batch_turn if caller.batch else call_turn
        try:
            wait = take(self.outside, digest)
        except Busy as busy:
            wait = busy.retry_after
        except Away as away:
            wait = away.again_in.total_seconds()
        if wait:
            self._plan(wait, self._turn, caller)
            return
        self.calls["batches" if caller.batch else "reads"] += 1
        if self.now < self._closed[caller.company]:
            self.wrong.append(f"{self.now}: called though asked to wait")
        self._plan(self.dice.uniform(0.02, 0.3), self._arrive, caller)

    def _arrive(self, caller: Caller) -> None:
        throttle, limits = self._throttles[caller.company], Limits()
        problem = None
        if not throttle.admits(limits, self.now, batch=caller.batch):
            self.wrong.append(f"{self.now}: a 429 of our making")
            problem = Busy("429", retry_after=60.0)
        elif self.dice.random() < self.outside_429:
            problem = Busy("429", retry_after=60.0)
            self.calls["outside 429"] += 1
        self._plan(self.dice.uniform(0.1, 3.0), self._answered, caller, problem)

    def _answered(self, caller: Caller, problem: QuickBooksError | None) -> None:
        heard(self.outside, f"company-{caller.company}", problem)
        if problem is not None:
            self._closed[caller.company] = self.now + CLOSED
        caller.left -= 1
        if caller.left > 0:
            self._turn(caller)
        else:
            self._plan(self.dice.uniform(60, 3600), self._begin, caller)
