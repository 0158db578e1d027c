"""
Activities that a person has changed in QuickBooks before their receipt came.

Or that QuickBooks itself keeps otherwise than they were sent. What is clearly one
piece's own gets its receipt. What may be a piece's own is never sent a second time: a
person has to look. An activity that was deleted before its receipt came is there no
more; it is sent again, except where QuickBooks remembers the call: then its first
answer is the receipt, and the deletion stands.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from addon.quickbooks.client import Found
from addon.quickbooks.payloads import matches
from addon.quickbooks.present import summary
from addon.quickbooks.resemblance import CLEAR, KIN, fields_named, likeness
from addon.records import db, everywhere
from addon.records.connection import Company
from addon.records.doubt import Candidate, maybe
from addon.records.run import RUNNING, Piece, PieceState, Run
from addon.rules.protocol import Doubt
from addon.transfer.announce import MARGIN
from addon.transfer.job import Job
from addon.transfer.receipts import claimed, keep_receipt, refuse

log = structlog.get_logger()

# How far Intuit's clock may be behind ours where it does not tell the time.
SKEW = timedelta(minutes=2)
# A repeated call may have left its trace at the first try.
LONG_SKEW = timedelta(minutes=10)
# A piece whose activity may be another's waits so long until that one is settled.
WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
# The SyncToken of what nobody has changed since it was made.
UNTOUCHED = "0"
# QuickBooks tells whole seconds.
SECOND = timedelta(seconds=1)

MAYBE_CURE = (
    "Look into QuickBooks, and say in the report under “Needs attention” whether it is"
    " this entry. If it is not, the entry can be sent again."
)


def is_in_time(job: Job, piece: Piece, found: Found, others: Iterable[Piece]) -> bool:
    """
    Say whether an activity was made when the piece's call may have made it.

    One that is too late for it, or so early that only a first try could have made it,
    is not its own where one of the `others` was calling for the very same just then.
    """
    made = found.created_at
    if made is None or piece.announced_at is None:
        return True
    if _was_calling(job, piece, made):
        return True
    first, _ = _window(job, piece)
    return made >= first and not any(
        other.body == piece.body and _was_calling(job, other, made) for other in others
    )


def may_be_anothers(
    job: Job, piece: Piece, found: Found, rivals: Iterable[Piece]
) -> bool:
    """
    Say whether an activity may be of a later call for the very same, not yet settled.

    Whoever takes that leaves what is surely his own, perhaps changed by hand, where
    nobody looks for it any more: it is too old to be the later call's.
    """
    return piece.announced_at is not None and any(
        rival.body == piece.body
        and rival.announced_at is not None
        and _window(job, rival)[0] > piece.announced_at
        and (
            found.created_at is None or rival.announced_at <= found.created_at + SECOND
        )
        for rival in rivals
    )


def may_be_closer(
    job: Job,
    piece: Piece,
    found: Found,
    others: Iterable[Piece],
    fits: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] = matches,
) -> bool:
    """
    Say whether an activity is just what another call said that names more fields.

    A piece that names no service finds its own in one of any service. Another piece
    does not: whoever takes what was made for that leaves it nothing to find. It `fits`
    the call also where QuickBooks put it under a wrong record.
    """
    named = _named(piece)
    return any(
        other is not piece
        and other.state == PieceState.ANNOUNCED
        and _named(other) > named
        and fits(found.body, json.loads(other.body or "{}"))
        and is_in_time(job, other, found, ())
        for other in others
    )


def count_named(piece: Piece) -> int:
    """Count the fields that a piece's body names beyond those of every body."""
    return len(_named(piece))


def _named(piece: Piece) -> frozenset[str]:
    return fields_named(json.loads(piece.body or "{}"))


def wait(job: Job, piece: Piece) -> None:
    """Look for the piece's activity a little later, when others know more."""
    piece.not_before = job.now() + WAIT


def fresh(job: Job, rivals: Iterable[Piece]) -> list[Piece]:
    """
    Pick the pieces under way that were announced lately, and are settled soon.

    Whose run rests for long, such as without a connection, is not waited for.
    """
    now = job.last_told()
    return [
        each
        for each in rivals
        if each.announced_at is not None and now - each.announced_at < LONGEST_WAIT
    ]


