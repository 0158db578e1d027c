"""Several web processes and several workers, any of which may die or freeze."""

import contextlib
import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from addon.records import db, everywhere
from addon.records.connection import Company
from addon.records.run import Run
from addon.records.sealed import digest
from addon.sandbox.clockify import signing
from tests.desk import OLIVIA
from tests.drill import Drill, Firm
from tests.durable import Call, Post
from tests.nursery import Child
from tests.outages import until
from tests.records.test_durable import EVENTS, free_port

# What strikes one of the machines while hours are sent.
STRIKES = ("worker dies", "worker freezes", "web dies", "web freezes")
WEIGHTS = (3, 4, 1, 1)
# Longer than a lease lasts: 120 seconds of QuickBooks' time and a margin of 30.
FROZEN = (155, 260)
# Seconds within which a strike comes.
SOON = (30, 60, 200)
# This share of the workers that are struck is struck in the middle of a call.
IN_A_CALL = 0.5
ENTRIES = 12
ADAM = "Adam Ashe"


class Machines(Drill):
    """A drill with web processes too, each on a port of its own."""

    def __init__(
        self,
        folder: Path,
        dice: random.Random,
        *,
        factor: float,
        environ: dict[str, str],
    ) -> None:
        one = {"WEB_CONCURRENCY": "1"}
        super().__init__(folder, dice, factor=factor, environ={**environ, **one})
        self.webs: dict[int, Child] = {}
        self.frozen: set[int] = set()
        self.struck: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.post = Post(self.world.sandbox.clockify)
        self._turn = threading.Lock()

    @contextmanager
    def running(self, firms: int, webs: int, workers: int) -> Iterator["Machines"]:
        """Have them all running, with firms that are connected."""
        with self.ready(firms):
            for firm in self.firms:
                # What is frozen may call late: here QuickBooks honours request ids
                # as it says; forgetting is the matter of the other drills.
                books = self.world.sandbox.quickbooks
                books.replays[firm.company.realm].forget = False
            try:
                for _ in range(webs):
                    self._start_web(free_port())
                assert until(lambda: all(map(self._is_well, self.webs)), 60)
                self.start(workers)
                yield self
            finally:
                for web in self.webs.values():
                    web.kill()

    def round(self, patience: float) -> bool:
        """Let every firm send a little while one machine is struck for each."""
        acts = [threading.Thread(target=self._send, args=(f,)) for f in self.firms]
        acts += [
            threading.Thread(target=self._strike, args=(random.Random(seed),))
            for seed in [self.dice.random() for _ in self.firms]
        ]
        for act in acts:
            act.start()
        for act in acts:
            act.join()
        return self.settle(patience)

    def lease_losses(self) -> int:
        """Count how often somebody came back late and was refused."""
        return self.said.read_text().count("send.lease_lost")

    def _send(self, firm: Firm) -> None:
        """Two admins press Send at two web processes, until a run has begun."""
        dice = random.Random(firm.company.realm + str(len(firm.entries)))
        self.track_for(firm, ENTRIES)
        before = self._runs_of(firm)
        self._tell(firm, dice)
        while self._runs_of(firm) == before:
            ports = dice.sample(sorted(self.webs), k=min(2, len(self.webs)))
            presses = [
                threading.Thread(target=self._press, args=(firm, name, port))
                for name, port in zip((OLIVIA, ADAM), ports, strict=False)
            ]
            for press in presses:
                press.start()
            self._tell(firm, dice)
            for press in presses:
                press.join()

    def _press(self, firm: Firm, name: str, port: int) -> None:
        now = self.clock()
        form = {
            "start": (now - timedelta(days=60)).date().isoformat(),
            "end": (now + timedelta(days=1)).date().isoformat(),
            "expected": ENTRIES,
            "all_ready": "1",
        }
        token = self.world.token(name, firm.workspace)
        headers = {"Authorization": f"Bearer {token}", "HX-Request": "true"}
        self._ask(port, "/runs", headers, form)

    def _tell(self, firm: Firm, dice: random.Random) -> None:
        """Let Clockify bring news, and say once more that we are installed."""
        calls = [self.post.webhook(firm.workspace, dice.choice(EVENTS))]
        if dice.random() < 0.3:
            calls.append(self._installed_again(firm.workspace))
        for call in calls:
            port = dice.choice(sorted(self.webs))
            self._ask(port, call.path, call.headers, call.body)

    def _installed_again(self, workspace: Any) -> Call:
        one, clockify = workspace.installation, self.world.sandbox.clockify
        claims = signing.basic_claims(
            key=self.post.key, workspace_id=workspace.id, addon_id=one.addon_id
        )
        life = signing.lifetime_claims(self.clock(), signing.LIFECYCLE_TOKEN_LIFE)
        headers = {
            "Content-Type": "application/json",
            "X-Addon-Lifecycle-Token": clockify.key.sign({**claims, **life}),
        }
        body = json.dumps(workspace.installed_body(one)).encode()
        return Call("installed", workspace.id, "/lifecycle/installed", headers, body)

    def _ask(self, port: int, path: str, headers: dict[str, str], body: Any) -> None:
        address = f"http://127.0.0.1:{port}{path}"
        try:
            answer = requests.post(address, headers=headers, data=body, timeout=15)
        except requests.RequestException:
            self.answers[0] += 1
        else:
            self.answers[answer.status_code] += 1

    def _strike(self, dice: random.Random) -> None:
        # Mostly soon, while the firms' presses and calls are under way.
        time.sleep(dice.uniform(0, dice.choice(SOON)) / self.clock.factor)
        what = dice.choices(STRIKES, WEIGHTS)[0]
        kind, _, how = what.partition(" ")
        group: dict[int, Any] = self.workers if kind == "worker" else self.webs
        if kind == "worker" and dice.random() < IN_A_CALL:
            until(self._calling, SOON[-1] / self.clock.factor, every=0.005)
        with self._turn:
            awake = sorted(set(group) - self.frozen)
            if not awake:
                return
            victim = dice.choice(sorted(self._calling() & set(awake)) or awake)
            self.struck[what] += 1
            self.hits += kind == "worker" and self.is_calling(victim)
            if how == "dies":
                self._replace(kind, victim)
                return
            self.frozen.add(victim)
            group[victim].send_signal(signal.SIGSTOP)
        time.sleep(dice.uniform(*FROZEN) / self.clock.factor)
        with self._turn:
            group[victim].send_signal(signal.SIGCONT)
            self.frozen.discard(victim)

    def _calling(self) -> set[int]:
        """Give the workers that QuickBooks is at work for."""
        return {each for each in list(self.workers) if self.is_calling(each)}

    def _replace(self, kind: str, victim: int) -> None:
        if kind == "worker":
            self.kill(victim)
            self.start_one()
            return
        self.webs[victim].kill()
        self.webs[victim].wait()
        self._start_web(victim)

    def _start_web(self, port: int) -> None:
        self.webs[port] = self.nursery.begin("web", port)

    def _is_well(self, port: int) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok
        return False

    def _runs_of(self, firm: Firm) -> int:
        with self.world.app.app_context(), everywhere():
            found = db.session.scalar(
                db.select(db.func.count(Run.id))
                .join(Company, Company.id == Run.company_id)
                .where(Company.realm_digest == digest(firm.company.realm))
            )
            db.session.rollback()
            return found or 0
