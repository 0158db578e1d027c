"""Many companies at one fleet of workers: what they send, how fast, at what cost."""

import os
import random
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from addon.records import db, everywhere
from addon.records.connection import Company, current
from addon.records.receipt import Receipt
from addon.records.run import Piece, PieceState, Run
from tests.fleet import Fleet

TICKS = os.sysconf("SC_CLK_TCK")
# So many threads has a worker that listens to the queue.
AWAKE = 5


@dataclass(frozen=True)
class Firm:
    """A workspace and the company it is connected to."""

    workspace: Any
    company: Any
    company_id: int


class Crowd(Fleet):
    """A fleet with as many firms as wanted."""

    def __init__(
        self, folder: Path, factor: float, environ: dict[str, str] | None = None
    ) -> None:
        super().__init__(folder, factor, environ)
        self.firms: list[Firm] = []

    def found(self, firms: int) -> None:
        """Install and connect until there are so many firms."""
        books, clockify = self.world.sandbox.quickbooks, self.world.sandbox.clockify
        usual, books.limits = books.limits, None
        latency, books.latency = books.latency, 0.0
        if not self.firms:
            self.firms.append(self._firm(self.world.workspace, books.company))
        while len(self.firms) < firms:
            workspace = clockify.add_workspace("craig", entries=0)
            workspace.hooks.hold = True
            company = books.add_company("craig")
            self.world.install(workspace)
            self.world.connect(realm=company.realm, workspace=workspace)
            self.firms.append(self._firm(workspace, company))
        books.limits, books.latency = usual, latency

    def _firm(self, workspace: Any, company: Any) -> Firm:
        with self.world.inside(workspace):
            held = current()
            assert held is not None
            assert held.company.realm == company.realm
            return Firm(workspace, company, held.company_id)

    def is_over(self, run_id: int) -> bool:
        """Say whether a run has come to its end."""
        with self.world.app.app_context(), everywhere():
            run = db.session.get(Run, run_id)
            assert run is not None
            is_over = run.is_over
            db.session.rollback()
            return is_over

    def rest(self) -> None:
        """Wait until the workers are there and have nothing to do."""
        while any(_threads(number) < AWAKE for number in self.workers):
            time.sleep(0.25)
        used, quiet = self.used(), 0
        while quiet < 2:
            time.sleep(1)
            now = self.used()
            quiet = quiet + 1 if now - used < 0.15 * len(self.workers) else 0
            used = now

    def used(self) -> float:
        """Give the seconds of CPU that the workers have used."""
        return sum(_seconds(number) for number in self.workers)

    def batches(self, realms: Collection[str] = ()) -> list[Any]:
        """List the batch calls to these companies (none given: to all)."""
        calls = list(self.world.sandbox.quickbooks.requests)
        return [
            call
            for call in calls
            if call.path.endswith("/batch")
            and (not realms or call.path.split("/")[3] in realms)
        ]

    def wrong(self, ids: Collection[str]) -> list[str]:
        """Compare receipts and activities, company by company."""
        with self.world.app.app_context(), everywhere():
            rows = db.session.execute(
                db.select(Receipt.entry_id, Receipt.activity_id, Company.realm).join(
                    Company, Company.id == Receipt.company_id
                )
            ).all()
            db.session.rollback()
        companies = self.world.sandbox.quickbooks.companies.values()
        held = Counter(
            (each.realm, row["Id"]) for each in companies for row in each.activities
        )
        claimed = Counter((row.realm, row.activity_id) for row in rows)
        receipts = {row.entry_id for row in rows}
        return [
            *(f"lost: {each}" for each in ids if each not in receipts),
            *(f"not there: {each}" for each in claimed if each not in held),
            *(f"doubled: {each}" for each in held if each not in claimed),
            *(f"claimed twice: {each}" for each, n in claimed.items() if n > 1),
        ]

    def outcome(self, run_ids: Iterable[int]) -> "Outcome":
        """Look at what became of these runs."""
        wanted = list(run_ids)
        with self.world.app.app_context(), everywhere():
            runs = db.session.scalars(db.select(Run).where(Run.id.in_(wanted))).all()
            last = db.session.scalar(
                db.select(db.func.max(Receipt.recorded_at)).where(
                    Receipt.run_id.in_(wanted)
                )
            )
            bad = (PieceState.REFUSED, PieceState.HELD, PieceState.DROPPED)
            failed = db.session.scalar(
                db.select(db.func.count(Piece.id)).where(
                    Piece.run_id.in_(wanted), Piece.state.in_(bad)
                )
            )
            realms = db.session.scalars(
                db.select(Company.realm).where(
                    Company.id.in_([run.company_id for run in runs])
                )
            ).all()
            pressed = min(run.created_at for run in runs)
            ended = max(run.finished_at or pressed for run in runs)
            db.session.rollback()
        calls = [each for each in self.batches(realms) if each.at >= pressed]
        return Outcome(
            pressed=pressed,
            first=min(each.at for each in calls),
            last=last or pressed,
            ended=ended,
            calls=len(calls),
            throttled=sum(each.status == 429 for each in calls),
            failed=failed or 0,
        )

    def send_all(self, entries: int, dice: random.Random) -> tuple[list[int], set[str]]:
        """Let each firm send so many new entries; give the runs and the entries."""
        tracked = [(f, self.track(entries, dice, f.workspace)) for f in self.firms]
        runs = [self.press_send(ids, firm.workspace) for firm, ids in tracked]
        return runs, {each for _, ids in tracked for each in ids}


@dataclass(frozen=True)
class Outcome:
    """What became of some runs, by the clock of the pretend world."""

    pressed: datetime
    first: datetime
    last: datetime
    ended: datetime
    calls: int
    throttled: int
    failed: int

    def per_minute(self, entries: int) -> float:
        """Count entries a minute from the first batch sent to the last receipt."""
        return entries * 60 / (self.last - self.first).total_seconds()


def _threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def _seconds(process: int) -> float:
    """Read how much CPU a process has used (Linux: proc)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
