"""A web process of our own to be killed, and Clockify's calls on their way to it."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from addon.sandbox.clockify import signing
from addon.sandbox.clockify.server import ClockifyServer

ROOT = Path(__file__).resolve().parent.parent
SENDERS = 8
NAMED = ("installed", "switched", "deleted")


@dataclass(frozen=True)
class Call:
    """One call of Clockify; `kind` and `subject` say what it must leave behind."""

    kind: str
    subject: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Ledger:
    """What was sent, and what was acknowledged with 2xx."""

    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    acknowledged: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)

    def of(self, kind: str) -> set[str]:
        """Give the subjects of the acknowledged calls of one kind."""
        return {subject for name, subject in self.acknowledged if name == kind}


class Served:
    """`addon serve` as a process group that is started, killed and started again."""

    def __init__(self, environ: dict[str, str], port: int, said: Path) -> None:
        self.port = port
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """Leave nothing behind."""
        self.kill()

    def command(self, name: str) -> None:
        """Run another command to its end."""
        line = [sys.executable, "-m", "addon.cli", name]
        with self._said.open("ab") as output:
            subprocess.run(
                line, env=self._environ, stdout=output, stderr=output, check=True
            )

    def start(self) -> None:
        """Start, and return when it answers."""
        with self._said.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "addon.cli", "serve"],
                env=self._environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        last = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, self._said.read_text()
            assert time.monotonic() < last, self._said.read_text()
            time.sleep(0.03)

    def kill(self) -> None:
        """End master and workers at once, as a power cut would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port)) as wire:
            try:
                wire.request("GET", "/health")
                return wire.getresponse().status == 200
            except (OSError, HTTPException):
                return False


def send_until(
    calls: list[Call], port: int, ledger: Ledger, enough: int, then: Callable[[], None]
) -> None:
    """Send from several threads at once; `then` runs right after the last ack."""
    waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
    for call in calls:
        waiting.put(call)
    lock = threading.Lock()
    left = enough

    def send() -> None:
        nonlocal left
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as wire:
            while not waiting.empty():
                with lock:
                    if left <= 0:
                        return
                    call = waiting.get()
                    ledger.sent[call.kind, call.subject] += 1
                try:
                    wire.request("POST", call.path, call.body, call.headers)
                    answer = wire.getresponse()
                    answer.read()
                except (OSError, HTTPException):
                    wire.close()  # killed, or an idle connection has gone old
                    continue
                with lock:
                    if answer.status // 100 != 2:
                        ledger.refused[answer.status] += 1
                        continue
                    ledger.acknowledged[call.kind, call.subject] += 1
                    left -= 1
                    if left == 0:
                        then()

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass(frozen=True)
class Post:
    """Clockify's calls about made-up workspaces, each properly signed."""

    clockify: ClockifyServer
    key: str = "hours-to-books"

    def installed(self, workspace: str) -> Call:
        """Somebody installs the add-on on a workspace."""
        token = self._sign(
            workspace,
            **signing.address_claims(self.clockify.origin),
            user="owner",
            iat=int(time.time()),
        )
        api = f"{self.clockify.origin}/api"
        body = self._about(workspace, authToken=token, apiUrl=api, webhooks=[])
        return self._lifecycle("installed", "installed", workspace, body)

    def switched(self, workspace: str) -> Call:
        """Somebody switches it off."""
        body = self._about(workspace, status="INACTIVE")
        return self._lifecycle("switched", "status-changed", workspace, body)

    def deleted(self, workspace: str) -> Call:
        """Somebody takes it away."""
        body = self._about(workspace)
        return self._lifecycle("deleted", "deleted", workspace, body)

    def webhook(self, workspace: Any, event: str) -> Call:
        """Something changes in a workspace that has really been installed."""
        hook = next(
            each
            for each in workspace.installation.manifest["webhooks"]
            if each["event"] == event
        )
        headers = {
            "Content-Type": "application/json",
            "clockify-signature": workspace.installation.webhook_tokens[event],
            "clockify-webhook-event-type": event,
        }
        return Call("webhook", workspace.id, hook["path"], headers, b"{}")

    def _lifecycle(
        self, kind: str, path: str, workspace: str, body: dict[str, Any]
    ) -> Call:
        now = self.clockify.workspace.now()
        lifetime = signing.lifetime_claims(now, signing.LIFECYCLE_TOKEN_LIFE)
        headers = {
            "Content-Type": "application/json",
            "X-Addon-Lifecycle-Token": self._sign(workspace, **lifetime),
        }
        wire = json.dumps(body).encode()
        return Call(kind, workspace, f"/lifecycle/{path}", headers, wire)

    def _about(self, workspace: str, **more: object) -> dict[str, Any]:
        return {"workspaceId": workspace, "addonId": f"a{workspace}", **more}

    def _sign(self, workspace: str, **more: object) -> str:
        claims = signing.basic_claims(
            key=self.key, workspace_id=workspace, addon_id=f"a{workspace}"
        )
        return self.clockify.key.sign({**claims, **more})
