"""
How fast a company is called, and whether at all: for all processes and machines.

| Intuit's limit (a company and an app)  | ours                                       |
| -------------------------------------- | ------------------------------------------ |
| 40 batches a minute                    | one each 1.55 s, 39 in any minute          |
| 10 requests a second                   | one call each 0.16 s and the batches: 8    |
| 500 requests a minute                  | 375 calls and 39 batches: 414, a sixth is  |
|                                        | left for the company's other programs      |
| 429: wait for a minute                 | both gates are closed for everybody        |

While a company does not answer, calls to it are not made at its pace but once a minute,
by whoever comes first: a breaker. It opens once nothing but silence has been heard for
a while, so that single lost answers do not slow anything, and closes with the first
answer. Until it opens a run tries every five seconds.
"""

from datetime import datetime, timedelta
from types import NoneType

import structlog
from sqlalchemy import select, update

from addon.quickbooks.errors import (
    Busy,
    Disconnected,
    QuickBooksError,
    Rejected,
    Unclear,
    Unreachable,
)
from addon.records import db, everywhere
from addon.records.connection import Company
from addon.records.pace import (
    close_gate,
    end_silence,
    note_silence,
    silent_since,
    take_turn,
)
from addon.records.run import Run, RunState
from addon.transfer.outside import Outside

log = structlog.get_logger()

# The batches have a gate of their own. Both rhythms are a little slower than Intuit
# allows, because calls do not travel equally fast.
BETWEEN_CALLS = timedelta(seconds=0.16)
BETWEEN_BATCHES = timedelta(seconds=1.55)
# After so long without any answer only one call a minute is made.
OPENS_AFTER = timedelta(seconds=20)
BETWEEN_PROBES = timedelta(minutes=1)
# Whoever would have to wait for longer than this comes back instead.
LONGEST_WAIT = timedelta(seconds=5)


# Whatever a company says, it is there.
ANSWERS = (NoneType, Busy, Disconnected, Rejected, Unclear)


class Away(Unreachable):
    """A company has not answered for a while; it is called again in `again_in`."""

    def __init__(self, again_in: timedelta) -> None:
        super().__init__("QuickBooks is away for now", sent=False)
        self.again_in = again_in


def clockify_of(installation_id: int) -> str:
    """Name a workspace's Clockify where it is noted who does not answer."""
    return f"clockify:{installation_id}"


def in_rhythm(outside: Outside, realm_digest: str) -> None:
    """
    Wait for the next turn at a company's gate for calls; commits.

    Raises Away or Busy where that would take long.
    """
    while wait := call_turn(outside, realm_digest):
        outside.sleep(wait)


def call_turn(outside: Outside, realm_digest: str) -> float:
    """Take the turn of a call, or give the seconds to wait; commits, may raise."""
    return _turn(outside, realm_digest, "calls", BETWEEN_CALLS)


def batch_turn(outside: Outside, realm_digest: str) -> float:
    """Take the turn of a batch, or give the seconds to wait; commits, may raise."""
    return _turn(outside, realm_digest, "batch", BETWEEN_BATCHES)


def _turn(outside: Outside, realm_digest: str, gate: str, every: timedelta) -> float:
    now = outside.common_now()
    wait = take_turn(f"{gate}:{realm_digest}", every, 1, now)
    since = silent_since(realm_digest)
    again_in = timedelta(0)
    if not wait and since is not None and now - since >= OPENS_AFTER:
        again_in = take_turn(f"probe:{realm_digest}", BETWEEN_PROBES, 1, now)
    db.session.commit()
    if again_in:
        raise Away(again_in)
    if wait > LONGEST_WAIT:
        raise Busy("QuickBooks asked us to wait", retry_after=wait.total_seconds())
    return max(0.0, wait.total_seconds())


def heard(
    outside: Outside, realm_digest: str, problem: QuickBooksError | None = None
) -> None:
    """Take to heart, for everybody, how a call to a company ended; commits."""
    if isinstance(problem, Away):
        return
    now = outside.common_now()
    if isinstance(problem, Busy):
        until = now + timedelta(seconds=max(1.0, problem.retry_after))
        for gate in ("calls", "batch"):
            close_gate(f"{gate}:{realm_digest}", until)
    if isinstance(problem, Unreachable) and not isinstance(problem, Unclear):
        note_silence(realm_digest, now)
    elif isinstance(problem, ANSWERS) and (since := silent_since(realm_digest)):
        end_silence(realm_digest)
        if now - since >= OPENS_AFTER:
            log.info("company.back", seconds=round((now - since).total_seconds()))
            _wake_all(outside, realm_digest)
    db.session.commit()


def _wake_all(outside: Outside, realm_digest: str) -> None:
    """Let every run that waited for this company go on at once, in any workspace."""
    with everywhere():
        companies = db.session.scalars(
            select(Company.id).where(Company.realm_digest == realm_digest)
        ).all()
        waiting = (RunState.CHOOSING, RunState.SENDING, RunState.STOPPING)
        now: datetime = outside.now()
        db.session.execute(
            update(Run)
            .where(
                Run.company_id.in_(companies),
                Run.state.in_(waiting),
                Run.wake_at > now,
                Run.wake_at <= now + BETWEEN_PROBES,
            )
            .values(wake_at=now)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
    for company_id in companies:
        outside.ring("send", company_id)
