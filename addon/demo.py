"""Runs the sandbox and the add-on side by side, for whoever wants to see it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import requests

from addon.sandbox import Sandbox
from addon.sandbox.clockify.manifest import InstallFailed

_PATIENCE = 60.0  # seconds until the add-on must answer
_FAREWELL = 10.0  # seconds it gets to finish what it does
_BUSY = "Port {port} cannot be used here; `addon sandbox --help` tells how to move."
_OURS = ("ADDON_", "CLOCKIFY_", "INTUIT_", "QUICKBOOKS_")


class NotStarted(Exception):
    """The demonstration could not start; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where things listen (port 0: a free one) and how much there is to see."""

    clockify_port: int
    quickbooks_port: int
    addon_port: int
    entries: int
    seed: int


def run(plan: Plan, say: Callable[[str], None]) -> int:
    """Start everything, say the address to open, stay until told to stop.

    Answers the exit code: 0 after Ctrl-C or SIGTERM, 1 when the add-on ended itself.
    """
    clockify_port = _port(plan.clockify_port)
    quickbooks_port = _port(plan.quickbooks_port)
    port = _port(plan.addon_port)
    # Another host name than Clockify's, so that both are as foreign as in real life.
    address = f"http://localhost:{port}"
    with (
        _stop_on_signals() as asked,
        tempfile.TemporaryDirectory(prefix="addon-") as folder,
    ):
        log = Path(folder) / "addon.log"
        try:
            with (
                Sandbox(
                    clockify_port=clockify_port,
                    quickbooks_port=quickbooks_port,
                    entries=plan.entries,
                    seed=plan.seed,
                ) as sandbox,
                _addon(sandbox.environ(address), port, log) as process,
            ):
                _wait_for(f"http://127.0.0.1:{port}/health", process, log)
                sandbox.clockify.addon_url = address
                sandbox.clockify.workspace.install(f"{address}/manifest.json")
                say(_welcome(sandbox.clockify.origin))
                while process.poll() is None and not asked:
                    time.sleep(0.2)
                if asked:
                    return 0
            raise NotStarted(f"The add-on ended by itself.\n{_tail(log)}")
        except InstallFailed as problem:
            raise NotStarted(f"{problem}\n{_tail(log)}") from problem
        except KeyboardInterrupt:
            return 0


def _welcome(address: str) -> str:
    return (
        f"\n  Open  {address}\n\n"
        "  A pretend Clockify holds the add-on; a pretend QuickBooks takes its hours.\n"
        "  Nothing leaves this machine. Ctrl-C stops and forgets everything.\n"
    )


@contextmanager
def _addon(
    environ: dict[str, str], port: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    folder = log.parent
    ours = {
        **{k: v for k, v in os.environ.items() if not k.startswith(_OURS)},
        "DATABASE_URL": f"sqlite:///{folder / 'addon.sqlite'}",
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
        "ADDON_HOST": "127.0.0.1",
        "ADDON_PORT": str(port),
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        **environ,
    }
    for name in ("DATABASE_URL_FILE", "QUEUE_URL_FILE", "WEB_CONCURRENCY"):
        ours.pop(name, None)
    command = [sys.executable, "-P", "-m", "addon.cli", "serve"]
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603
            command,
            env=ours,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()  # its children notice that they are alone, and leave


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last and process.poll() is None:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise NotStarted(f"The add-on did not start.\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def _port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as problem:
            raise NotStarted(_BUSY.format(port=wanted)) from problem
        return int(probe.getsockname()[1])


@contextmanager
def _stop_on_signals() -> Iterator[list[int]]:
    """
    Give the list of signals that have asked us to stop.

    Each is raised as well, to end whatever waits; but an exception that a finalizer
    happens to be running under is swallowed by Python, and the list is not.
    """
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # the farewell is not interrupted
        raise KeyboardInterrupt

    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
