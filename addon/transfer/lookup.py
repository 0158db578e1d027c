"""Find out what became of unanswered calls before anything is repeated."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from addon.quickbooks.client import Found
from addon.quickbooks.payloads import matches
from addon.records import db
from addon.records.run import Piece, PieceState, RunState, announced_under, pieces
from addon.transfer.announce import GRACE, MARGIN, Flight, again
from addon.transfer.changed import (
    UNTOUCHED,
    count_named,
    fresh,
    is_in_time,
    known_numbers,
    may_be_anothers,
    may_be_closer,
    rivals_of,
    settle_changed,
    wait,
)
from addon.transfer.job import NEVER, Job
from addon.transfer.misplaced import is_misplaced, take_out, take_out_known
from addon.transfer.receipts import (
    claimed,
    keep_receipt,
    note_success,
    refuse,
    refuse_as_explained,
)
from addon.transfer.spans import spans

log = structlog.get_logger()

MOST_TRIES = 8

# What may be a piece's own, by its number, where it may as well be another one's.
Contested = dict[int, list[Found]]

UNCLEAR = "QuickBooks did not say what became of this entry, and does not hold it."
UNCLEAR_CURE = "Send it again later. If it happens again, ask Intuit's support."


@dataclass(frozen=True)
class _Look:
    """One reading: the pieces it is about, and who else may have made what it shows."""

    job: Job
    due: list[Piece]
    rivals: list[Piece]
    # Those of both that are settled before long.
    due_soon: list[Piece]
    soon: list[Piece]
    contested: Contested

    def may_be_anothers(self, piece: Piece, found: Found) -> bool:
        """Say whether an activity may be of another piece that is not settled."""
        return self._is_owed(piece, found, self.due, self.rivals)

    def may_soon_be_anothers(self, piece: Piece, found: Found) -> bool:
        """Say the same of those that are settled before long."""
        return self._is_owed(piece, found, self.due_soon, self.soon)

    def _is_owed(
        self, piece: Piece, found: Found, due: list[Piece], rivals: list[Piece]
    ) -> bool:
        return may_be_anothers(self.job, piece, found, rivals) or may_be_closer(
            self.job, piece, found, [*due, *rivals]
        )


def still_open(job: Job, piece: Piece) -> timedelta:
    """
    Say how much longer the piece's call may be under way, by QuickBooks' own clock.

    Ours may have been set since, or another machine's may have been used.
    """
    theirs = job.outside.their_now()
    if theirs is None or piece.announced_at is None:
        return timedelta(0)
    longest = job.outside.settings.quickbooks_timeout + MARGIN
    return piece.announced_at + longest - theirs


def look_up(
    job: Job,
    away: set[int],
    already: Callable[[Job, list[str]], set[str]] = claimed,
    settle: Callable[[Job, list[Piece]], list[Piece]] = settle_changed,
    still: Callable[[Job, Piece], timedelta] = still_open,
) -> Flight | None:
    """
    Look for the activities of announced pieces whose time is over.

    Each activity is claimed by at most one piece: `already` says which ones a receipt
    speaks for. What is not there as it was sent may be there `settle`d by other hands.
    A call of which nothing is there is repeated once under its own request id, and
    only then announced anew.
    """
    due = [
        piece
        for piece in pieces(job.run_id, PieceState.ANNOUNCED, due=job.now())
        if piece.id not in away
    ]
    db.session.commit()
    due = take_out_known(job, due)
    missing: list[Piece] = []
    contested: Contested = {}
    for span in spans(due):
        # What one reading has shown is written down before the next one can fail.
        missing += _look_at(job, span, contested, already, still)
    missing = settle(job, missing)
    missing = [
        piece
        for piece in missing
        if not _take(job, piece, contested.get(piece.id, []), already)
    ]
    job.commit()
    log.info("send.looked_up", run=job.run_id, pieces=len(due), missing=len(missing))
    return _try_again(job, missing)


def _look_at(
    job: Job,
    due: list[Piece],
    contested: Contested,
    already: Callable[[Job, list[str]], set[str]],
    still: Callable[[Job, Piece], timedelta],
) -> list[Piece]:
    """Read the days of some pieces, settle those that are there, give the others."""
    days = [piece.day or date.min for piece in due]
    found = job.client().activities(min(days), max(days))
    job.keep()
    due = [piece for piece in due if not _is_early(job, still(job, piece), piece)]
    taken = already(job, [each.id for each in found])
    free = _in_order(each for each in found if each.id not in taken)
    rivals = rivals_of(job, due) if due and free else []
    known = known_numbers(rivals)
    free = [each for each in free if each.id not in known]
    # Whoever names most is least easily content. Else the first call's is what was made
    # first: so as many as possible find their own.
    due.sort(key=lambda piece: (-count_named(piece), piece.announced_at or NEVER))
    look = _Look(job, due, rivals, fresh(job, due), fresh(job, rivals), contested)
    missing = [piece for piece in due if not _claim(look, piece, free)]
    if len(missing) < len(due):
        note_success(job)
    job.commit()
    missing = _without_misplaced(look, missing, free)
    job.commit()
    return missing


def _in_order(found: Iterable[Found]) -> list[Found]:
    """Put first what nobody has changed, and of that what was made first."""
    return sorted(
        found,
        key=lambda each: (each.sync_token != UNTOUCHED, each.created_at or NEVER),
    )


def _is_early(job: Job, left: timedelta, piece: Piece) -> bool:
    """Look again later where the call may still be under way."""
    if left > timedelta(0):
        piece.not_before = job.now() + left + GRACE
    return left > timedelta(0)


def _without_misplaced(
    look: _Look, missing: list[Piece], free: list[Found]
) -> list[Piece]:
    """
    Take out what lies under another person's name; give the other pieces back.

    All that could be the piece's own is taken out: none of it may stay, and which one
    it was of several that are the same nobody can tell.
    """
    left, job = [], look.job
    others = [*missing, *look.rivals]
    for piece in missing:
        body = json.loads(piece.body or "{}")
        wrong = [
            each
            for each in free
            if is_misplaced(each.body, body)
            and is_in_time(job, piece, each, others)
            and not may_be_anothers(job, piece, each, missing)
        ]
        if not wrong:
            left.append(piece)
            continue
        if any(
            may_be_anothers(job, piece, each, look.soon)
            or may_be_closer(job, piece, each, look.soon, is_misplaced)
            for each in wrong
        ):
            wait(job, piece)
            continue
        for each in wrong:
            free.remove(each)
        take_out(job, piece, {each.id: each.sync_token for each in wrong})
    return left


def _claim(look: _Look, piece: Piece, free: list[Found]) -> bool:
    """
    Give the piece an unclaimed activity that is its own, or let it wait for one.

    False where there is none, or only such as belong to a later one that is due too,
    or may belong to another that is not settled before long.
    """
    job, body = look.job, json.loads(piece.body or "{}")
    others = [*look.due, *look.rivals]
    own = [
        each
        for each in free
        if matches(each.body, body)
        and is_in_time(job, piece, each, others)
        and not may_be_anothers(job, piece, each, look.due)
    ]
    surely = [each for each in own if not look.may_be_anothers(piece, each)]
    unsure = [each for each in own if not look.may_soon_be_anothers(piece, each)]
    if surely:
        free.remove(surely[0])
        keep_receipt(job, piece, surely[0].id, surely[0].sync_token)
    elif unsure:
        look.contested[piece.id] = unsure
        return False
    elif own:
        wait(job, piece)
    return bool(own)


def _take(
    job: Job,
    piece: Piece,
    contested: list[Found],
    already: Callable[[Job, list[str]], set[str]],
) -> bool:
    """
    Give the piece what may be another's who is not settled for long.

    Only after its own was looked for that somebody may have changed.
    """
    taken = already(job, [each.id for each in contested])
    for each in contested:
        if each.id not in taken:
            keep_receipt(job, piece, each.id, each.sync_token)
            return True
    return False


def _try_again(job: Job, missing: list[Piece]) -> Flight | None:
    """Repeat one wholly missing call as it was; free all other missing pieces."""
    repeat: tuple[str, list[Piece]] | None = None
    by_request: dict[str, list[Piece]] = {}
    for piece in sorted(missing, key=lambda piece: piece.id):
        by_request.setdefault(piece.request_id or "", []).append(piece)
    # Whoever has pressed Stop wants nothing sent that has not arrived.
    may_send = job.keep().state != RunState.STOPPING
    for request_id, group in by_request.items():
        is_whole = may_send and len(group) == len(announced_under(request_id))
        # A call of long ago would say what may not hold any more.
        is_late = len(fresh(job, group)) < len(group)
        if is_whole and not is_late and all(each.attempts == 0 for each in group):
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
