"""Where a run stands, in words and numbers, for whoever watches it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from addon.records import run as runs
from addon.records.base import db
from addon.records.connection import Company
from addon.records.directory import Side, directory
from addon.records.doubt import count_in_doubt
from addon.records.pace import silent_since
from addon.records.run import Piece, PieceState, Run, RunState, pieces, tally
from addon.rules.money import Money, in_home
from addon.rules.protocol import Seen
from addon.transfer.causes import Group, Left, group_by_cause
from addon.transfer.pace import BETWEEN_BATCHES, OPENS_AFTER, clockify_of

__all__ = ["Group", "Left", "Progress", "history", "progress", "unfinished"]

# So many entries a minute go at best: full batches, at their pace.
A_MINUTE = 30 * timedelta(minutes=1) / BETWEEN_BATCHES
# What waits for others goes on by itself in these states.
GOES_ON = frozenset({RunState.CHOOSING, RunState.SENDING, RunState.STOPPING})
TITLES = {
    RunState.CHOOSING: "Reading the chosen entries",
    RunState.SENDING: "Sending to {company}",
    RunState.PAUSED: "Waiting to go on",
    RunState.STOPPING: "Stopping",
    RunState.STOPPED: "Stopped",
    RunState.DONE: "Finished",
}
NOTHING_SENT = "Finished, nothing was sent"


@dataclass(frozen=True)
class Progress:
    """
    A run in numbers: all but `total` and `percent` are parts, and add up to `total`.

    `doubtful` may be in QuickBooks, and a person has to look; `refused` is not there.
    """

    run_id: int
    state: RunState
    over: bool
    title: str
    text: str
    total: int
    sent: int
    already: int
    held: int
    doubtful: int
    refused: int
    dropped: int
    remaining: int
    percent: int
    minutes_sent: int
    money_sent: Money
    # The company's own.
    currency: str
    company_name: str
    started_by_name: str
    started_at: datetime
    finished_at: datetime | None
    groups: tuple[Group, ...]
    can_stop: bool
    # Since when QuickBooks (or Clockify, while we read there) has not answered.
    away_since: datetime | None = None
    # What QuickBooks itself said, where that is why the run waits.
    raw: str = ""
    who_is_away: str = ""
    # When it is looked up what became of calls without an answer.
    looks_at: datetime | None = None
    # Whether the lists that say who is to blame for a refusal are being read just now.
    reads_lists: bool = False


def progress(run_id: int, now: datetime) -> Progress | None:
    """Look at one run of the workspace we are within, at the time common to all."""
    run = runs.find_run(run_id)
    return None if run is None else _progress(run, now)


def history(company_id: int) -> tuple[Progress, ...]:
    """Look at the newest runs of a company, without their groups, as if over."""
    return tuple(_progress(run) for run in runs.latest_runs(company_id))


def unfinished(now: datetime) -> tuple[Progress, ...]:
    """Look at every run of the workspace that is not over, of whichever company."""
    found = db.session.scalars(
        select(Run).where(Run.state.in_(runs.RUNNING)).order_by(Run.id.desc())
    ).all()
    return tuple(_progress(run, now) for run in found)


def _progress(run: Run, now: datetime | None = None) -> Progress:
    company = _company_of(run)
    sums = defaultdict(_nothing, tally(run.id))
    home = company.facts.get("currency") or ""
    counts = {state: sums[state][0] for state in PieceState}
    total = max(run.size, sum(counts.values()))
    settled = sum(counts[state] for state in PieceState if state not in runs.UNFINISHED)
    refused = counts[PieceState.REFUSED]
    doubtful = count_in_doubt(run.id) if refused else 0
    over = run.is_over
    state = RunState(run.state)
    return Progress(
        run_id=run.id,
        state=state,
        over=over,
        title=_title(state, counts, doubtful).format(company=company.name),
        text=run.reason or _text(state, counts, total, total - settled, doubtful),
        total=total,
        sent=counts[PieceState.RECORDED],
        already=counts[PieceState.ALREADY],
        held=counts[PieceState.HELD],
        doubtful=doubtful,
        refused=refused - doubtful,
        dropped=counts[PieceState.DROPPED],
        remaining=total - settled,
        percent=100 if over else int(100 * settled / total) if total else 0,
        minutes_sent=sums[PieceState.RECORDED][1],
        money_sent=in_home(sums[PieceState.RECORDED][2], home),
        currency=home,
        company_name=company.name,
        raw=run.raw if run.reason else "",
        started_by_name=run.started_by_name,
        started_at=run.created_at,
        finished_at=run.finished_at,
        groups=_groups(run) if now else (),
        looks_at=_looks_at(run) if counts[PieceState.ANNOUNCED] else None,
        can_stop=not over and state is not RunState.STOPPING,
        reads_lists=bool(now and over and refused) and _reads_lists(run),
        **(_away(run, company, now) if now else {}),
    )


def _company_of(run: Run) -> Company:
    query = select(Company).where(Company.id == run.company_id)
    return db.session.scalars(query).one()


def _looks_at(run: Run) -> datetime | None:
    """Say when calls without an answer are looked up, where the run waits for that."""
    waits = run.reason or run.state == RunState.STOPPING
    return runs.earliest_try(run.id) if waits else None


def _reads_lists(run: Run) -> bool:
    """Say whether QuickBooks' lists are stale; trouble with them is not waited for."""
    lists = directory(run.installation_id)[Side.QUICKBOOKS]
    return lists.stale_since is not None and not lists.problem


