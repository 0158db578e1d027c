"""Where a run stands, in words and numbers, for whoever watches it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from addon.records import run as runs
from addon.records.base import db
from addon.records.connection import Company
from addon.records.run import Piece, PieceState, Run, RunState, pieces, tally

# How many entries of one group are listed by name.
MOST_LISTED = 200

TITLES = {
    RunState.CHOOSING: "Reading the chosen entries",
    RunState.SENDING: "Sending to {company}",
    RunState.PAUSED: "Waiting to go on",
    RunState.STOPPING: "Stopping",
    RunState.STOPPED: "Stopped",
    RunState.DONE: "Finished",
}


class Left(NamedTuple):
    """One entry that did not go, as a person knows it."""

    day: date | None
    person: str
    project: str
    minutes: int
    description: str


@dataclass(frozen=True)
class Group:
    """Entries that did not go for one and the same reason."""

    text: str
    cure: str
    raw: str
    count: int
    minutes: int
    rows: tuple[Left, ...]


@dataclass(frozen=True)
class Progress:
    """A run in numbers; they add up: sent + already + held + refused + remaining."""

    run_id: int
    state: RunState
    over: bool
    title: str
    text: str
    total: int
    sent: int
    already: int
    held: int
    refused: int
    dropped: int
    remaining: int
    percent: int
    minutes_sent: int
    amount_sent: Decimal
    currency: str
    company_name: str
    started_by_name: str
    started_at: datetime
    finished_at: datetime | None
    groups: tuple[Group, ...]
    can_stop: bool


def progress(run_id: int) -> Progress | None:
    """Look at one run of the workspace we are within."""
    run = runs.find_run(run_id)
    return None if run is None else _progress(run, with_groups=True)


def history(company_id: int) -> tuple[Progress, ...]:
    """Look at the newest runs of a company, without their groups."""
    return tuple(
        _progress(run, with_groups=False) for run in runs.latest_runs(company_id)
    )


def _progress(run: Run, *, with_groups: bool) -> Progress:
    company = db.session.scalars(
        select(Company).where(Company.id == run.company_id)
    ).one()
    sums = defaultdict(lambda: (0, 0, Decimal(0)), tally(run.id))
    counts = {state: sums[state][0] for state in PieceState}
    total = max(run.size, sum(counts.values()))
    settled = sum(counts[state] for state in PieceState if state not in runs.UNFINISHED)
    over = run.is_over
    state = RunState(run.state)
    return Progress(
        run_id=run.id,
        state=state,
        over=over,
        title=TITLES[state].format(company=company.name),
        text=run.reason or _text(state, counts[PieceState.RECORDED], total),
        total=total,
        sent=counts[PieceState.RECORDED],
        already=counts[PieceState.ALREADY],
        held=counts[PieceState.HELD],
        refused=counts[PieceState.REFUSED],
        dropped=counts[PieceState.DROPPED],
        remaining=total - settled,
        percent=100 if over else int(100 * settled / total) if total else 0,
        minutes_sent=sums[PieceState.RECORDED][1],
        amount_sent=sums[PieceState.RECORDED][2],
        currency=company.facts.get("currency") or "",
        company_name=company.name,
        started_by_name=run.started_by_name,
        started_at=run.created_at,
        finished_at=run.finished_at,
        groups=_groups(run) if with_groups else (),
        can_stop=not over and state is not RunState.STOPPING,
    )


def _text(state: RunState, sent: int, total: int) -> str:
    if state is RunState.DONE:
        return f"{sent} out of {total} entries have been sent to QuickBooks."
    if state is RunState.STOPPED:
        return f"{sent} out of {total} entries had been sent. The rest was left alone."
    if state is RunState.STOPPING:
        return "What is under way is brought to its end."
    return f"{sent} out of {total} entries sent. You can close this tab; it goes on."


def _groups(run: Run) -> tuple[Group, ...]:
    """Put together what did not go for the same reason, the largest group first."""
    members: dict[tuple[str, str, str], list[Piece]] = defaultdict(list)
    for piece in pieces(
        run.id, PieceState.REFUSED, PieceState.HELD, PieceState.ALREADY
    ):
        cause = (piece.state, piece.explanation, piece.cure)
        members[cause].append(piece)
    groups = [
        Group(
            text=text,
            cure=cure,
            raw=rows[0].raw,
            count=len(rows),
            minutes=sum(piece.minutes for piece in rows),
            rows=tuple(_left(piece) for piece in rows[:MOST_LISTED]),
        )
        for (_, text, cure), rows in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _left(piece: Piece) -> Left:
    entry = piece.snapshot or {}
    client, project = entry.get("client_name", ""), entry.get("project_name", "")
    return Left(
        day=piece.day,
        person=entry.get("user_name", ""),
        project=f"{client} / {project}" if client and project else project or client,
        minutes=piece.minutes,
        description=entry.get("description", ""),
    )
