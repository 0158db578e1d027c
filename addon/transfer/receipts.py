"""The two ways in which a piece comes to its end at QuickBooks."""

from addon.records import db
from addon.records.receipt import Receipt
from addon.records.run import Piece, PieceState
from addon.transfer.job import Job


def keep_receipt(job: Job, piece: Piece, activity_id: str, sync_token: str) -> None:
    """Write the proof that the piece became this activity; the caller commits."""
    db.session.add(
        Receipt(
            installation_id=piece.installation_id,
            company_id=piece.company_id,
            entry_id=piece.entry_id,
            part=piece.part,
            run_id=piece.run_id,
            activity_id=activity_id,
            sync_token=sync_token,
            minutes=piece.minutes,
            amount=piece.amount,
            recorded_at=job.now(),
        )
    )
    piece.state = PieceState.RECORDED
    piece.explanation = piece.cure = piece.raw = ""
    job.held.last_success_at = job.now()


def refuse(piece: Piece, reason: str, text: str, cure: str, raw: str = "") -> None:
    """Note why QuickBooks does not take the piece; the caller commits."""
    piece.state = PieceState.REFUSED
    piece.reason, piece.explanation, piece.cure, piece.raw = reason, text, cure, raw
