"""Write the intention down, then make the call: request id and exact body first."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from addon.quickbooks.client import Client, Outcome
from addon.quickbooks.errors import Disconnected, Unreachable
from addon.quickbooks.payloads import time_activity
from addon.records.receipt import receipts_for
from addon.records.run import Piece, PieceState, pieces
from addon.rules.activity import Activity, amount
from addon.rules.eligibility import Held, judge
from addon.transfer.job import Job
from addon.transfer.outside import Outside
from addon.transfer.renew import access_token
from addon.transfer.snapshot import unpack
from addon.transfer.watch import UNSURE

# A call that was not begun this soon after its announcement is not begun at all: by
# the time it is looked up, it must have happened or never happen.
FRESH = timedelta(seconds=10)
# Added to QuickBooks' own time-out before an unanswered call counts as over: the call
# may begin late, and their clock is known to a few seconds only.
MARGIN = FRESH + UNSURE + timedelta(seconds=5)
# A little later there is an answer that says by their clock that it is over.
GRACE = timedelta(seconds=1)

SENT_BEFORE = "This entry has been sent before."


@dataclass(frozen=True)
class Flight:
    """An announced call; `pieces` gives the piece number of each batch item."""

    outside: Outside = field(repr=False)
    request_id: str
    pieces: Mapping[str, int]
    drafts: Mapping[str, dict[str, Any]] = field(repr=False)
    token: str = field(repr=False)
    realm: str = field(repr=False)
    fresh_until: datetime
    # The same by seconds that nobody can set.
    steady_until: float

    @property
    def piece_ids(self) -> frozenset[int]:
        """The numbers of the pieces that are under way."""
        return frozenset(self.pieces.values())


def announce(job: Job) -> Flight | None:
    """
    Choose the next pieces and commit what will be sent; None where rules hold all.

    Every piece is judged once more, with the links and facts of this moment.
    """
    token, theirs = access_token(job.outside, job.company.id), job.their_now()
    job.keep()
    context = job.context()
    chosen = _next(job)
    receipts = receipts_for(job.company.id, [piece.entry_id for piece in chosen])
    announced = []
    request_id = uuid.uuid4().hex
    for piece in chosen:
        if piece.entry_id in receipts:
            piece.state, piece.explanation = PieceState.ALREADY, SENT_BEFORE
            continue
        verdict = judge(unpack(piece.snapshot), context)
        if isinstance(verdict, Held):
            piece.state, piece.reason = PieceState.HELD, verdict.reason
            piece.explanation, piece.cure = verdict.text, verdict.cure
            continue
        piece.day, piece.minutes = verdict.day, verdict.minutes
        piece.amount = amount(verdict) if verdict.billable else None
        piece.currency = verdict.currency
        try:
            piece.body = _body(verdict)
        except ValueError as problem:
            piece.state, piece.reason = PieceState.HELD, "bad-rate"
            piece.explanation = f"{problem}."
            piece.cure = "Give the rate in Clockify two decimals."
            continue
        announced.append(piece)
    return _commit(job, request_id, announced, token, theirs)


def _next(job: Job) -> list[Piece]:
    """
    Give the pieces whose turn it is.

    What came to nothing goes again after all that was never tried, so that it keeps
    nobody waiting, and in smaller company, in the end alone.
    """
    most, now = job.batch_size, job.now()
    fresh = pieces(job.run_id, PieceState.CHOSEN, due=now, most=most, fresh=True)
    if fresh:
        return fresh
    again = pieces(job.run_id, PieceState.CHOSEN, due=now, most=most)
    return again[: max(1, job.outside.parcel >> again[0].attempts)] if again else []


def again(job: Job, request_id: str, group: list[Piece]) -> Flight | None:
    """Announce the very same call once more: same id, same items, same bytes."""
    token, theirs = access_token(job.outside, job.company.id), job.their_now()
    job.keep()
    for piece in group:
        piece.attempts += 1
    return _commit(job, request_id, group, token, theirs)


def fly(flight: Flight) -> dict[str, Outcome]:
    """Make the call; runs beside others, so it touches nothing but the network."""
    outside = flight.outside
    if outside.now() > flight.fresh_until or outside.steady() > flight.steady_until:
        raise Unreachable("The call came too late to be made", sent=False)

    def access(must_renew: bool) -> str:  # noqa: FBT001 - the gate's protocol
        if must_renew:
            raise Disconnected("The access token has expired", renewable=True)
        return flight.token

    settings = outside.settings
    client = Client(
        outside.http,
        settings.api_url,
        flight.realm,
        access,
        clock=outside.hear,
        write_seconds=settings.quickbooks_timeout.total_seconds() + 10,
    )
    return client.record_batch(flight.request_id, flight.drafts)


def _body(draft: Activity) -> str:
    """Write the exact body; ValueError for a rate that no JSON number can hold."""
    sent = time_activity(
        draft, class_id=draft.class_id, department_id=draft.location_id
    )
    return json.dumps(sent, sort_keys=True)


def _commit(
    job: Job, request_id: str, group: list[Piece], token: str, theirs: datetime
) -> Flight | None:
    """Commit the announcement of these pieces; the call may begin from then on."""
    now, steady = job.now(), job.outside.steady()
    for number, piece in enumerate(group, start=1):
        if piece.state == PieceState.CHOSEN:
            piece.state = PieceState.ANNOUNCED
            piece.request_id, piece.bid = request_id, str(number)
        piece.announced_at = theirs
        piece.not_before = now + job.outside.settings.quickbooks_timeout + MARGIN
        piece.not_before += GRACE
    job.commit()
    if not group:
        return None
    return Flight(
        outside=job.outside,
        request_id=request_id,
        pieces={piece.bid or "": piece.id for piece in group},
        drafts={piece.bid or "": json.loads(piece.body or "{}") for piece in group},
        token=token,
        realm=job.company.realm,
        # From before the commit, which may have taken long.
        fresh_until=now + FRESH,
        steady_until=steady + FRESH.total_seconds(),
    )
