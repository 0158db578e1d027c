"""A whole small world for one test: both pretend services, the add-on, a worker."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server

from addon import create_app, records
from addon.config import Settings
from addon.records import installation, within
from addon.records.directory import Directory
from addon.records.installation import Installation
from addon.sandbox import Sandbox
from addon.transfer.outside import Outside, Viewer

# A database after all migrations, as the first world of the process has made it.
_migrated: list[bytes] = []


class _Quiet(WSGIRequestHandler):
    """The add-on writes its own log; this server's would hold tokens."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Write nothing."""


class Clock:
    """A clock that a test can move; it stands still by itself unless it is running."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Tell the time."""
        return (self._start or datetime.now(UTC)) + self._ahead

    def forward(self, seconds: float) -> bool:
        """Move ahead, as sleeping would; nobody asks the process to end."""
        self._ahead += timedelta(seconds=seconds)
        return False


class World:
    """
    Both pretend services and the add-on between them, over real HTTP.

    `work()` does what rings in the queue, one task after another, so that a test
    decides when the background runs; `serve(workers=True)` has real worker threads.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], datetime] | None = None,
        sleep: Callable[[float], object] | None = None,
        environ: dict[str, str] | None = None,
        story: str = "craig",
        entries: int = 60,
        workers: bool = False,
    ) -> None:
        self.folder = folder
        self.clock = clock or Clock()
        if sleep is None and isinstance(self.clock, Clock) and not workers:
            # Who waits moves the clock; nobody waits for real.
            sleep = self.clock.forward
        self._sleep = sleep
        self._environ = environ or {}
        self._workers = workers
        self.sandbox = Sandbox(story=story, entries=entries, now=self.clock)
        # Most tests are about something else than Intuit's and Clockify's limits.
        self.sandbox.quickbooks.limits = None
        self.app: Flask = None  # type: ignore[assignment]

    def __enter__(self) -> Self:
        """Start everything; the add-on gets a port first, then its settings."""
        self.sandbox.start()
        self._server = make_server(
            "127.0.0.1", 0, _not_ready, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://localhost:{self._server.port}"
        self.app = self.make_app()
        self._server.app = self.app
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        self.sandbox.clockify.addon_url = self.url
        if self._workers:
            self.app.extensions["queue"].start_worker_threads()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        self.app.extensions["queue"].stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.sandbox.stop()
        self._close()

    def make_app(self) -> Flask:
        """Build the add-on as an operator would; twice means a restart."""
        settings = Settings.from_environ(self.environ)
        app = create_app(settings, clock=self.clock, sleep=self._sleep)
        file = self.folder / "addon.sqlite"
        if _migrated and not file.exists():
            file.write_bytes(_migrated[0])
        records.migrate(app)
        if not _migrated and file.exists():
            with closing(sqlite3.connect(file)) as connection:
                _migrated.append(connection.serialize())
        return app

    def restart(self) -> None:
        """End the add-on's process, and begin another one."""
        self._close()
        self.app = self.make_app()
        self._server.app = self.app

    def _close(self) -> None:
        self.app.extensions["queue"].huey.storage.close()
        self.app.extensions["outside"].http.close()
        with self.app.app_context():
            records.db.engine.dispose()

    @property
    def environ(self) -> dict[str, str]:
        """What an operator would set; another process of the add-on needs the same."""
        return {
            **self.sandbox.environ(self.url),
            "DATABASE_URL": f"sqlite:///{self.folder / 'addon.sqlite'}",
            "QUEUE_URL": f"sqlite:///{self.folder / 'queue.sqlite'}",
            "QUICKBOOKS_TIMEOUT": "120",
            **self._environ,
        }

    @property
    def outside(self) -> Outside:
        """The add-on's seam to everything else."""
        outside: Outside = self.app.extensions["outside"]
        return outside

    @property
    def workspace(self) -> Any:
        """The first pretend workspace."""
        return self.sandbox.clockify.workspace

    @property
    def company(self) -> Any:
        """The first pretend company."""
        return self.sandbox.quickbooks.company

    def install(self, workspace: Any = None) -> None:
        """Install the add-on as an admin would, and do what follows."""
        (workspace or self.workspace).install(f"{self.url}/manifest.json")
        self.work()

    def user_id(self, name: str, workspace: Any = None) -> str:
        """Find a user of the pretend workspace by name."""
        users = (workspace or self.workspace).users.values()
        return next(each.id for each in users if each.name == name)

    def token(self, name: str, workspace: Any = None, **claims: Any) -> str:
        """Mint a fresh user token for somebody of the workspace."""
        where = workspace or self.workspace
        token: str = where.user_token(self.user_id(name, where), **claims)
        return token

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Call the add-on over HTTP as a panel does."""
        sent = {"HX-Request": "true", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return requests.request(
            method, self.url + path, headers=sent, timeout=30, **more
        )

    def connect(
        self,
        name: str = "Olivia Owen",
        *,
        realm: str | None = None,
        workspace: Any = None,
    ) -> requests.Response:
        """Connect a company as an admin would: to Intuit, consent, and back."""
        begun = self.ask(
            "POST", "/connection/authorization", token=self.token(name, workspace)
        )
        begun.raise_for_status()
        callback = self.sandbox.quickbooks.approve(begun.json()["address"], realm=realm)
        answer = requests.get(callback, timeout=30, headers={"Accept": "text/html"})
        self.work()
        return answer

    def work(self, most: int = 500) -> int:
        """Do what rings in the queue, later rings too, until it is silent."""
        if self._workers:
            return self._wait_for_workers()
        return _drain(self.app, most)

    def _wait_for_workers(self) -> int:
        """Wait until the worker threads have read every stale list."""
        waiting = select(func.count(Directory.id)).where(
            Directory.stale_since.is_not(None)
        )
        for _ in range(200):
            with self.app.app_context(), records.reading(), records.everywhere():
                if not records.db.session.scalar(waiting):
                    return 0
            time.sleep(0.05)
        raise AssertionError("the workers did not come to rest within 10 seconds")

    @contextmanager
    def inside(self, workspace: Any = None) -> Iterator[Installation]:
        """Look at the add-on's own records of one workspace."""
        where = workspace or self.workspace
        with self.app.app_context():
            here = installation.find(where.id, where.installation.addon_id)
            assert here is not None
            with within(here.id):
                yield here
            records.db.session.rollback()

    def viewer(self, here: Installation, name: str = "Olivia Owen") -> Viewer:
        """Be somebody at a panel."""
        token = self.token(name)
        claims = self.outside.verifier.user(token, self.clock())
        return Viewer(here, claims, token)


def _drain(app: Flask, most: int) -> int:
    huey = app.extensions["queue"].huey
    # Nobody else rings meanwhile, so an empty queue is not waited at.
    huey.storage.blocking = False
    done = 0
    while done < most:
        task = huey.dequeue()
        # What rings in a moment is done too, what waits for a minute is not.
        soon = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=3)
        tasks = [task] if task is not None else huey.read_schedule(soon)
        if not tasks:
            return done
        for each in tasks:
            huey.execute(each, soon)
            done += 1
    return done


def _not_ready(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Not Ready", [("Content-Length", "0")])
    return []
