"""Time that QuickBooks put under another record than the one we named."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from addon.quickbooks.errors import QuickBooksError
from addon.quickbooks.payloads import matches, same_owner
from addon.records import db
from addon.records.run import Piece
from addon.rules.protocol import Doubt
from addon.transfer.job import Job
from addon.transfer.receipts import claimed, keep_receipt, names_of, refuse

log = structlog.get_logger()

# After so many attempts a person has to take an activity out. The look-up gives up
# after eight of any kind, so that at least five are left for taking out.
MOST_TRIES = 13

CURE = "Choose the person's record again in the add-on's settings."
TAKEN_OUT = (
    "QuickBooks put this time under another record than {person}, so we took it out"
    " again."
)
STILL_THERE = (
    "QuickBooks put this time under another record than {person}, and did not let us"
    " take it out again."
)
STILL_THERE_CURE = (
    "Delete time activity {activity} of {date} in QuickBooks. Then choose the person's"
    " record again in the add-on's settings, and say in the report under “Needs"
    " attention” that it is not there any more."
)


def is_misplaced(found: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """
    Say whether this is what we sent, but under some other name of the same number.

    QuickBooks keeps it as NameOf "Other" (QuickBooks: pitfalls reported by users).
    """
    ref = f"{sent.get('NameOf')}Ref"
    if found.get("NameOf") != "Other" or ref not in sent:
        return False
    other = found.get("OtherNameRef")
    if not isinstance(other, Mapping) or other.get("value") != sent[ref]["value"]:
        return False
    return matches({**found, "NameOf": sent["NameOf"], ref: sent[ref]}, sent)


def take_out(job: Job, piece: Piece, activities: Mapping[str, str]) -> None:
    """
    Remove activities (their ids and SyncTokens) and refuse the piece; commits.

    Until then the piece stays announced and keeps their numbers, under which they are
    found again whatever people change in them; gone already counts as removed.
    """
    kept = [
        activity_id
        for activity_id, sync_token in activities.items()
        if not _is_removed(job, activity_id, sync_token)
    ]
    job.keep()
    names = names_of(job, piece)
    piece.attempts += 1
    piece.candidates = []
    if not kept:
        refuse(piece, "wrong-person", TAKEN_OUT.format_map(names), CURE)
    elif piece.attempts >= MOST_TRIES:
        cure = STILL_THERE_CURE.format(activity=", ".join(kept), date=names["date"])
        refuse(piece, Doubt.WRONG_PERSON_THERE, STILL_THERE.format_map(names), cure)
    else:
        piece.candidates = [{"id": activity_id} for activity_id in kept]
        piece.not_before = job.now() + timedelta(minutes=piece.attempts)
    job.commit()


def take_out_known(job: Job, due: list[Piece]) -> list[Piece]:
    """Deal with the pieces whose activity is known by its number; give the others."""
    known = [piece for piece in due if piece.candidates]
    for piece in known:
        _take_out_again(job, piece)
    return [piece for piece in due if piece not in known]


def _take_out_again(job: Job, piece: Piece) -> None:
    """
    Remove what was kept the last time; commits.

    Where somebody has put it under the right person meanwhile, it is the piece's own.
    """
    numbers = [each["id"] for each in piece.candidates]
    db.session.commit()
    there = [job.client().activity(number) for number in numbers]
    job.keep()
    body, taken = json.loads(piece.body or "{}"), claimed(job, numbers)
    rows = [each for each in there if each is not None and each.id not in taken]
    right = next((each for each in rows if same_owner(each.body, body)), None)
    if right is not None:
        piece.candidates = []
        keep_receipt(job, piece, right.id, right.sync_token)
        job.commit()
        return
    job.commit()
    take_out(job, piece, {each.id: each.sync_token for each in rows})


def _is_removed(job: Job, activity_id: str, sync_token: str) -> bool:
    try:
        job.client().delete_activity(activity_id, sync_token)
    except QuickBooksError as problem:
        log.warning("send.misplaced_kept", problem=str(problem))
        return False
    return True