def settle_changed(job: Job, missing: list[Piece]) -> list[Piece]:
    """
    Settle pieces whose activity may have been changed; give back the other ones.

    Those are nowhere to be found. Called between transactions; the caller commits.
    """
    missing = [piece for piece in missing if piece.announced_at is not None]
    made = _made(job, missing) if missing else []
    job.keep()
    taken = claimed(job, [each.id for each in made])
    made = [each for each in made if each.id not in taken]
    if not made:
        return missing
    rivals = rivals_of(job, missing)
    known = known_numbers(rivals)
    made = [each for each in made if each.id not in known]
    rivals = [piece for piece in rivals if not piece.candidates]
    changed = [each for each in made if each.sync_token != UNTOUCHED]
    odd = _unexplained(made, [*missing, *rivals])
    left = list(missing)
    while pair := _clear_pair(job, left, changed, rivals):
        piece, found = pair
        log.info("send.changed_by_hand", run=job.run_id, piece=piece.id)
        keep_receipt(job, piece, found.id, found.sync_token)
        left.remove(piece)
        changed.remove(found)
    return [
        piece for piece in left if not _leave_open(job, piece, changed, odd, rivals)
    ]


def _unexplained(made: list[Found], pieces: list[Piece]) -> list[Found]:
    """
    Pick what nobody has touched and what none of these pieces would have made.

    QuickBooks may have kept a field otherwise than it was sent.
    """
    bodies = [json.loads(piece.body or "{}") for piece in pieces]
    return [
        each
        for each in made
        if each.sync_token == UNTOUCHED
        and not any(matches(each.body, body) for body in bodies)
    ]


def _made(job: Job, missing: list[Piece]) -> list[Found]:
    """Read what was made when the calls of these pieces may have been under way."""
    windows = [_window(job, piece) for piece in missing]
    first, last = min(each[0] for each in windows), max(each[1] for each in windows)
    job.commit()
    found = job.client().activities_made(first, last)
    job.commit()
    return found


def _window(job: Job, piece: Piece) -> tuple[datetime, datetime]:
    assert piece.announced_at is not None  # noqa: S101 - announced pieces only
    before = SKEW if piece.attempts == 0 else LONG_SKEW
    longest = job.outside.settings.quickbooks_timeout + MARGIN
    return piece.announced_at - before, piece.announced_at + longest + SKEW


def _was_calling(job: Job, piece: Piece, moment: datetime) -> bool:
    """Say whether the piece's last call may have been under way."""
    if piece.announced_at is None:
        return False
    _, last = _window(job, piece)
    return piece.announced_at - SKEW <= moment <= last


def rivals_of(job: Job, mine: list[Piece]) -> list[Piece]:
    """List the other pieces of this company, of any workspace, that are under way."""
    with everywhere():
        found = db.session.scalars(
            select(Piece)
            # By way of the runs, or all pieces of all times are looked through.
            .join(Run, Run.id == Piece.run_id)
            .join(Company, Company.id == Run.company_id)
            .where(
                Company.realm_digest == job.company.realm_digest,
                Run.state.in_(RUNNING),
                Piece.state == PieceState.ANNOUNCED,
                Piece.id.not_in([piece.id for piece in mine]),
            )
        )
        return list(found)


def known_numbers(pieces: Iterable[Piece]) -> set[str]:
    """Give the activities of which it is known whose they are: nobody else's."""
    return {each["id"] for piece in pieces for each in piece.candidates}


def _likeness(job: Job, piece: Piece, found: Found) -> int:
    """Count how like they are; none below what kin needs, or outside its time."""
    if piece.announced_at is None:
        return 0
    first, last = _window(job, piece)
    if found.created_at is not None and not first <= found.created_at <= last:
        return 0
    count = likeness(found.body, json.loads(piece.body or "{}"))
    return count if count >= KIN else 0


def _clear_pair(
    job: Job, left: list[Piece], changed: list[Found], rivals: Iterable[Piece]
) -> tuple[Piece, Found] | None:
    """Find a piece and an activity that are most like each other, and clearly so."""
    for piece in left:
        ranked = sorted(
            ((_likeness(job, piece, each), each) for each in changed),
            key=lambda pair: -pair[0],
        )
        if not ranked or ranked[0][0] < CLEAR:
            continue
        best, found = ranked[0]
        others = [each for each in (*left, *rivals) if each is not piece]
        is_alone = len(ranked) == 1 or ranked[1][0] < best
        if is_alone and all(_likeness(job, each, found) < best for each in others):
            return piece, found
    return None


def _leave_open(
    job: Job,
    piece: Piece,
    changed: list[Found],
    odd: list[Found],
    rivals: list[Piece],
) -> bool:
    """Wait, or tell a person, where an activity may be the piece's own."""
    kin = [each for each in changed if _likeness(job, piece, each)]
    kin += [each for each in odd if _likeness(job, piece, each) >= CLEAR]
    if not kin:
        return False
    contested = any(_likeness(job, rival, each) for rival in rivals for each in kin)
    since = job.last_told() - (piece.announced_at or job.now())
    if contested and since < LONGEST_WAIT:
        wait(job, piece)
        return True
    piece.candidates = [summary(each) for each in kin]
    seen = [Candidate.read(each) for each in piece.candidates]
    refuse(piece, Doubt.MAYBE_THERE, maybe(seen), MAYBE_CURE)
    return True
