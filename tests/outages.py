"""A PostgreSQL and a Redis of our own that may be stopped, and callers meanwhile."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests.conftest import absent
from tests.durable import Call


class OwnPostgres:
    """A cluster in a folder, which PostgreSQL's own user must be able to enter."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        on_path = shutil.which("initdb")
        if not found and not on_path:
            absent("initdb", "install PostgreSQL's server", required="REQUIRE_POSTGRES")
        self._bin = found[-1].parent if found else Path(str(on_path)).parent
        self._data = folder / "data"
        self._data.mkdir()
        if os.geteuid() == 0:
            for path in (folder, self._data):
                shutil.chown(path, "postgres", "postgres")
        self._run("initdb", "-U", "postgres", "--auth=trust", "--no-sync")

    @property
    def address(self) -> str:
        """Where its one database is reached."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        # Many processes, of which each has a connection for each of its threads.
        how = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=300"
        self._run("pg_ctl", "-l", str(self.folder / "log"), "-w", "-o", how, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it as a crash would, or in another of PostgreSQL's ways."""
        self._run("pg_ctl", "-m", how, "-w", "stop")

    def _run(self, command: str, *words: str) -> None:
        line = [str(self._bin / command), "-D", str(self._data), *words]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
            line = ["setpriv", *user, *line]
        subprocess.run(line, cwd="/", check=True, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def own_postgres(port: int) -> Iterator[OwnPostgres]:
    """Have a running cluster for a while, in a folder that its user can walk to."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        cluster = OwnPostgres(Path(folder), port)
        cluster.start()
        try:
            yield cluster
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                cluster.stop()


class OwnRedis:
    """A Redis that keeps nothing when it is stopped."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._program = shutil.which("redis-server")
        if self._program is None:
            absent("redis-server", "install Redis", required="REQUIRE_REDIS")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> "OwnRedis":
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start it; returns when it answers."""
        line = [str(self._program), "--port", str(self.port), "--bind", "127.0.0.1"]
        line += ["--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.address) as server:
            for _ in range(400):
                with contextlib.suppress(redis.RedisError):
                    server.ping()
                    return
                time.sleep(0.025)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Callers:
    """Callers who make the same calls over and over, and what they were told."""

    def __init__(self, ports: Sequence[int], calls: Sequence[Call], hands: int) -> None:
        self.told: list[tuple[float, int]] = []
        self.acknowledged: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self._calls, self._lock = cycle(calls), threading.Lock()
        self._over = threading.Event()
        self._hands = [
            threading.Thread(target=self._call, args=(ports[number % len(ports)],))
            for number in range(hands)
        ]

    def __enter__(self) -> "Callers":
        """Begin to call."""
        for hand in self._hands:
            hand.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """Stop calling."""
        self._over.set()
        for hand in self._hands:
            hand.join()

    def between(self, begin: float, end: float) -> Counter[int]:
        """Count the answers of a time by their status; 0 is no answer at all."""
        with self._lock:
            return Counter(status for at, status in self.told if begin <= at < end)

    def first_good(self, after: float) -> float | None:
        """Give the seconds until a call went well again."""
        with self._lock:
            good = [at for at, code in self.told if at >= after and code // 100 == 2]
        return min(good) - after if good else None

    def wait_for_good(self, after: float, most: float = 20) -> float | None:
        """Wait until a call goes well again."""
        end = time.monotonic() + most
        while time.monotonic() < end:
            if (found := self.first_good(after)) is not None:
                return found
            time.sleep(0.02)
        return None

    def _call(self, port: int) -> None:
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=60)) as wire:
            while not self._over.is_set():
                with self._lock:
                    call = next(self._calls)
                    self.sent[call.subject] += 1
                status = self._ask(wire, call)
                with self._lock:
                    self.told.append((time.monotonic(), status))
                    self.acknowledged[call.subject] += status // 100 == 2
                self._over.wait(0.02)

    def _ask(self, wire: HTTPConnection, call: Call) -> int:
        try:
            wire.request("POST", call.path, call.body, call.headers)
            answer = wire.getresponse()
            answer.read()
        except (OSError, HTTPException):
            wire.close()
            return 0
        return answer.status


def until(holds: Callable[[], Any], seconds: float = 30, every: float = 0.05) -> bool:
    """Wait until something holds, looking every so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def accepts(address: str) -> bool:
    """Whether a PostgreSQL takes connections."""
    with contextlib.suppress(psycopg.Error):
        psycopg.connect(address, connect_timeout=1).close()
        return True
    return False
