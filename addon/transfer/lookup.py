"""Find out what became of unanswered calls before anything is repeated."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby

import structlog

from addon.quickbooks.client import Found
from addon.quickbooks.payloads import matches
from addon.records import db
from addon.records.run import Piece, PieceState, announced_under, pieces
from addon.transfer.announce import Flight, again
from addon.transfer.job import Job
from addon.transfer.misplaced import is_misplaced, take_out
from addon.transfer.receipts import (
    claimed,
    keep_receipt,
    note_success,
    refuse,
    refuse_as_explained,
)

log = structlog.get_logger()

# How far Intuit's clock may be behind ours.
SKEW = timedelta(minutes=2)
# Spans of days up to this long are read with one question.
LONGEST_SPAN = timedelta(days=7)
MOST_TRIES = 8

UNCLEAR = "QuickBooks did not say what became of this entry, and does not hold it."
UNCLEAR_CURE = "Send it again later. If it happens again, ask Intuit's support."


def look_up(
    job: Job,
    away: set[int],
    already: Callable[[Job, list[str]], set[str]] = claimed,
) -> Flight | None:
    """
    Look for the activities of announced pieces whose time is over.

    Each activity is claimed by at most one piece: `already` says which ones a receipt
    speaks for. A call of which nothing is there is
    repeated once under its own request id, and only then announced anew.
    """
    due = [
        piece
        for piece in pieces(job.run_id, PieceState.ANNOUNCED, due=job.now())
        if piece.id not in away
    ]
    db.session.commit()
    found = _activities(job, due)
    job.keep()
    taken = already(job, [each.id for each in found])
    free = [each for each in found if each.id not in taken]
    missing = [piece for piece in due if not _claim(job, piece, free)]
    if len(missing) < len(due):
        note_success(job)
    job.commit()
    log.info("send.looked_up", run=job.run_id, pieces=len(due), missing=len(missing))
    return _try_again(job, _without_misplaced(job, missing, free))


def _without_misplaced(
    job: Job, missing: list[Piece], free: list[Found]
) -> list[Piece]:
    """
    Take out what lies under another person's name; give the other pieces back.

    All that could be the piece's own is taken out: none of it may stay, and which one
    it was of several that are the same nobody can tell.
    """
    left = []
    for piece in missing:
        body = json.loads(piece.body or "{}")
        wrong = [
            each
            for each in free
            if _is_in_time(piece, each) and is_misplaced(each.body, body)
        ]
        if not wrong:
            left.append(piece)
            continue
        for each in wrong:
            free.remove(each)
        take_out(job, piece, {each.id: each.sync_token for each in wrong})
    return left


def _activities(job: Job, due: list[Piece]) -> list[Found]:
    days = sorted({piece.day for piece in due if piece.day is not None})
    found: list[Found] = []
    for first, last in _spans(days):
        found += job.client().activities(first, last)
        job.commit()
    return found


def _spans(days: list[date]) -> Iterator[tuple[date, date]]:
    """Cover the days with few spans, none much longer than a week."""
    first = last = None
    for day in days:
        if first is None or last is None:
            first = last = day
        elif day - first <= LONGEST_SPAN:
            last = day
        else:
            yield first, last
            first = last = day
    if first is not None and last is not None:
        yield first, last


def _claim(job: Job, piece: Piece, free: list[Found]) -> bool:
    """Give the piece the first unclaimed activity that is its own, if there is one."""
    body = json.loads(piece.body or "{}")
    for each in free:
        if _is_in_time(piece, each) and matches(each.body, body):
            free.remove(each)
            keep_receipt(job, piece, each.id, each.sync_token)
            return True
    return False


def _is_in_time(piece: Piece, found: Found) -> bool:
    if found.created_at is None or piece.announced_at is None:
        return True
    return found.created_at >= piece.announced_at - SKEW


def _try_again(job: Job, missing: list[Piece]) -> Flight | None:
    """Repeat one wholly missing call as it was; free all other missing pieces."""
    repeat: tuple[str, list[Piece]] | None = None
    by_request = sorted(missing, key=lambda piece: (piece.request_id or "", piece.id))
    job.keep()
    for request_id, grouped in groupby(by_request, key=lambda p: p.request_id or ""):
        group = list(grouped)
        is_whole = len(group) == len(announced_under(request_id))
        if is_whole and all(piece.attempts == 0 for piece in group):
            repeat = repeat or (request_id, group)
            continue
        for piece in group:
            _free(job, piece)
    job.commit()
    return again(job, *repeat) if repeat else None


def _free(job: Job, piece: Piece) -> None:
    """Let the piece be announced anew: its call is over and left nothing behind."""
    piece.attempts += 1
    if piece.attempts >= MOST_TRIES and piece.raw:
        refuse_as_explained(piece)
        return
    if piece.attempts >= MOST_TRIES:
        refuse(piece, "unclear", UNCLEAR, UNCLEAR_CURE)
        return
    piece.state, piece.request_id, piece.bid = PieceState.CHOSEN, None, None
    piece.not_before = job.now()
