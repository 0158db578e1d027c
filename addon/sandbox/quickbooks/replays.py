"""What QuickBooks remembers of request ids: the same id gets the same answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from addon.sandbox.quickbooks.faults import Fault
from addon.sandbox.quickbooks.fields import Row


class Replays:
    """Answers of one company by request id."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.forget: bool | float = False  # True: at once; a number: after seconds
        self.replayed = 0  # how often an old answer was given again
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[datetime, Row | Fault]] = {}
        self._busy: set[str] = set()

    def once(self, key: str | None, work: Callable[[], Row]) -> Row:
        """Do the work, or answer as the first time; a Fault counts as an answer.

        Raises 600 while the first call with this key is still at work.
        """
        if key is None or self.forget is True:
            return work()
        with self._lock:
            known = self._known(key)
            if known is None:
                if key in self._busy:
                    raise Fault("600", f"Duplicate Request ID : {key}")
                self._busy.add(key)
        if known is not None:
            self.replayed += 1
            return _again(known)
        return self._first(key, work)

    def _first(self, key: str, work: Callable[[], Row]) -> Row:
        answer: Row | Fault | None = None
        try:
            answer = work()
        except Fault as fault:
            answer = fault
        finally:
            with self._lock:
                self._busy.discard(key)
                if answer is not None:
                    self._answers[key] = (self.now(), answer)
        return _again(answer)

    def _known(self, key: str) -> Row | Fault | None:
        at, answer = self._answers.get(key, (None, None))
        if at is None or self._too_old(at):
            return None
        return answer

    def _too_old(self, at: datetime) -> bool:
        if self.forget is False:
            return False
        return self.now() - at >= timedelta(seconds=self.forget)


def _again(answer: Row | Fault) -> Row:
    if isinstance(answer, Fault):
        raise answer
    return answer
