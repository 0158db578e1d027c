"""A drill: several firms send at once while machines die, freeze and come back."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from addon.records import db, everywhere
from addon.records.connection import Company
from addon.records.receipt import Receipt
from addon.records.sealed import digest
from addon.sandbox import trouble
from tests.fleet import PROCESS, Fleet
from tests.nursery import Nursery

# A call that QuickBooks is still at has come in this recently.
UNDER_WAY = timedelta(seconds=10)
# What the companies of a drill do with request ids, by turns: they honour them, they
# forget them at once, they forget them after so many seconds.
MEMORIES: tuple[bool | float, ...] = (False, True, False, 60.0)


@dataclass
class Firm:
    """One workspace with its company, and what was tracked there."""

    workspace: Any
    company: Any
    entries: dict[str, Any] = field(default_factory=dict)


class Drill(Fleet):
    """A fleet that works for several firms, and whose dead are quickly replaced."""

    def __init__(
        self,
        folder: Path,
        dice: random.Random,
        *,
        factor: float = 20.0,
        environ: dict[str, str] | None = None,
        said: Path | None = None,
    ) -> None:
        super().__init__(folder, factor, environ)
        # What the processes log.
        self.said = said or folder / "processes.log"
        self.dice = dice
        self.firms: list[Firm] = []
        self.hits = self.drops = self.runs = self.arrived = 0

    @contextmanager
    def ready(self, firms: int, *, limits: bool = True) -> Iterator["Drill"]:
        """Install and connect so many firms."""
        with self.open(limits=limits):
            self._found(firms)
            environ = {**self.world.environ, **self.clock.environ}
            with Nursery(environ, self.said) as self.nursery:
                try:
                    yield self
                finally:
                    self.stop()

    def start_one(self) -> int:
        """Start one more worker; give its process number."""
        child = self.nursery.begin("worker")
        self.workers[child.pid] = child  # type: ignore[assignment]
        return child.pid

    def track_for(self, firm: Firm, entries: int) -> list[str]:
        """Let the people of one firm track time; give the entries' ids."""
        found = [self._track_one(firm.workspace, self.dice) for _ in range(entries)]
        firm.entries.update((each.id, each) for each in found)
        return [each.id for each in found]

    def send_for(self, firm: Firm, entries: int, *, at_once: int = 500) -> None:
        """Track and send so many entries, in runs of so many at most."""
        while entries > 0:
            ids = self.track_for(firm, min(at_once, entries))
            self.press_send(ids, firm.workspace)
            self.runs += 1
            entries -= len(ids)

    def lose_answers(self, share: float, batches: int) -> None:
        """Let QuickBooks write, and then hang up, in this share of the batches."""
        for nth in range(1, batches + 1):
            if self.dice.random() < share:
                lost = trouble.drop_after()
                books = self.world.sandbox.quickbooks
                books.trouble.next(method="POST", path="batch", nth=nth, effect=lost)

    def kill_along(self, kills: int, entries: int, patience: float) -> bool:
        """Kill workers at random moments while entries arrive, and see it settle."""
        moments = sorted(self.dice.randrange(entries) for _ in range(kills))
        end = time.monotonic() + patience
        for moment in moments:
            while self.arrived < moment and time.monotonic() < end:
                time.sleep(0.005)
            time.sleep(self.dice.choice((0.0, 0.05, 0.3)) * self.dice.random())
            victim = self.dice.choice(sorted(self.workers))
            self.hits += self.is_calling(victim)
            self.kill(victim)
            self.start_one()
        return self.settle(max(1.0, end - time.monotonic()))

    def is_calling(self, worker: int) -> bool:
        """Whether QuickBooks is at work for this process."""
        since = self.clock() - UNDER_WAY
        for seen in reversed(self.world.sandbox.quickbooks.requests):
            if seen.at < since:
                return False
            is_its = seen.headers.get(PROCESS) == str(worker)
            if is_its and not seen.status and seen.path.endswith("/batch"):
                return True
        return False

    def receipts(self) -> int:
        """Count the receipts of all firms."""
        with self.world.app.app_context(), everywhere():
            found = db.session.scalar(db.select(db.func.count(Receipt.id))) or 0
            db.session.rollback()
            return found

    def wrong_here(self) -> list[str]:
        """Compare entries, receipts and activities of all firms."""
        return [each for firm in self.firms for each in self._wrong_at(firm)]

    def _found(self, firms: int) -> None:
        books = self.world.sandbox.quickbooks
        self.firms.append(Firm(self.world.workspace, self.world.company))
        for _ in range(firms - 1):
            workspace = self.world.sandbox.clockify.add_workspace("craig", entries=0)
            workspace.hooks.hold = True
            company = books.add_company("craig")
            self.world.install(workspace)
            self.world.connect(realm=company.realm, workspace=workspace)
            self.firms.append(Firm(workspace, company))
        for number, firm in enumerate(self.firms):
            firm.company.watchers.append(self._arrived)
            memory = MEMORIES[number % len(MEMORIES)]
            books.replays[firm.company.realm].forget = memory

    def _arrived(self, change: Any) -> None:
        is_new = change.operation == "Create"
        self.arrived += is_new and change.entity == "TimeActivity"

    def _wrong_at(self, firm: Firm) -> list[str]:
        with self.world.app.app_context(), everywhere():
            rows = db.session.execute(
                db.select(Receipt.entry_id, Receipt.activity_id)
                .join(Company, Company.id == Receipt.company_id)
                .where(Company.realm_digest == digest(firm.company.realm))
            ).all()
            db.session.rollback()
        held = {row["Id"]: row for row in firm.company.activities}
        told = Counter(row["Description"] for row in held.values())
        receipts = {row.entry_id: row.activity_id for row in rows}
        wrong = [f"lost: {each}" for each in firm.entries if each not in receipts]
        wrong += [f"there {n} times: {each}" for each, n in told.items() if n > 1]
        if len(held) != len(firm.entries):
            wrong.append(f"{len(held)} activities of {len(firm.entries)} entries")
        for entry_id, activity_id in receipts.items():
            row, entry = held.get(activity_id), firm.entries[entry_id]
            if row is None or entry.description.strip() not in row["Description"]:
                wrong.append(f"mixed up: {entry_id}")
        return wrong
