"""The calls that are under way at once, each in a thread of its own."""

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any


class Pool:
    """A few threads; leaving the block waits for what they still do."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="flight")

    def __enter__(self) -> "Pool":
        """Open the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until every call is over."""
        self._threads.shutdown(wait=True)

    def submit(self, call: Callable[[], object]) -> Future[Any]:
        """Begin a call."""
        return self._threads.submit(call)

    def wait(self, calls: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Wait for the first of these to be over, so many seconds at most."""
        return wait(calls, timeout=seconds, return_when=FIRST_COMPLETED).done
