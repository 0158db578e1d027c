"""One worker's turn at one company: what it holds while it chooses and sends."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from addon.quickbooks.client import Client
from addon.records import db, lease
from addon.records.connection import Company, Connection
from addon.records.installation import Installation
from addon.records.run import Run, RunState, find_run
from addon.records.turns import SENDING
from addon.rules.eligibility import Context
from addon.rules.entry import Rounding, RoundingWay, Workspace
from addon.transfer.context import context_for
from addon.transfer.outside import Outside
from addon.transfer.renew import company_client

# How much longer than the longest call a lease lasts, so that it lapses only when its
# owner has died. Should it lapse all the same, its owner cannot write any more.
LEASE_MARGIN = timedelta(seconds=30)
# A paused run looks so often whether its reason is cured.
PAUSE = timedelta(minutes=5)
# Calls that take longer come too near to QuickBooks' own time-out of two minutes.
SLOW = timedelta(seconds=40)
# Fewer than this go with one call only where QuickBooks has refused the call.
FEWEST = 5
NEVER = datetime.min.replace(tzinfo=UTC)
# What was read longer ago is read again, unless some of it was sent since; it is so
# after every pause.
STALE = PAUSE - timedelta(minutes=1)
# How long a gathered context is used before links and facts are read again.
CONTEXT_AGE = timedelta(seconds=5)


@dataclass
class Job:
    """A run being worked on by this worker, under a lease on the company."""

    outside: Outside
    here: Installation
    company: Company
    held: Connection
    run_id: int
    owner: str
    # Counts calls in a row that QuickBooks did not answer.
    unanswered: int = 0
    # The tokens that QuickBooks has refused.
    refused_tokens: set[str] = field(default_factory=set, repr=False)
    # Until when the entries count as read lately.
    fresh_until: datetime = NEVER
    # Whether they were read just now and nothing was announced since.
    is_just_read: bool = False
    _context: Context | None = field(default=None, repr=False)
    _context_at: datetime | None = None
    _client: Client | None = field(default=None, repr=False)

    @property
    def lease_name(self) -> str:
        """One sender for each company, over all workspaces and machines."""
        return SENDING + self.company.realm_digest

    @property
    def batch_size(self) -> int:
        """How many pieces go with one call at present."""
        return self.outside.sizes.get(self.company.id, self.outside.parcel)

    @batch_size.setter
    def batch_size(self, size: int) -> None:
        self.outside.sizes[self.company.id] = size

    def fit(self, pieces: int, took: timedelta) -> None:
        """Let fewer go with one call where calls are slow, and more where not."""
        if took > SLOW:
            self.batch_size = max(FEWEST, min(self.batch_size, pieces // 2))
        elif took * 2 <= SLOW:
            self.batch_size = min(self.outside.parcel, self.batch_size * 2)

    def is_stale(self) -> bool:
        """
        Say whether the entries have waited so long that they are to be read again.

        What was read just now is sent before, or several runs whose reading takes long
        would be read in turns for ever.
        """
        return not self.is_just_read and self.now() > self.fresh_until

    def note_fresh(self, run: Run) -> None:
        """Count what is left as fresh: it is sent in one go with what was sent now."""
        run.fresh_at = self.now()
        self.fresh_until = run.fresh_at + STALE

    def now(self) -> datetime:
        """Tell the time."""
        return self.outside.now()

    def their_now(self) -> datetime:
        """Tell QuickBooks' time, looking at its clock where needed; no transaction."""
        if self.outside.their_now() is None:
            self.client().look_at_the_clock()
            self.commit()
        return self.last_told()

    def last_told(self) -> datetime:
        """Tell QuickBooks' time without looking, or ours where it is not known."""
        return self.outside.their_now() or self.now()

    def keep(self) -> Run:
        """Extend the lease in this transaction, or raise LeaseLost; reread the run."""
        lease.keep(self.lease_name, self.owner, until=lease_end(self.outside))
        run = find_run(self.run_id, hold=True)
        if run is None:
            raise lease.LeaseLost(self.lease_name)
        return run

    def commit(self) -> None:
        """Commit, provided that the work is still ours."""
        lease.keep(self.lease_name, self.owner, until=lease_end(self.outside))
        db.session.commit()

    def client(self) -> Client:
        """Open the gate to the company."""
        if self._client is None:
            self._client = company_client(self.outside, self.held, self.keep)
        return self._client

    def context(self) -> Context:
        """Give what verdicts depend on, a few seconds old at most."""
        now = self.now()
        if self._context_at is None or now - self._context_at > CONTEXT_AGE:
            self._context, _ = context_for(
                self.here, self.held, workspace_of(self.here), rates_known=True
            )
            self._context_at = now
        assert self._context is not None  # noqa: S101 - set just above
        return self._context

    def pause(self, reason: str, raw: str = "") -> None:
        """Let the run rest until its reason is cured; commits."""
        run = self.keep()
        if run.state != RunState.STOPPING:
            run.state, run.reason, run.raw = RunState.PAUSED, reason, raw
        run.wake_at = self.now() + PAUSE
        self.commit()

    def rest(self, reason: str, how_long: timedelta, raw: str = "") -> None:
        """Let the run go on by itself after a while; commits."""
        run = self.keep()
        if run.state != RunState.STOPPING:
            run.reason, run.raw = reason, raw
        run.wake_at = self.now() + how_long
        self.commit()


def lease_end(outside: Outside) -> datetime:
    """Say until when a lease that is taken or kept now holds."""
    return outside.now() + outside.settings.quickbooks_timeout + LEASE_MARGIN


def workspace_of(here: Installation) -> Workspace:
    """Give what was last read of the workspace."""
    rounding = None
    if here.rounding_way and here.rounding_minutes:
        rounding = Rounding(RoundingWay(here.rounding_way), here.rounding_minutes)
    return Workspace(
        id=here.workspace_id,
        name=here.workspace_name,
        currency=here.workspace_currency or None,
        rounding=rounding,
    )
