"""The background's way in: a doorbell that wakes a worker, and a clock that sweeps."""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
import redis
import structlog
from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from addon.memory import give_back
from addon.records import db
from addon.transfer.counting import count
from addon.transfer.idle import keep_alive
from addon.transfer.install import say_farewell
from addon.transfer.moving import look, look_by_itself
from addon.transfer.outside import Outside
from addon.transfer.refresh import refresh
from addon.transfer.send import send
from addon.transfer.sweep import sweep

log = structlog.get_logger()

# Threads that take rings off the queue and hand them to the lanes.
LISTENERS = 2
# How many of a kind are done at once. Each kind has threads of its own, so that none
# waits for another; nearly all of them wait for the network, so threads are cheap.
LANES = {
    "refresh": 8,
    "waiting": 4,
    "moving": 4,
    "send": 64,
    "renew": 2,
    "farewell": 1,
    "sweep": 1,
}
# Where a lane is full the ring goes back to the queue for so many seconds: another
# process may have room.
FULL = 1.0
# How long one kind of work rests before it is done again for the same workspace: where
# news never ends the lists are read at a steady pace, and each reading is metered.
RESTS = {"refresh": 1.0}
# A ring that comes by so little too early is answered, not put off.
SLACK = 0.3
# What a queue that is away may raise; its work is found by the sweep.
QUEUE_TROUBLE = (OSError, sqlite3.Error, psycopg.Error, redis.RedisError)

Task = Callable[[Outside, int], None]


def _in_turn(*tasks: Task) -> Task:
    """Make one task of several, each of which commits for itself."""

    def all_of_them(outside: Outside, number: int) -> None:
        for each in tasks:
            each(outside, number)

    return all_of_them


TASKS: dict[str, Task] = {
    "refresh": _in_turn(refresh, look_by_itself, count),
    "waiting": _in_turn(look_by_itself, count),
    "moving": look,
    "send": send,
    "renew": keep_alive,
    "farewell": lambda outside, _number: say_farewell(outside),
    "sweep": lambda outside, _number: sweep(outside),
}


