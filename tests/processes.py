"""Real processes that start at once, so that a test can afford to kill many of them."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

# One process has imported everything, and the others are its forks.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["addon.cli", "addon.jobs", "addon.web", "addon.serve", "addon.records.keys"]
)


class Child:
    """A process that does one thing; it hears lines from us and says lines to us."""

    def __init__(self, act: Callable[..., Any], *given: Any, **environ: str) -> None:
        """Start it, with just these variables in its environment."""
        ear, mouth = _context.Pipe(duplex=False)
        heard, said = _context.Pipe(duplex=False)
        self._process = _context.Process(
            target=_live, args=(act, given, environ, ear, said), daemon=True
        )
        self._process.start()
        ear.close()
        said.close()
        self._mouth = os.fdopen(os.dup(mouth.fileno()), "w")
        self._heard = os.fdopen(os.dup(heard.fileno()))
        mouth.close()
        heard.close()

    def tell(self, line: str) -> None:
        """Say a line to it."""
        self._mouth.write(f"{line}\n")
        self._mouth.flush()

    def hear(self) -> str:
        """Wait for the next line that it says; "" when it has ended."""
        return self._heard.readline().rstrip("\n")

    def hush(self) -> str:
        """Say nothing more to it, and give its last line once it has ended."""
        self._mouth.close()
        last = self._heard.read().strip().rpartition("\n")[2]
        self._process.join()
        self._heard.close()
        return last

    @property
    def code(self) -> int | None:
        """How it ended; None while it lives."""
        return self._process.exitcode

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it as a power cut would; it may have ended already."""
        self._process.kill()
        self._process.join()
        self._mouth.close()
        self._heard.close()


def _live(
    act: Callable[..., Any],
    given: tuple[Any, ...],
    environ: dict[str, str],
    ear: Connection,
    said: Connection,
) -> None:
    os.dup2(ear.fileno(), 0)
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    ear.close()
    said.close()
    sys.stdin = os.fdopen(0)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.environ.clear()
    os.environ.update(environ)
    code = act(*given)
    sys.stdout.flush()
    if code:
        sys.exit(code)