def _nothing() -> tuple[int, int, Money]:
    return 0, 0, ()


def _away(run: Run, company: Company, now: datetime) -> dict[str, Any]:
    """
    Say who has not answered, and since when, where the run waits for that.

    A single lost answer is no silence: that is said once the breaker has opened.
    """
    sides = {"QuickBooks": company.realm_digest}
    if run.state == RunState.CHOOSING:
        sides["Clockify"] = clockify_of(run.installation_id)
    for who, name in sides.items():
        since = silent_since(name)
        is_away = since is not None and now - since >= OPENS_AFTER
        says_so = run.reason or run.state == RunState.STOPPING
        if is_away and says_so and run.state in GOES_ON:
            return {"who_is_away": who, "away_since": since}
    return {}


def _title(state: RunState, counts: Mapping[PieceState, int], doubtful: int) -> str:
    """Name the stage; where all was refused or held back, the end says so."""
    not_gone = counts[PieceState.REFUSED] + counts[PieceState.HELD]
    is_nothing = not_gone and not doubtful and not counts[PieceState.RECORDED]
    return NOTHING_SENT if state is RunState.DONE and is_nothing else TITLES[state]


def _text(
    state: RunState,
    counts: Mapping[PieceState, int],
    total: int,
    remaining: int,
    doubtful: int,
) -> str:
    sent = counts[PieceState.RECORDED]
    is_one = 1 in {sent, total}
    told = f"{sent} out of {total} {'entry' if total == 1 else 'entries'}"
    if state is RunState.DONE:
        been = f"{'has' if is_one else 'have'} been sent to QuickBooks"
        return f"{told} {been}.{_rest(counts, doubtful)}"
    if state is RunState.STOPPED:
        return f"{told} had been sent.{_rest(counts, doubtful)}"
    if state is RunState.STOPPING:
        open_calls = counts[PieceState.ANNOUNCED]
        looked = (
            f" {open_calls} may have arrived: what became of them is looked up as soon"
            " as QuickBooks can be asked."
        )
        return f"Nothing more is sent.{looked if open_calls else ''}"
    minutes = round(remaining / A_MINUTE)
    left = f" About {minutes} minutes are left at QuickBooks' pace." * (minutes > 1)
    return (
        f"{told} sent.{left} You can close this tab; it goes on"
        " by itself, also after a restart."
    )


def _rest(counts: Mapping[PieceState, int], doubtful: int) -> str:
    """Say what became of the entries that a finished run has not sent."""
    refused = counts[PieceState.REFUSED] - doubtful
    told = (
        (refused, "refused by QuickBooks"),
        (doubtful, "needs a look" if doubtful == 1 else "need a look"),
        (counts[PieceState.HELD], "held back"),
        (counts[PieceState.DROPPED], "left alone"),
    )
    words = ", ".join(f"{number} {word}" for number, word in told if number)
    return f" {words[0].upper()}{words[1:]}." if words else ""


def _groups(run: Run) -> tuple[Group, ...]:
    """Put together what did not go, or not yet, for the same reason."""
    left = (PieceState.REFUSED, PieceState.HELD, PieceState.ALREADY)
    kept = [each for each in pieces(run.id, *left) if each.reason != Seen.THERE]
    if not run.is_over:
        kept += _waiting(run)
    return group_by_cause(run.company_id, kept)


def _waiting(run: Run) -> list[Piece]:
    """List the pieces that QuickBooks did not take so far, and said why."""
    unfinished = Piece.state.in_(runs.UNFINISHED)
    query = select(Piece).where(Piece.run_id == run.id, unfinished, Piece.raw != "")
    return list(db.session.scalars(query.order_by(Piece.id)))
