"""
Piece by piece, exactly once, resumable.

The moves of a piece stand in `addon.rules.protocol`, and its record makes no other.
A call without a clear answer leaves its pieces announced. Once its time is over they
are looked up: what is there gets its receipt, what is not there is announced again,
and what is there under another person's name is taken out and refused. A run that is
stopped drops what is chosen and brings what is announced to its end.
"""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from addon.quickbooks.client import Outcome
from addon.quickbooks.errors import QuickBooksError
from addon.records import connection as connections
from addon.records import db, everywhere, installation, lease, turns, within
from addon.records.connection import Company
from addon.records.installation import Installation
from addon.records.run import PieceState, RunState, is_due
from addon.transfer.announce import Flight, announce, fly
from addon.transfer.job import PAUSE, Job, lease_end
from addon.transfer.land import land
from addon.transfer.lookup import look_up
from addon.transfer.outside import Outside
from addon.transfer.pace import LONGEST_WAIT, batch_turn
from addon.transfer.pool import Pool
from addon.transfer.stages import begin, finish, read_again

log = structlog.get_logger()

# Calls under way at once for one company: enough to keep Intuit's pace when each
# takes several seconds.
MOST_FLIGHTS = 4
# Seconds after which the lease is extended, however long a call takes.
LONGEST = 30.0
# While there is something new to send, look-ups are gathered for so long.
GATHER = timedelta(seconds=60)
# After this long at a company we look whether another one waits for us.
TURN = timedelta(seconds=30)
# Who has waited this long gets our place, and we come back after a moment.
PATIENCE, MOMENT = timedelta(seconds=5), timedelta(seconds=2)


@dataclass(frozen=True)
class Steps:
    """The three steps on which "exactly once" rests."""

    announce: Callable[[Job], Flight | None] = announce
    look_up: Callable[[Job, set[int]], Flight | None] = look_up
    land: Callable[[Job, Flight | None, object], None] = land


STEPS = Steps()


def send(outside: Outside, company_id: int, steps: Steps = STEPS) -> None:
    """Work off what is owed to one company, if nobody else is at it."""
    with everywhere():
        company = db.session.get(Company, company_id)
    here = installation.get(company.installation_id) if company else None
    db.session.commit()
    if company is None or here is None or not here.is_active:
        return
    with within(here.id):
        _send(outside, here, company, steps)


def _send(outside: Outside, here: Installation, company: Company, steps: Steps) -> None:
    owner, company_id = f"{outside.owner}/{secrets.token_hex(4)}", company.id
    name = turns.SENDING + company.realm_digest
    now = outside.now()
    taken = lease.take(name, owner, until=lease_end(outside), now=now)
    held = connections.current()
    if taken and held is not None and held.company_id == company.id:
        # A person has connected anew: what waited for that need not wait any longer.
        turns.wake(company.id, paused_before=held.connected_at + PAUSE, now=now)
    db.session.commit()
    if not taken:
        return
    try:
        _Sender(outside, here, company, owner, steps).work_off()
    except lease.LeaseLost:
        db.session.rollback()
        log.warning("send.lease_lost", company=company_id)
    finally:
        # The company may be gone by now: nothing is read off it.
        db.session.rollback()
        lease.release(name, owner)
        due = turns.next_wake(company_id)
        db.session.commit()
    if due is not None:
        delay = max(0.0, (due - outside.now()).total_seconds())
        outside.ring("send", company_id, delay=delay)


@dataclass(frozen=True)
class _Call:
    """A call under way, and when it was begun."""

    job: Job
    flight: Flight
    begun: datetime

    def make(self) -> tuple[dict[str, Outcome], timedelta]:
        """Make the call; give what came of it and how long it took."""
        return fly(self.flight), self.flight.outside.now() - self.begun


