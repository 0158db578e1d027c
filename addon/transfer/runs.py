"""Ask before sending, start, watch and stop: a person's side of a run."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import structlog

from addon.records import db
from addon.records import run as running_runs
from addon.records.journal import note
from addon.records.run import Run, RunState
from addon.records.selected import begin_run
from addon.rules.money import Money, is_same, of, written
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.preferences import item_of
from addon.transfer.progress import Progress, history, progress, unfinished
from addon.transfer.review import (
    Filter,
    Review,
    Row,
    State,
    Totals,
    review,
)

__all__ = [
    "Changed",
    "Confirmation",
    "Progress",
    "Selection",
    "confirm",
    "history",
    "progress",
    "start",
    "stop",
    "unfinished",
]

log = structlog.get_logger()

# More than this is sent in several runs, so that one dialog never means a whole year.
MOST_ENTRIES = 20_000


class Changed(Exception):
    """Raised where the entries are no longer those that the person confirmed."""


@dataclass(frozen=True)
class Selection:
    """
    What a person ticked.

    Either the `entries` themselves or, where `all_ready` is set, every ready entry but
    those that were `shown` and not ticked.
    """

    all_ready: bool
    entries: frozenset[str]
    shown: frozenset[str]

    def picks(self, row: Row) -> bool:
        """Say whether a row is meant; only ready ones ever are."""
        if row.state is not State.READY:
            return False
        if self.all_ready:
            return row.entry.id in self.entries or row.entry.id not in self.shown
        return row.entry.id in self.entries


@dataclass(frozen=True)
class Confirmation:
    """What the dialog says before anything is sent."""

    count: int
    minutes: int
    billable_minutes: int
    money: Money
    # The company's own.
    currency: str
    first_day: date | None
    last_day: date | None
    company_id: int
    company_name: str
    item_name: str
    difference: str
    too_many: bool
    running: Run | None
    # Whether the person who is asked has started the running one.
    is_own: bool = False
    # What the page showed as selected, where it said so.
    selected: int | None = None

    @property
    def missing(self) -> int:
        """Say how many of the selected entries are not ready any more."""
        return max((self.selected or 0) - self.count, 0)

    @property
    def expected_amount(self) -> str:
        """Write the money down as the dialog hands it back."""
        return written(self.money, self.currency) or "0"


def confirm(
    outside: Outside,
    viewer: Viewer,
    wanted: Filter,
    selection: Selection,
    selected: int | None = None,
) -> Confirmation:
    """
    Say what would be sent, with the same numbers that the result will use.

    `selected` is how many entries the person saw selected.
    """
    seen = review(outside, viewer, wanted)
    rows = [row for row in seen.rows if selection.picks(row)]
    sums = _sums(rows)
    days = [row.activity.day for row in rows if row.activity]
    item_name = item_of(viewer.installation.id, seen.company_id)[1]
    running = running_runs.running(seen.company_id)
    return Confirmation(
        count=sums.count,
        minutes=sums.minutes,
        billable_minutes=sums.billable_minutes,
        money=sums.money,
        currency=seen.currency,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        company_id=seen.company_id,
        company_name=seen.company_name,
        item_name=item_name,
        difference=_difference(rows),
        too_many=sums.count > MOST_ENTRIES,
        running=running,
        is_own=running is not None and running.started_by == viewer.user_id,
        selected=selected,
    )


def start(
    outside: Outside,
    viewer: Viewer,
    wanted: Filter,
    selection: Selection,
    expected: int,
    minutes: int | None = None,
    amount: Decimal | Money | None = None,
    company_id: int | None = None,
) -> Run:
    """
    Begin a run over exactly the confirmed entries; a worker does the rest.

    `expected`, `minutes` and `amount` are the numbers that were confirmed, for company
    `company_id`; a bare amount is in its currency. Raises Refused where there is
    nothing to send, Changed where there is something else to send than was confirmed,
    or another company to send it to.
    """
    seen: Review = review(outside, viewer, wanted)
    rows = [row for row in seen.rows if selection.picks(row)]
    sums = _sums(rows)
    if not rows:
        raise Refused("Nothing is selected that can be sent.")
    if (
        sums.count != expected
        or minutes not in {None, sums.minutes}
        or not _is_expected(amount, sums.money, seen.currency)
        or company_id not in {None, seen.company_id}
    ):
        raise Changed
    if len(rows) > MOST_ENTRIES:
        raise Refused(f"Send at most {MOST_ENTRIES:,} entries at once.")
    return _begin(outside, viewer, seen, wanted, [row.entry.id for row in rows])


def _is_expected(amount: Decimal | Money | None, money: Money, home: str) -> bool:
    if amount is None:
        return True
    expected = of(amount, home) if isinstance(amount, Decimal) else amount
    return is_same(expected, money, home)


def _begin(
    outside: Outside, viewer: Viewer, seen: Review, wanted: Filter, ids: list[str]
) -> Run:
    now = outside.now()
    run = Run(
        installation_id=viewer.installation.id,
        company_id=seen.company_id,
        started_by=viewer.user_id,
        started_by_name=_name_of(viewer),
        filters=_kept(wanted),
        created_at=now,
        wake_at=now,
    )
    begin_run(run, ids)
    note(
        viewer.installation.id,
        "run started",
        actor=viewer.user_id,
        at=now,
        run=run.id,
        entries=len(ids),
    )
    db.session.commit()
    log.info("run.started", run=run.id, entries=len(ids))
    outside.ring("send", run.company_id)
    return run


def stop(outside: Outside, viewer: Viewer, run_id: int) -> None:
    """Send nothing more; what is under way is still brought to its end."""
    run = running_runs.find_run(run_id, hold=True)
    if run is None:
        raise Refused("This run does not exist.")
    if run.is_over:
        db.session.commit()
        return
    run.state = RunState.STOPPING
    run.reason = ""
    run.wake_at = outside.now()
    note(
        viewer.installation.id,
        "run stopped",
        actor=viewer.user_id,
        at=outside.now(),
        run=run.id,
    )
    db.session.commit()
    outside.ring("send", run.company_id)


def _name_of(viewer: Viewer) -> str:
    from addon.records.directory import Kind, listings

    names = {row.foreign_id: row.name for row in listings(Kind.USER)}
    return names.get(viewer.user_id, "")


def _kept(wanted: Filter) -> dict[str, Any]:
    plain = asdict(wanted)
    plain["start"], plain["end"] = wanted.start.isoformat(), wanted.end.isoformat()
    return plain


def _sums(rows: Iterable[Row]) -> Totals:
    sums = Totals()
    for row in rows:
        sums = sums.plus(row)
    return sums


def _difference(rows: Iterable[Row]) -> str:
    """Say how far whole minutes are from what was tracked, where they are."""
    off = timedelta(0)
    for row in rows:
        if row.entry.duration is not None:
            off += timedelta(minutes=row.minutes) - row.entry.duration
    seconds = round(off.total_seconds())
    if seconds == 0:
        return ""
    minutes, rest = divmod(abs(seconds), 60)
    words = " ".join(
        each
        for each in (f"{minutes} min" * bool(minutes), f"{rest} s" * bool(rest))
        if each
    )
    return f"{words} {'more' if seconds > 0 else 'less'} than tracked"
