"""Calls that overlap without threads, so that the same seed is the same schedule."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, Self

from tests.weather import Weather


class Overlap:
    """
    Calls under way at once without threads: each ends at a moment the dice choose.

    The service acts when a call begins, mostly; now and then the call itself begins
    late. `meanwhile` is what else may happen while somebody waits.
    """

    def __init__(self, weather: Weather, meanwhile: Callable[[], None]) -> None:
        self._weather = weather
        self._meanwhile = meanwhile
        self._ends: dict[Future[Any], tuple[datetime, Callable[[], object] | None]] = {}

    def __enter__(self) -> Self:
        """Open the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget what was under way."""

    def submit(self, call: Callable[[], object]) -> Future[Any]:
        """Begin a call, or plan to."""
        dice, future = self._weather.dice, Future[Any]()
        seconds = dice.choice((0.1, 1.0, 4.0, dice.uniform(0, 125)))
        is_late = dice.random() < 0.1
        if not is_late:
            _do(call, future)
        end = self._weather.time.now + timedelta(seconds=seconds)
        self._ends[future] = (end, call if is_late else None)
        return future

    def wait(self, calls: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Let time pass until the first of these is over."""
        time = self._weather.time
        first = min(calls, key=lambda each: self._ends[each][0])
        end, call = self._ends[first]
        left = (end - time.now).total_seconds()
        self._meanwhile()
        time.forward(min(max(0.0, left), seconds))
        if left > seconds:
            return set()
        del self._ends[first]
        if call is not None:
            _do(call, first)
        return {first}


def _do(call: Callable[[], object], future: Future[Any]) -> None:
    try:
        future.set_result(call())
    except Exception as problem:  # noqa: BLE001 - as an executor does
        future.set_exception(problem)