@dataclass
class _Sender:
    """
    One worker's turn at one company.

    Its runs take turns, call by call, so that a short one need not wait until a long
    one is over. Each call is announced, made and recorded, several at a time.
    """

    outside: Outside
    here: Installation
    company: Company
    owner: str
    steps: Steps
    calls: dict[Future[Any], _Call] = field(default_factory=dict)
    # The runs that are being sent, the one that was served last at the end.
    jobs: dict[int, Job] = field(default_factory=dict)
    looks_at: datetime | None = None
    gives_way: bool = False

    def work_off(self) -> None:
        """Send until nothing is due, the process is to end or others wait too long."""
        with self.outside.pool(MOST_FLIGHTS) as pool:
            while True:
                job, flight, pause = self._next()
                if job is not None and flight is not None:
                    call = _Call(job, flight, self.outside.now())
                    self.calls[pool.submit(call.make)] = call
                elif self.calls:
                    self._land_some(pool, LONGEST if pause is None else pause)
                elif pause is None:
                    return
                else:
                    self.outside.sleep(pause)

    def _next(self) -> tuple[Job | None, Flight | None, float | None]:
        """Give the next call to make, or how long to wait for one (None: none due)."""
        self._keep_lease()
        must_end = self.outside.halt.is_set() or self._must_give_way()
        runs = turns.owed(self.company.id, self.outside.now())
        if must_end or len(self.calls) >= MOST_FLIGHTS:
            db.session.commit()
            return None, None, None if must_end else LONGEST
        self._finish_others(runs)
        for run_id in sorted(runs, key=self._last_served):
            if run_id not in self.jobs:
                self._begin(run_id)
                return None, None, 0.0
            job = self.jobs[run_id]
            flight, pause = self._next_of(job, runs[run_id])
            if flight is not None or pause is not None:
                return job, flight, pause
            if not self._away(job):
                self._finish(job)
        db.session.commit()
        return None, None, None

    def _keep_lease(self) -> None:
        name = turns.SENDING + self.company.realm_digest
        lease.keep(name, self.owner, until=lease_end(self.outside))

    def _last_served(self, run_id: int) -> int:
        return list(self.jobs).index(run_id) if run_id in self.jobs else -1

    def _begin(self, run_id: int) -> None:
        job = begin(self.outside, self.here, self.company, run_id, self.owner)
        if job is not None:
            self.jobs[run_id] = job

    def _next_of(self, job: Job, state: str) -> tuple[Flight | None, float | None]:
        away, now = self._away(job), job.now()
        is_on = state == RunState.SENDING
        is_new = is_on and is_due(job.run_id, PieceState.CHOSEN, now)
        by = now - GATHER if is_new else now
        unsettled = is_due(job.run_id, PieceState.ANNOUNCED, by, away)
        # No transaction may stay open while calls are under way: on SQLite it would
        # keep everybody else from writing.
        db.session.commit()
        if not is_new and not unsettled:
            return None, None
        try:
            if unsettled:
                flight = self._repeated(job, self.steps.look_up(job, away))
            else:
                # First, because while QuickBooks is away it is called once a minute:
                # the turn of the batch must not be spent on a look at the clock.
                job.their_now()
                if job.is_stale():
                    return None, self._read_again(job, away)
                if pause := batch_turn(self.outside, self.company.realm_digest):
                    return None, pause
                flight = self.steps.announce(job)
                job.is_just_read = False
        except QuickBooksError as problem:
            self.steps.land(job, None, problem)
            return None, 0.0
        self.jobs[job.run_id] = self.jobs.pop(job.run_id)
        return flight, 0.0

    def _read_again(self, job: Job, away: set[int]) -> float | None:
        """Begin a run anew with the reading, once none of its calls is under way."""
        if away:
            return None
        read_again(job)
        del self.jobs[job.run_id]
        return 0.0

    def _repeated(self, job: Job, flight: Flight | None) -> Flight | None:
        """Let a call that a look-up wants repeated wait for its turn as every call."""
        until = job.now() + LONGEST_WAIT
        while flight is not None:
            pause = batch_turn(self.outside, self.company.realm_digest)
            if not pause:
                return flight
            if job.now() > until:
                # It stays announced, and is looked up once more.
                return None
            self.outside.sleep(pause)
        return None

    def _away(self, job: Job) -> set[int]:
        """Give the numbers of a run's pieces that are under way."""
        mine = (call.flight for call in self.calls.values() if call.job is job)
        return {number for flight in mine for number in flight.piece_ids}

    def _land_some(self, pool: Pool, seconds: float) -> None:
        """Deal with the calls that are over, after so many seconds at most."""
        for future in pool.wait(self.calls, min(seconds, LONGEST)):
            call = self.calls.pop(future)
            problem = future.exception()
            result, took = (None, None) if problem else future.result()
            self.steps.land(call.job, call.flight, problem or result)
            if took is not None:
                call.job.fit(len(call.flight.pieces), took)

    def _finish_others(self, runs: Mapping[int, str]) -> None:
        """Say where the runs stand that are not due any more."""
        for run_id, job in list(self.jobs.items()):
            if run_id not in runs and not self._away(job):
                self._finish(job)

    def _finish(self, job: Job) -> None:
        finish(job)
        del self.jobs[job.run_id]

    def _must_give_way(self) -> bool:
        """Look now and then whether another company waits for somebody to send."""
        if any(job.is_just_read for job in self.jobs.values()):
            # Else its entries might be old again at our next turn.
            return False
        now = self.outside.now()
        if self.looks_at is None:
            self.looks_at = now + TURN
        if self.gives_way or now < self.looks_at:
            return self.gives_way
        self.looks_at = now + TURN
        with everywhere():
            others = turns.waiting(self.company, since=now - PATIENCE, now=now)
        if others:
            turns.step_back(self.company.id, until=now + MOMENT, now=now)
        db.session.commit()
        for company_id in others:
            self.outside.ring("send", company_id)
        self.gives_way = bool(others)
        return self.gives_way
