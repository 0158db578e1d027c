"""The background's way in: a doorbell that wakes a worker, and a clock that sweeps."""

import sqlite3
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
import structlog
from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

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

# Sending waits for the network nearly all the time, so threads are cheap.
WORKERS = 8
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
        self._consumer = _Threads(
            self.huey, workers=WORKERS, max_delay=0.5, check_worker_health=False
        )
        self._consumer.start()
        self.ring("sweep", 0)

    def stop(self) -> None:
        """Let what is under way come to its end, and stop."""
        self._halt.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None

    def run_forever(self) -> None:
        """Be a worker process until a signal ends it."""
        consumer = Consumer(self.huey, workers=WORKERS, max_delay=0.5)
        self.ring("sweep", 0)
        threading.Thread(
            target=self._halt_with, args=(consumer.stop_flag,), daemon=True
        ).start()
        consumer.run()

    def _halt_with(self, stopped: threading.Event) -> None:
        stopped.wait()
        self._halt.set()

    def _tick(self) -> None:
        self._answer("sweep", 0)

    def _answer(self, task: str, number: int) -> None:
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
        return RedisHuey(url=url, **common)
    return PostgresHuey(dsn=url.replace("+psycopg", "", 1), **common)
