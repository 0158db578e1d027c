"""Whole lives of sendings under bad weather, step by step and worker by worker."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from addon import _intuit
from addon.records import db, everywhere, within
from addon.records.run import Run, RunState
from addon.records.turns import companies_owed
from addon.transfer.outside import Outside
from addon.transfer.send import send
from addon.transfer.watch import Watch
from tests.begun import a_run
from tests.life import Life, track
from tests.overlap import Overlap
from tests.verdicts import Verdicts
from tests.weather import SERVER_LIMIT, Killed, Spinning

# After this much of the pretend time everything must have come to its end.
LONGEST_LIFE = timedelta(hours=12)
MINUTE = timedelta(minutes=1)


@contextmanager
def a_firm(folder: Path, database: str = "") -> Iterator["Firm"]:
    """A firm with two workspaces that send to one company, without a log."""
    kept = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with Firm(folder, database).open() as made:
        yield made
    structlog.configure(**kept)


class Firm(Verdicts):
    """A firm that lives many lives, each by its own seed."""

    def process(self, life: Life, name: str, *, is_helper: bool = False) -> Outside:
        """Begin a process of the add-on."""
        usual = self.world.outside

        jump = [self._jump(life)]

        def meanwhile() -> None:
            if not is_helper:
                self._meanwhile(life)
            jump[0] = self._jump(life, jump[0])

        def sleep(seconds: float) -> bool:
            meanwhile()
            return self.time.forward(seconds)

        return replace(
            usual,
            http=self.http,
            clock=lambda: self.time.now + jump[0],
            steady=self.time.seconds,
            watch=Watch(),
            intuit=_intuit(self.http, usual.settings),
            sleep=sleep,
            ring=self._ring,
            owner=name,
            pool=lambda _most: Overlap(self.weather, meanwhile),  # type: ignore[arg-type,return-value]
            parcel=life.parcel,
        )

    def _jump(self, life: Life, usual: timedelta = timedelta(0)) -> timedelta:
        """Say by how much a clock of ours is wrong from now on."""
        dice = self.weather.dice
        if life.drift:
            return usual + timedelta(seconds=life.drift)
        if not life.jumps or dice.random() >= life.jumps:
            return usual
        return timedelta(seconds=dice.choice((-90, -5, 3, 60, 900)))

    def live(self, life: Life) -> list[str]:
        """Let one schedule happen; give what is wrong at its end."""
        dice = self.weather.dice = random.Random(f"{life.seed}")
        self.clean(life)
        chosen = self._begin(life, dice)
        if life.expired:
            self.world.sandbox.quickbooks.grants.expire_access()
        process, number = self.process(life, "worker-0"), 0
        self._arm(life, dice)
        end = self.time.now + LONGEST_LIFE
        while self._is_open() and self.time.now < end and len(life.broken) < 9:
            company_id = self._next_ring()
            if company_id is None:
                continue
            self._stop_some(life, dice)
            try:
                self._work(process, company_id, life)
            except Spinning as spinning:
                life.broken.append(str(spinning))
                break
            except Killed:
                number += 1
                process = self.process(life, f"worker-{number}")
                if dice.random() < 0.3:
                    self.rings.clear()
                self._arm(life, dice)
        self.killer.at, counted = None, self.killer.steps
        self.killer.steps = 0
        # What was on its way when the last run ended arrives too.
        self.time.forward(2 * SERVER_LIMIT)
        life.struck, life.counted = self.weather.struck, counted
        return self.verdict(life, chosen)

    def _work(self, process: Outside, company_id: int, life: Life) -> None:
        with self.world.app.app_context():
            try:
                send(process, company_id, life.steps)
            except SQLAlchemyError as problem:
                life.broken.append(type(problem).__name__)
            except (ValueError, KeyError, AttributeError, TypeError) as problem:
                life.broken.append(repr(problem))
            finally:
                db.session.rollback()

    def _meanwhile(self, life: Life) -> None:
        dice = self.weather.dice
        if dice.random() < life.freezes:
            self.time.forward(dice.choice((30.0, 160.0, 700.0)))
        if dice.random() < life.helpers:
            helper = self.process(life, f"helper-{dice.random()}", is_helper=True)
            for company_id in self.company_ids[: life.workspaces]:
                self._work(helper, company_id, life)

    def _arm(self, life: Life, dice: random.Random) -> None:
        """Choose when the process ends next, if it does."""
        if life.kill_at is not None:
            self.killer.at, life.kill_at = self.killer.steps + life.kill_at, None
        elif life.kills > 0:
            life.kills -= 1
            self.killer.at = self.killer.steps + dice.randrange(1, 250)
        else:
            self.killer.at = None

    def _stop_some(self, life: Life, dice: random.Random) -> None:
        if dice.random() >= life.stops:
            return
        at, self.killer.at = self.killer.at, None
        with self.world.app.app_context(), everywhere():
            run = db.session.scalars(select(Run)).first()
            if run is not None and not run.is_over:
                run.state, run.wake_at = RunState.STOPPING, self.time.now
            db.session.commit()
        self.killer.at = at

    def _ring(self, task: str, number: int, delay: float = 0) -> None:
        if task == "send":
            self.rings.append((self.time.now + timedelta(seconds=delay), number))

    def _next_ring(self) -> int | None:
        """Give what rings now; else let time pass, with the sweep of each minute."""
        due = [each for each in self.rings if each[0] <= self.time.now]
        if due:
            self.rings.remove(due[0])
            return due[0][1]
        first = min((at for at, _ in self.rings), default=self.time.now + MINUTE)
        self.time.forward(min(first - self.time.now, MINUTE).total_seconds() + 0.001)
        if not self.rings or first > self.time.now:
            at, self.killer.at = self.killer.at, None
            with self.world.app.app_context(), everywhere():
                for _, company_id in companies_owed(self.time.now):
                    self._ring("send", company_id)
            self.killer.at = at
        return None

    def _is_open(self) -> bool:
        at, self.killer.at = self.killer.at, None
        with self.world.app.app_context(), everywhere():
            states = db.session.scalars(select(Run.state)).all()
        self.killer.at = at
        return any(state not in {RunState.DONE, RunState.STOPPED} for state in states)

    def _begin(self, life: Life, dice: random.Random) -> dict[int, set[str]]:
        """Track time and press Send; give the chosen entries of each workspace."""
        chosen: dict[int, set[str]] = {}
        for number in range(life.workspaces):
            workspace = self.workspaces[number]
            ids = [track(workspace, dice, life.kinds).id for _ in range(life.entries)]
            chosen[number] = set()
            for _ in range(life.runs):
                some = (
                    ids if life.runs == 1 else dice.sample(ids, life.entries * 2 // 3)
                )
                chosen[number].update(some)
                self._press_send(number, some)
        return chosen

    def _press_send(self, number: int, ids: list[str]) -> None:
        here, company_id = self.homes[number], self.company_ids[number]
        with self.world.app.app_context(), within(here):
            a_run(here, company_id, ids, self.time.now)
        self._ring("send", self.company_ids[number])
