"""What an answer means for the pieces that were under way, and for the run."""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import select

from addon.quickbooks.client import Missing, Outcome, Recorded
from addon.quickbooks.errors import (
    Busy,
    Disconnected,
    Fault,
    QuickBooksError,
    Rejected,
    Unreachable,
)
from addon.quickbooks.faults import is_permission_gone, is_throttle
from addon.quickbooks.payloads import same_owner
from addon.records import db
from addon.records.run import Piece, PieceState, Run, RunState
from addon.transfer.announce import Flight
from addon.transfer.job import Job
from addon.transfer.lookup import MOST_TRIES
from addon.transfer.misplaced import take_out
from addon.transfer.pace import Away, heard
from addon.transfer.receipts import (
    claimed,
    explain_piece,
    keep_receipt,
    note_success,
    raw_of,
    refuse_as_explained,
)
from addon.transfer.renew import access_token
from addon.transfer.waits import SLOW_DOWN, in_words, wait_for_connection

log = structlog.get_logger()

# The company as a whole takes nothing now: no row is to blame.
WHOLE_COMPANY = {
    *("140", "150", "5020", "5030", "6190", "10200", "HTTP 403", "HTTP 404"),
    *("invalid_client", "unauthorized_client"),
}
# An item that was turned away for haste waits at least as long as a call would.
THROTTLED, LONGEST_THROTTLED = timedelta(seconds=60), timedelta(minutes=30)
# A run that hears nothing clear asks again after so long at most; how often a company
# that is away is called is for the breaker to say.
LONGEST_SILENCE = timedelta(minutes=1)
# Fresh tokens that QuickBooks refuses all the same, before we stop asking.
MOST_REFUSALS = 2


def land(job: Job, flight: Flight | None, result: object) -> None:
    """Deal with the end of a call, or of a look-up where `flight` is None."""
    if flight is not None:
        # Calls of a look-up have told of their end themselves.
        problem = result if isinstance(result, QuickBooksError) else None
        heard(job.outside, job.company.realm_digest, problem)
    if isinstance(result, Mapping) and flight is not None:
        _record(job, flight, result)
    elif isinstance(result, Busy):
        _slow_down(job, flight, result)
    elif isinstance(result, Disconnected):
        _reconnect(job, flight, result)
    elif isinstance(result, Rejected):
        _refused(job, flight, result.fault)
    elif isinstance(result, QuickBooksError):
        _unanswered(job, flight, result)
    elif isinstance(result, BaseException):
        raise result


def _record(job: Job, flight: Flight, outcomes: Mapping[str, Outcome]) -> None:
    """Write the receipts and refusals of one answered batch."""
    run = _go_on(job)
    job.unanswered = 0
    job.refused_tokens.clear()
    wrong: list[tuple[Piece, Recorded]] = []
    stopper: Fault | None = None
    ids = _activity_ids(outcomes)
    taken = claimed(job, ids)
    rows = _pieces(flight)
    # A call that was repeated says nothing of how long the others have waited.
    is_first = any(piece.attempts == 0 for _, piece in rows)
    for bid, piece in rows:
        outcome = outcomes[bid]
        if isinstance(outcome, Missing):
            _unsaid(job, piece, outcome)
        elif isinstance(outcome, Fault) and _is_companys(piece, outcome, ids):
            _free(piece)
            stopper = outcome
        elif isinstance(outcome, Fault):
            _item_refused(job, piece, outcome)
        elif outcome.activity_id in taken:
            # A look-up gave it to another entry that is the same in all that
            # QuickBooks keeps. So this one is owed an activity of its own: it is
            # looked for, and then announced under a request id of its own.
            piece.attempts += 1
            piece.not_before = job.now()
        elif same_owner(outcome.body, flight.drafts[bid]):
            keep_receipt(job, piece, outcome.activity_id, outcome.sync_token)
            taken.add(outcome.activity_id)
        else:
            wrong.append((piece, outcome))
    note_success(job)
    if is_first and stopper is None:
        job.note_fresh(run)
    job.commit()
    for piece, outcome in wrong:
        take_out(job, piece, {outcome.activity_id: outcome.sync_token})
    if stopper is not None:
        _pause_for(job, stopper)


def _go_on(job: Job) -> Run:
    """Say no longer what the run rested for: that is over."""
    run = job.keep()
    if run.state != RunState.PAUSED:
        run.reason = ""
    return run


def _activity_ids(outcomes: Mapping[str, Outcome]) -> list[str]:
    found = outcomes.values()
    return [each.activity_id for each in found if isinstance(each, Recorded)]


def _unsaid(job: Job, piece: Piece, outcome: Missing) -> None:
    """Look up what became of a piece; the call is over, so that it is certain now."""
    piece.not_before = job.now()
    if outcome.fault is not None:
        # Should it come to nothing each time, this is why.
        explain_piece(job, piece, outcome.fault)


def _is_companys(piece: Piece, fault: Fault, recorded: list[str]) -> bool:
    """
    Say whether a fault of an item is about the company as a whole.

    It is not where other items of the same call were recorded, nor for a piece that
    was tried before: then only this piece is to blame.
    """
    if recorded or piece.attempts:
        return False
    return (
        is_throttle(fault) or fault.code in WHOLE_COMPANY or is_permission_gone(fault)
    )


