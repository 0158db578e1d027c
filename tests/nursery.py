"""Processes of the add-on that begin at once, because their code is loaded already."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from addon import logs
from addon.config import Settings
from addon.logs import RequestLog
from addon.serve import Server
from tests import fleet

ROOT = Path(__file__).resolve().parent.parent
# Linux: a signal that comes when one's parent dies.
PR_SET_PDEATHSIG = 1


class Child:
    """One process that a nursery began; it leads a group of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def send_signal(self, number: int) -> None:
        """Send a signal to the process and to those that it has begun."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """End all of it at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    @property
    def lives(self) -> bool:
        """Whether any process of the group is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, 0)
            return True
        return False

    def wait(self, seconds: float = 20) -> None:
        """Wait until all of it is gone."""
        end = time.monotonic() + seconds
        while self.lives:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(["process"], seconds)
            time.sleep(0.005)


class Nursery:
    """One process that has read all our code, and forks whoever is wanted."""

    def __init__(self, environ: dict[str, str], said: Path) -> None:
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
        self._said = said
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        """Load everything once."""
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery"],
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close it; those it has begun end with it."""
        self._process.communicate(timeout=20)

    def begin(self, *what: object) -> Child:
        """Begin `worker`, or `web` at a port."""
        with self._turn:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(" ".join(map(str, what)) + "\n")
            self._process.stdin.flush()
            told = self._process.stdout.readline()
        assert told, self._said.read_text()
        return Child(int(told))


class FastServer(Server):
    """The web process as operators run it, on the faster clock."""

    def load(self) -> RequestLog:
        """Build the application inside the process that will use it."""
        clock = fleet.clock_of(os.environ)
        self.flask = fleet.fast_app(self._settings, clock)
        if self.flask.extensions["queue"].is_embedded:
            fleet.tick(self.flask, clock)
        return RequestLog(self.flask)


def _be(what: list[str]) -> None:
    if what[0] == "worker":
        fleet.main()
        return
    logs.configure()
    environ = {**os.environ, "ADDON_PORT": what[1]}
    FastServer(Settings.from_environ(environ), environ).run()


def _fork(what: list[str]) -> int:
    number = os.fork()
    if number:
        # Said on both sides: whoever is told the number may kill the group at once.
        with contextlib.suppress(ProcessLookupError):
            os.setpgid(number, number)
        return number
    os.setpgid(0, 0)
    # Whoever is left behind by a test that was itself killed ends with it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    _leave(what)
    return 0


def _leave(what: list[str]) -> Any:
    code = 1
    try:
        _be(what)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def main() -> None:
    """Fork whoever is asked for, until nobody asks any more."""
    # The dead are not waited for here: whoever asked for them sees that they are gone.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        print(_fork(line.split()), flush=True)


if __name__ == "__main__":
    main()