class Lane:
    """Threads for one kind of work."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threading.Semaphore(threads)

    def begin(self, work: Callable[[], None]) -> bool:
        """Begin the work in a thread of its own; False where none is free."""
        if not self._free.acquire(blocking=False):
            return False
        try:
            self._threads.submit(self._do, work)
        except RuntimeError:
            # The lane is closed.
            self._free.release()
            return False
        return True

    def close(self) -> None:
        """Begin nothing any more, and wait for what is under way."""
        self._threads.shutdown(wait=True)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            self._free.release()


class Queue:
    """
    The doorbell of one application.

    A ring names a task and a number, never work itself: what is owed is always a row
    in the database, so that a lost ring costs time only.
    """

    def __init__(self, app: Flask, url: str) -> None:
        self._app = app
        self.huey = _huey(url)
        self._halt: threading.Event = app.extensions["halt"]
        self._consumer: _Threads | None = None
        # Where nobody has opened lanes, whoever answers a ring does the work himself.
        self._lanes: dict[str, Lane] = {}
        # What is being done here, and whether somebody has rung for it since.
        self._busy: dict[tuple[str, int], bool] = {}
        # When what was done here rests no longer, and what is rung for until then.
        self._rests: dict[tuple[str, int], float] = {}
        self._put_off: set[tuple[str, int]] = set()
        self._lock = threading.Lock()
        self._wake = self.huey.task(name="wake")(self._answer)
        self.huey.periodic_task(crontab(minute="*"), name="tick")(self._tick)

    @property
    def is_embedded(self) -> bool:
        """Whether the queue is a file, so that the web process works it off itself."""
        return isinstance(self.huey, SqliteHuey)

    def ring(self, task: str, number: int, delay: float = 0) -> None:
        """Wake a worker for a task, now or after some seconds."""
        try:
            if delay > 0:
                self._wake.schedule(args=(task, number), delay=delay)
            else:
                self._wake(task, number)
        except QUEUE_TROUBLE as problem:
            log.warning("queue.unreachable", problem=type(problem).__name__)

    trouble = QUEUE_TROUBLE

    def ping(self) -> None:
        """Reach the queue, or raise one of QUEUE_TROUBLE."""
        self.huey.pending_count()

    def start_worker_threads(self) -> None:
        """Work the queue off inside this process until stop is called."""
        self._open_lanes()
        self._consumer = _Threads(
            self.huey, workers=LISTENERS, max_delay=0.25, check_worker_health=False
        )
        self._consumer.start()
        self.ring("sweep", 0)

    def stop(self) -> None:
        """Let what is under way come to its end, and stop."""
        if self._consumer is not None:
            self._consumer.stop_flag.set()
        self._halt.set()
        self._close_lanes()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None

    def run_forever(self) -> None:
        """Be a worker process until a signal ends it."""
        self._open_lanes()
        consumer = Consumer(
            self.huey, workers=LISTENERS, max_delay=0.25, graceful_signal="TERM"
        )
        self.ring("sweep", 0)
        threading.Thread(
            target=self._halt_with, args=(consumer.stop_flag,), daemon=True
        ).start()
        consumer.run()
        self._halt.set()
        self._close_lanes()

    def _open_lanes(self) -> None:
        give_back()
        self._lanes = {name: Lane(name, threads) for name, threads in LANES.items()}

    def _close_lanes(self) -> None:
        for lane in self._lanes.values():
            lane.close()

    def _halt_with(self, stopped: threading.Event) -> None:
        stopped.wait()
        self._halt.set()

    def _tick(self) -> None:
        self._answer("sweep", 0)

    def _answer(self, task: str, number: int) -> None:
        """
        Have a task done in its lane; a full one is rung for again later.

        Rings for what is being done here already are one: it is done once more. So
        are those for what rests.
        """
        lane = self._lanes.get(task)
        if lane is None:
            self._do(task, number)
            return
        if self._put_off_if_resting(task, number):
            return
        with self._lock:
            is_busy = (task, number) in self._busy
            self._busy[task, number] = is_busy
        if not is_busy and not lane.begin(partial(self._do_all, task, number)):
            with self._lock:
                del self._busy[task, number]
            self.ring(task, number, delay=FULL)

    def _put_off_if_resting(self, task: str, number: int) -> bool:
        """Ring for a task that rests at the end of that, once; say whether it rests."""
        with self._lock:
            wait = self._rests.get((task, number), 0.0) - time.monotonic()
            if wait <= SLACK:
                self._rests.pop((task, number), None)
                self._put_off.discard((task, number))
                return False
            is_rung = (task, number) in self._put_off
            self._put_off.add((task, number))
        if not is_rung:
            self.ring(task, number, delay=wait)
        return True

    def _do_all(self, task: str, number: int) -> None:
        """Do a task, and again as long as somebody has rung for it meanwhile."""
        rest = RESTS.get(task, 0.0)
        while True:
            self._do(task, number)
            with self._lock:
                is_wanted = self._busy[task, number] and not self._halt.is_set()
                if not is_wanted or rest:
                    del self._busy[task, number]
                    if rest:
                        self._rests[task, number] = time.monotonic() + rest
                    break
                self._busy[task, number] = False
        if is_wanted:
            self._put_off_if_resting(task, number)

    def _do(self, task: str, number: int) -> None:
        """Do one task; what fails is logged here and found again by the sweep."""
        with self._app.app_context():
            outside: Outside = self._app.extensions["outside"]
            try:
                TASKS[task](outside, number)
            except SQLAlchemyError as problem:
                log.warning("task.database", task=task, problem=type(problem).__name__)
            except Exception:
                log.exception("task.broken", task=task, number=number)
            finally:
                db.session.rollback()


class _Threads(Consumer):  # type: ignore[misc]
    """A consumer inside somebody else's process, whose signals are not its own."""

    def _set_signal_handlers(self) -> None:
        """Leave the process's signal handlers alone."""


def _huey(url: str) -> Huey:
    scheme = urlsplit(url).scheme
    common: dict[str, Any] = {"name": "hours-to-books", "results": False}
    if scheme == "sqlite":
        return SqliteHuey(
            filename=url.removeprefix("sqlite:///"), fsync=True, timeout=20, **common
        )
    if scheme.startswith("redis"):
        # A queue that is silent must not hold up whoever has pressed a button.
        patient = _with_defaults(url, socket_connect_timeout=5, socket_timeout=30)
        return RedisHuey(url=patient, **common)
    plain = url.replace("+psycopg", "", 1)
    patient = _with_defaults(plain, connect_timeout=5, tcp_user_timeout=30_000)
    return PostgresHuey(dsn=patient, **common)


def _with_defaults(url: str, **options: int) -> str:
    """Add options to an address, except those that it names itself."""
    address, _, query = url.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    return f"{address}?{urlencode({**options, **given})}"