def _item_refused(job: Job, piece: Piece, fault: Fault) -> None:
    """Refuse one piece, or try it again later."""
    explanation = explain_piece(job, piece, fault)
    piece.attempts += 1
    if not explanation.retry or piece.attempts >= MOST_TRIES:
        refuse_as_explained(piece)
        return
    _free(piece)
    # Haste is not the piece's fault: it gets an hour and a half before it is given up.
    hasty = min(THROTTLED * 2 ** (piece.attempts - 1), LONGEST_THROTTLED)
    pause = hasty if is_throttle(fault) else _back_off(piece.attempts)
    piece.not_before = job.now() + pause


def _slow_down(job: Job, flight: Flight | None, busy: Busy) -> None:
    """Come back when the gates are open again; nothing was done."""
    _free_all(job, flight)
    said = SLOW_DOWN
    if busy.fault is not None and not is_throttle(busy.fault):
        said = in_words(job, busy.fault)
    wait = timedelta(seconds=max(1.0, busy.retry_after))
    job.rest(said, wait, raw_of(busy.fault))


def _reconnect(job: Job, flight: Flight | None, refusal: Disconnected) -> None:
    """Renew the token where that can help, else wait for a person."""
    _free_all(job, flight)
    job.commit()
    if flight is not None and refusal.renewable and _may_renew(job, flight.token):
        try:
            access_token(job.outside, job.company.id, not_this=flight.token)
        except Disconnected:
            pass
        except Rejected as refused:
            _pause_for(job, refused.fault)
            return
        except QuickBooksError as problem:
            _unanswered(job, None, problem)
            return
        else:
            return
    wait_for_connection(job, refusal.fault)


def _may_renew(job: Job, token: str) -> bool:
    """Say whether a fresh token can help; calls made with one token count once."""
    job.refused_tokens.add(token)
    return len(job.refused_tokens) <= MOST_REFUSALS


def _refused(job: Job, flight: Flight | None, fault: Fault) -> None:
    """QuickBooks refused a whole call: find the piece to blame, or wait."""
    if flight is None or fault.code in WHOLE_COMPANY:
        _free_all(job, flight)
        job.commit()
        _pause_for(job, fault)
        return
    job.keep()
    rows = _pieces(flight)
    if len(rows) > 1:
        # One of them is to blame: in smaller company, in the end alone, each will say
        # for itself, after all others.
        for _, piece in rows:
            piece.attempts += 1
            _free(piece)
    else:
        for _, piece in rows:
            explain_piece(job, piece, fault)
            refuse_as_explained(piece)
    job.commit()


def _unanswered(job: Job, flight: Flight | None, problem: QuickBooksError) -> None:
    """No clear answer: what may have arrived stays announced until it is looked up."""
    if not isinstance(problem, Away):
        log.warning("send.unanswered", run=job.run_id, problem=type(problem).__name__)
    may_have_arrived = isinstance(problem, Unreachable) and problem.sent
    if not may_have_arrived:
        _free_all(job, flight)
    elif problem.fault is not None and flight is not None:
        # Should it come to nothing each time, this is why.
        for _, piece in _pieces(flight):
            explain_piece(job, piece, problem.fault)
    job.unanswered += 1
    job.batch_size = max(5, job.batch_size // 2)
    how_long = min(_back_off(job.unanswered), LONGEST_SILENCE)
    if isinstance(problem, Away):
        how_long = problem.again_in
    job.rest(
        "QuickBooks did not answer clearly. We look what arrived and go on by"
        " ourselves."
        if may_have_arrived
        else "QuickBooks cannot be reached. We try again by ourselves.",
        how_long,
    )


def _pause_for(job: Job, fault: Fault) -> None:
    """Let the run wait for what concerns the company as a whole."""
    if is_throttle(fault):
        wait = THROTTLED.total_seconds()
        busy = Busy("None was taken, for haste", retry_after=wait)
        heard(job.outside, job.company.realm_digest, busy)
        _slow_down(job, None, busy)
        return
    if is_permission_gone(fault):
        wait_for_connection(job, fault)
        return
    job.pause(in_words(job, fault), raw_of(fault))


def _pieces(flight: Flight) -> list[tuple[str, Piece]]:
    rows = db.session.scalars(
        select(Piece).where(
            Piece.id.in_(flight.piece_ids), Piece.state == PieceState.ANNOUNCED
        )
    )
    found = {piece.id: piece for piece in rows}
    return [
        (bid, found[number]) for bid, number in flight.pieces.items() if number in found
    ]


def _free_all(job: Job, flight: Flight | None) -> None:
    """Let pieces be announced anew whose call certainly did nothing."""
    job.keep()
    if flight is not None:
        for _, piece in _pieces(flight):
            _free(piece)


def _free(piece: Piece) -> None:
    piece.state, piece.request_id, piece.bid = PieceState.CHOSEN, None, None
    piece.not_before = None


def _back_off(tries: int) -> timedelta:
    return timedelta(seconds=min(300, 5 * 2 ** min(tries - 1, 10)))
