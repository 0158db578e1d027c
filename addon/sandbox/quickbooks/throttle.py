"""QuickBooks' limits per company, counted over real windows of the server's clock."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """The published figures (QuickBooks: limits and throttles)."""

    per_minute: int = 500
    per_second: int = 10
    batches_per_minute: int = 40
    # Over all of the company's programs together.
    per_minute_of_all: int = 800
    batches_per_minute_of_all: int = 120


class Throttle:
    """The calls of one company within the last minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[datetime] = deque()
        self._batches: deque[datetime] = deque()
        self._others: deque[tuple[datetime, bool]] = deque()

    def note_other(self, now: datetime, *, batch: bool = False) -> None:
        """Count a call that another program makes to the company."""
        with self._lock:
            self._others.append((now, batch))

    def admits(self, limits: Limits, now: datetime, *, batch: bool) -> bool:
        """Count the call if there is room for it; a refused one is not counted."""
        with self._lock:
            for window in (self._calls, self._batches):
                while window and now - window[0] >= timedelta(minutes=1):
                    window.popleft()
            second = sum(now - at < timedelta(seconds=1) for at in self._calls)
            while self._others and now - self._others[0][0] >= timedelta(minutes=1):
                self._others.popleft()
            batches = len(self._batches) + sum(each for _, each in self._others)
            full = (
                len(self._calls) + len(self._others) >= limits.per_minute_of_all
                or (batch and batches >= limits.batches_per_minute_of_all)
                or len(self._calls) >= limits.per_minute
                or second >= limits.per_second
                or (batch and len(self._batches) >= limits.batches_per_minute)
            )
            if full:
                return False
            self._calls.append(now)
            if batch:
                self._batches.append(now)
            return True
