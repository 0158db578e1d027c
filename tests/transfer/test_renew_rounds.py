"""Many processes on one expired token, round after round; some die, some are slow."""

import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from addon.records import connection as connections
from addon.records import db, reading
from addon.records.connection import Health
from addon.records.lease import Lease
from addon.sandbox.trouble import slow
from addon.transfer.renew import LEASE
from tests.processes import Child
from tests.transfer.renewing import RECONNECT, SharedClock, nap, want_tokens
from tests.world import World

# The whole: RENEWAL_ROUNDS=2500 (of each of the four kinds) RENEWAL_PROCESSES=16
ROUNDS = int(os.environ.get("RENEWAL_ROUNDS", "6"))
PROCESSES = int(os.environ.get("RENEWAL_PROCESSES", "4"))
SEED = int(os.environ.get("RENEWAL_SEED", "1"))
# One round in so many has a worker that is killed, frozen, or slow on its way.
UNLUCKY = int(os.environ.get("RENEWAL_UNLUCKY", "3"))

HOUR = timedelta(hours=1).total_seconds()
DAY = timedelta(hours=24)


class Rounds:
    """A connected company, the processes that use it, and what came of each round."""

    def __init__(self, world: World, clock: SharedClock, grace: timedelta) -> None:
        self.world, self.clock = world, clock
        self.books = world.sandbox.quickbooks
        self.dice = random.Random(SEED)
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []
        world.install()
        assert world.connect().status_code == 200
        self.books.grants.rotate_every_refresh = True
        self.books.grants.grace = grace
        self.those: dict[str, Child] = {}
        for each in [self._start() for _ in range(PROCESSES)]:
            self._ready(each)

    def _start(self) -> Child:
        settings = self.world.outside.settings
        return Child(
            want_tokens,
            self.world.folder / "clock",
            **self.world.sandbox.environ(self.world.url),
            DATABASE_URL=settings.database_url,
            QUEUE_URL=settings.queue_url,
        )

    def _ready(self, child: Child) -> None:
        self.those[child.hear().removeprefix("ready ")] = child

    def end(self) -> None:
        for each in self.those.values():
            each.kill()

    def lucky(self) -> None:
        """The token expires, and everybody wants one."""
        before = self._expire()
        said = {self._hear(each) for each in self.those.values()}
        self.done["rounds"] += 1
        self.done["renewals"] += self.books.refreshes - before
        if len(said) != 1 or said & {RECONNECT}:
            self.broken.append(f"{len(said)} tokens in one round")
        if self.books.refreshes != before + 1:
            self.broken.append(f"{self.books.refreshes - before} renewals")

    def unlucky(self) -> None:
        """The one who renews does not come back in time; the others take over."""
        kind = self.dice.choice(["killed", "frozen", "late"])
        wait = slow(0.4, after=self.dice.random() < 0.5)
        if kind == "late":
            wait = slow(0.4)
        elif kind == "frozen":
            # Frozen while it waits for Intuit: SQLite's lock must not freeze with it.
            wait = slow(2, after=True)
        if kind != "killed" or self.dice.random() < 0.7:
            self.books.trouble.next(path="tokens/bearer", effect=wait)
        before = self._expire()
        owner = self._renewer(before, kind)
        victim = self.those[owner]
        if kind == "killed":
            del self.those[owner]
            victim.kill()
        elif kind == "frozen":
            victim.signal(signal.SIGSTOP)
        self.clock.forward(LEASE.total_seconds() + 1)
        others = {self._hear(v) for k, v in self.those.items() if k != owner}
        if kind == "killed":
            self._ready(self._start())
        else:
            victim.signal(signal.SIGCONT)
            others.add(self._hear(victim))
        self.books.trouble.clear()
        self._judge(kind, others, self.books.refreshes - before)

    def _judge(self, kind: str, said: set[str], renewals: int) -> None:
        self.done[kind] += 1
        needs_person = RECONNECT in said
        self.done[f"{kind}, reconnect"] += needs_person
        may_need = kind != "late" and not self.books.grants.grace
        if needs_person and not may_need:
            self.broken.append(f"{kind}: a false disconnect")
        if any(each.startswith("failed") for each in said) or renewals > 2:
            self.broken.append(f"{kind}: {renewals} renewals")
        if self._health() == Health.RECONNECT:
            before = self.books.refreshes
            for each in self.those.values():
                each.tell("once more")
            again = {self._hear(each) for each in self.those.values()}
            if again != {RECONNECT} or self.books.refreshes != before:
                self.broken.append(f"{kind}: asks Intuit again and again")
            assert self.world.connect().status_code == 200
            self.done["reconnected"] += 1

    def _expire(self) -> int:
        self.clock.forward(HOUR)
        before: int = self.books.refreshes
        for each in self.those.values():
            each.tell("now")
        return before

    def _hear(self, child: Child) -> str:
        while not (line := child.hear()).startswith("token "):
            assert line, "a worker has ended"
        return line.removeprefix("token ")

    def _renewer(self, before: int, kind: str) -> str:
        """Wait until somebody renews (and Intuit has heard of it), and say who."""
        last = time.monotonic() + 30
        while time.monotonic() < last:
            with self.world.app.app_context(), reading():
                owner = db.session.scalar(
                    sa.select(Lease.owner).where(Lease.name.startswith("renew:"))
                )
                db.session.remove()
            if owner and (kind == "late" or self.books.refreshes > before):
                return str(owner).partition("/")[0]
            if self.books.refreshes > before and not owner:
                break  # it was too quick for us
            time.sleep(0.002)
        return self.dice.choice(sorted(self.those))

    def _health(self) -> str:
        with self.world.inside():
            held = connections.current()
            assert held is not None
            return held.health


@pytest.mark.parametrize("grace", [timedelta(0), DAY], ids=["no grace", "24 h"])
def test_p23_one_renewal_per_expiry_and_no_false_disconnect(
    database, grace, tmp_path, capsys
):
    """However many workers there are and die, a connection is never lost by it."""
    clock = SharedClock(tmp_path / "clock")
    settings = {"DATABASE_URL": database}
    world = World(tmp_path, entries=0, clock=clock, sleep=nap, environ=settings)
    with world:
        rounds = Rounds(world, clock, grace)
        try:
            for turn in range(ROUNDS):
                rounds.unlucky() if turn % UNLUCKY == 1 else rounds.lucky()
            rounds.lucky()
        finally:
            rounds.end()
        health = rounds._health()
    with capsys.disabled():
        print(
            f"\nP23, {database.partition(':')[0]}, grace {grace}, seed {SEED}:"
            f" {PROCESSES} processes, {ROUNDS} rounds, {dict(rounds.done)};"
            f" broken: {rounds.broken or 'none'}"
        )
    assert rounds.broken == []
    assert health == Health.CONNECTED
