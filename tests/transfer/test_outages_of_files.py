"""The file of the database is held by somebody else, or the disk is full."""

import random
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.drill import Drill
from tests.durable import Post
from tests.nursery import Child
from tests.outages import Callers, until
from tests.records.test_durable import EVENTS, free_port, noted
from tests.test_cli import members

MOMENT = 0.5
# Somebody waits 20 seconds for the file, and somebody else for that one.
LONGEST_ANSWER = 30.0


@dataclass
class Embedded:
    """One process that serves and sends, on files of its own."""

    drill: Drill
    web: Child
    port: int
    quiet: Any

    def callers(self) -> Callers:
        """Let Clockify call it all the time."""
        post = Post(self.drill.world.sandbox.clockify)
        return Callers([self.port], [post.webhook(self.quiet, e) for e in EVENTS], 4)

    def noted(self) -> int:
        """Count the news that the database holds of the quiet workspace."""
        return int(noted(self.drill.world.environ["DATABASE_URL"])[self.quiet.id])

    def is_well(self) -> bool:
        """Ask it how it is."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=60).ok
        except requests.ConnectionError:
            return False

    def has_kept(self, callers: Callers, before: int) -> bool:
        """Say whether every acknowledged call has been noted, and none invented."""
        told, sent = callers.acknowledged.total(), callers.sent.total()
        return before + told <= self.noted() <= before + sent


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The add-on as one process on files; its log needs no disk."""
    folder = tmp_path_factory.mktemp("files")
    said = Path("/dev/null")
    drill = Drill(folder, random.Random(1), factor=10, said=said)
    with drill.ready(1):
        quiet = drill.world.sandbox.clockify.add_workspace("other")
        drill.world.install(quiet)
        quiet.disable()
        port = free_port()
        made = Embedded(drill, drill.nursery.begin("web", port), port, quiet)
        try:
            assert until(made.is_well)
            yield made
        finally:
            made.web.kill()
            made.web.wait()


@contextmanager
def full_disk(group: int) -> Iterator[None]:
    """Let no process of this group write to any file."""
    kind, pids = resource.RLIMIT_FSIZE, members(group)
    before = {pid: resource.prlimit(pid, kind) for pid in pids}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, kind, (1, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, kind, limits)


def test_p32_a_full_disk_is_answered_with_503_and_nothing_is_lost(
    embedded: Embedded,
) -> None:
    """Nothing can be written: nobody is told that it was, and it goes on by itself."""
    drill, before = embedded.drill, embedded.noted()
    drill.send_for(drill.firms[0], 60)
    with embedded.callers() as callers:
        assert until(lambda: drill.arrived > 0)
        with full_disk(embedded.web.pid):
            full = time.monotonic()
            time.sleep(3)
            up = time.monotonic()
        recovered = callers.wait_for_good(time.monotonic())
    assert recovered is not None
    assert recovered <= 5
    print(f"back after {recovered:.2f} s; {callers.acknowledged.total()} acknowledged")
    assert set(callers.between(full + MOMENT, up)) == {503}
    assert embedded.has_kept(callers, before)
    assert drill.settle(90)
    assert drill.wrong_here() == []


def test_p32_a_file_that_somebody_else_holds_is_answered_with_503(
    embedded: Embedded,
) -> None:
    """A backup that holds the file for too long costs time, and no promise."""
    drill, before = embedded.drill, embedded.noted()
    path = drill.folder / "addon.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = time.monotonic()
        with embedded.callers() as callers:
            assert until(lambda: callers.told, LONGEST_ANSWER)
            took = time.monotonic() - held
            other.execute("ROLLBACK")
            up = time.monotonic()
            recovered = callers.wait_for_good(up)
    assert took <= LONGEST_ANSWER
    assert set(callers.between(held, up)) == {503}
    assert recovered is not None
    assert recovered <= 5
    print(f"back after {recovered:.2f} s; {callers.acknowledged.total()} acknowledged")
    assert embedded.has_kept(callers, before)
    drill.send_for(drill.firms[0], 30)
    assert drill.settle(90)
    assert drill.wrong_here() == []
