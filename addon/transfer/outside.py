"""Everything beyond the process: settings, network, clock, and who is asking."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import requests

from addon.clockify.client import Client as ClockifyClient
from addon.clockify.tokens import Claims, Verifier
from addon.config import Settings
from addon.quickbooks.oauth import Intuit
from addon.records.installation import Installation
from addon.transfer.pool import Pool
from addon.transfer.watch import Watch


class Ring(Protocol):
    """Wakes a worker: which task, on which number, after how many seconds."""

    def __call__(self, task: str, number: int, delay: float = 0) -> None:
        """Ring; a lost ring costs time, never work."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nobody_listens(task: str, number: int, delay: float = 0) -> None:
    """Stand in for the doorbell where no queue runs; the sweep finds what is owed."""
    del task, number, delay


class Refused(Exception):
    """An expected no to a person's request: the sentence says what to do."""


@dataclass(frozen=True)
class Viewer:
    """A person at one of our panels, proven by a user token; `token` acts for them."""

    installation: Installation
    claims: Claims
    token: str = field(repr=False)

    @property
    def user_id(self) -> str:
        """The Clockify id of the person."""
        return self.claims.user_id or ""

    @property
    def is_admin(self) -> bool:
        """Whether this person may connect, link and send."""
        return self.claims.is_admin


@dataclass(frozen=True)
class Outside:
    """The one seam: whatever is not ours is reached through here."""

    settings: Settings
    http: requests.Session
    verifier: Verifier
    intuit: Intuit
    clock: Callable[[], datetime] = _utc_now
    # Seconds that pass evenly, whoever sets the clock.
    steady: Callable[[], float] = time.monotonic
    # What QuickBooks' own clock said last.
    watch: Watch = field(default_factory=Watch)
    # Tells the time that all machines share; None: all have this clock.
    common_clock: Callable[[], datetime] | None = None
    sleep: Callable[[float], object] = time.sleep
    ring: Ring = _nobody_listens
    # Set when the process is to end: what is under way is finished, nothing begun.
    halt: threading.Event = field(default_factory=threading.Event)
    # Makes the calls that are under way at once, so many at most.
    pool: Callable[[int], Pool] = Pool
    # How many activities go with one call at most (QuickBooks: batch).
    parcel: int = 30
    # How many go at present to companies, by number, where it had to be fewer.
    sizes: dict[int, int] = field(default_factory=dict, init=False)
    # Names this process when it takes a lease.
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def now(self) -> datetime:
        """Tell the time, in UTC."""
        return self.clock()

    def hear(self, time: datetime, took: timedelta) -> None:
        """Note the time that QuickBooks told in an answer which took so long."""
        self.watch.set(time, took, ours=self.now(), steady=self.steady())

    def their_now(self) -> datetime | None:
        """Tell QuickBooks' time, None where it has not told it lately."""
        return self.watch.tell(ours=self.now(), steady=self.steady())

    def common_now(self) -> datetime:
        """Tell the time on which all machines agree; the caller commits."""
        return (self.common_clock or self.clock)()

    def _rest(self, seconds: float) -> None:
        self.sleep(seconds)

    def clockify(self, installation: Installation) -> ClockifyClient:
        """Open the gate to a workspace with the installation's own token."""
        return self._clockify(installation, installation.token)

    def clockify_for(self, viewer: Viewer) -> ClockifyClient:
        """Open the gate to a workspace as the person who is looking."""
        return self._clockify(viewer.installation, viewer.token, patience=2.0)

    def _clockify(
        self, installation: Installation, token: str, patience: float = 30.0
    ) -> ClockifyClient:
        return ClockifyClient(
            self.http,
            api=installation.api_url,
            reports=installation.reports_url,
            token=token,
            workspace_id=installation.workspace_id,
            sleep=lambda seconds: self._rest(min(seconds, patience)),
        )
