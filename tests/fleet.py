"""
Real workers of the add-on, as processes of their own, on a clock that runs faster.

All processes and both pretend services share one clock: `factor` seconds of theirs
pass in a second of ours. `python -m tests.fleet` is such a worker; a `Fleet` starts
some, kills some and looks at what became of the hours.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from addon import create_app, logs
from addon.config import Settings
from addon.records import db, everywhere
from addon.records.receipt import Receipt
from addon.records.run import Run, RunState
from addon.sandbox.quickbooks.throttle import Limits
from addon.transfer.pool import Pool
from tests.begun import a_run
from tests.life import track
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent
# What a worker process is told of the common clock: when it began, and how fast.
BEGAN, FACTOR = "FLEET_BEGAN", "FLEET_FACTOR"
# The header in which a worker process names itself.
PROCESS = "X-Process"


class FastClock:
    """A clock that began with the real one and runs `factor` times as fast."""

    def __init__(self, factor: float, began: float | None = None) -> None:
        self.factor = factor
        self.began = time.time() if began is None else began

    def __call__(self) -> datetime:
        """Tell the time."""
        passed = (time.time() - self.began) * self.factor
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=passed)

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds of this clock."""
        time.sleep(max(0.0, seconds) / self.factor)

    @property
    def environ(self) -> dict[str, str]:
        """What another process must know to tell the same time."""
        return {BEGAN: repr(self.began), FACTOR: repr(self.factor)}


class FastPool(Pool):
    """The calls under way at once; waits are those of the faster clock."""

    def __init__(self, most: int, factor: float) -> None:
        super().__init__(most)
        self._factor = factor

    def wait(self, calls: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Wait for the first of these to be over."""
        return super().wait(calls, seconds / self._factor)


def fast_app(settings: Settings, clock: FastClock) -> Flask:
    """Build the add-on so that all its waiting is by the faster clock."""
    app = create_app(settings, clock=clock)
    outside, queue = app.extensions["outside"], app.extensions["queue"]

    def ring(task: str, number: int, delay: float = 0) -> None:
        queue.ring(task, number, delay / clock.factor)

    app.extensions["outside"] = replace(
        outside,
        sleep=lambda seconds: outside.halt.wait(seconds / clock.factor),
        ring=ring,
        pool=partial(FastPool, factor=clock.factor),
    )
    return app


class Fleet:
    """Workers at one database and queue, and the pretend services they work with."""

    def __init__(
        self, folder: Path, factor: float = 5.0, environ: dict[str, str] | None = None
    ) -> None:
        self.clock = FastClock(factor)
        self.folder = folder
        self.world = World(
            folder, clock=self.clock, sleep=self.clock.sleep, entries=0, environ=environ
        )
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self.kills = 0

    @contextmanager
    def open(self, *, limits: bool = True) -> Iterator["Fleet"]:
        """Install and connect; QuickBooks takes 300 ms a call and 100 ms an item."""
        books = self.world.sandbox.quickbooks
        with self.world as world:
            world.sandbox.clockify.rate_limit = None
            world.workspace.entries.clear()
            world.workspace.hooks.hold = True
            world.install()
            world.connect()
            books.time_scale = 1 / self.clock.factor
            books.latency, books.item_latency = 0.3, 0.1
            books.limits = Limits() if limits else None
            try:
                yield self
            finally:
                self.stop()

    def start(self, workers: int) -> None:
        """Start so many more workers."""
        for _ in range(workers):
            self.start_one()

    def start_one(self) -> int:
        """Start one more worker; give its process number."""
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **self.world.environ,
            **self.clock.environ,
        }
        with (self.folder / "workers.log").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.fleet"],
                env=environ,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.workers[process.pid] = process
        return process.pid

    def kill(self, number: int) -> None:
        """End one worker at once, as a power cut would."""
        process = self.workers.pop(number)
        process.kill()
        process.wait()
        self.kills += 1

    def stop(self) -> None:
        """Ask every worker to leave, and see that it does."""
        for process in self.workers.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self.workers.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.workers.clear()

    def track(self, entries: int, dice: Any, workspace: Any = None) -> list[str]:
        """Let people track time; give the entries' ids."""
        where = workspace or self.world.workspace
        return [self._track_one(where, dice).id for _ in range(entries)]

    def _track_one(self, where: Any, dice: Any) -> Any:
        entry = track(where, dice, 4)
        entry.start -= timedelta(days=dice.randrange(0, 20))
        entry.end = entry.start + timedelta(minutes=dice.randrange(1, 480))
        entry.description = f"{entry.description} {dice.randrange(10**9)}"
        return entry

    def press_send(self, ids: list[str], workspace: Any = None) -> int:
        """Begin a run as somebody who has confirmed these entries; give its number."""
        from addon.records.connection import current

        with self.world.inside(workspace) as here:
            held = current()
            assert held is not None
            run = a_run(here.id, held.company_id, ids, self.clock())
            number, company_id = run.id, run.company_id
        self.world.app.extensions["queue"].ring("send", company_id)
        return number

    def open_runs(self) -> int:
        """Count runs that are not over."""
        with self.world.app.app_context(), everywhere():
            over = (RunState.DONE, RunState.STOPPED)
            query = db.select(db.func.count(Run.id)).where(Run.state.not_in(over))
            found = db.session.scalar(query) or 0
            db.session.rollback()
            return found

    def settle(self, seconds: float) -> bool:
        """Wait until every run is over, so many real seconds at most."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.open_runs():
                return True
            time.sleep(0.25)
        return False

    def wrong(self, ids: Collection[str]) -> list[str]:
        """Compare receipts and activities: lost, doubled and mixed up ones."""
        with self.world.app.app_context(), everywhere():
            rows = db.session.execute(db.select(Receipt.entry_id, Receipt.activity_id))
            receipts = {row.entry_id: row.activity_id for row in rows}
            db.session.rollback()
        companies = self.world.sandbox.quickbooks.companies.values()
        held = Counter(row["Id"] for each in companies for row in each.activities)
        claimed = Counter(receipts.values())
        return [
            *(f"lost: {each}" for each in ids if each not in receipts),
            *(f"not there: {each}" for each in claimed if each not in held),
            *(f"doubled: {each}" for each in held if each not in claimed),
            *(f"claimed twice: {each}" for each, n in claimed.items() if n > 1),
        ]


def clock_of(environ: Mapping[str, str]) -> FastClock:
    """Share the clock of whoever started this process."""
    return FastClock(float(environ[FACTOR]), float(environ[BEGAN]))


def main() -> None:
    """Be one worker process on the faster clock."""
    logs.configure()
    clock = clock_of(os.environ)
    app = fast_app(Settings.from_environ(os.environ), clock)
    # The pretend services can tell whose call they have before them.
    app.extensions["outside"].http.headers[PROCESS] = str(os.getpid())
    tick(app, clock)
    app.extensions["queue"].run_forever()


def tick(app: Flask, clock: FastClock) -> None:
    """Sweep each minute of the faster clock, as the queue does by the real one."""

    def again_and_again() -> None:
        while not app.extensions["halt"].is_set():
            clock.sleep(60)
            app.extensions["queue"].ring("sweep", 0)

    threading.Thread(target=again_and_again, daemon=True).start()


if __name__ == "__main__":
    main()
