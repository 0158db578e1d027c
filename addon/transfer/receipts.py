"""The two ways in which a piece comes to its end at QuickBooks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from addon.quickbooks.blanks import Named, named_records
from addon.quickbooks.errors import Fault
from addon.quickbooks.faults import (
    Explanation,
    explain,
    last_cure,
    said,
)
from addon.records import db, everywhere
from addon.records.connection import Connection
from addon.records.receipt import Origin, Receipt, claimed_activities
from addon.records.run import Piece, PieceState
from addon.rules.names import shown
from addon.transfer.job import Job
from addon.transfer.named import called, known_records
from addon.transfer.snapshot import unpack


def keep_receipt(job: Job, piece: Piece, activity_id: str, sync_token: str) -> None:
    """Write the proof that the piece became this activity; the caller commits."""
    db.session.add(Receipt(**receipt_of(piece, activity_id, sync_token, job.now())))
    piece.state = PieceState.RECORDED
    piece.reason = piece.explanation = piece.cure = piece.raw = ""


def receipt_of(
    piece: Piece, activity_id: str, sync_token: str, now: datetime
) -> dict[str, Any]:
    """Draft the receipt of the run that sent the piece, as a row."""
    return {
        "installation_id": piece.installation_id,
        "company_id": piece.company_id,
        "entry_id": piece.entry_id,
        "part": piece.part,
        "run_id": piece.run_id,
        "origin": Origin.SENT,
        "activity_id": activity_id,
        "sync_token": sync_token,
        "minutes": piece.minutes,
        "amount": piece.amount,
        "currency": piece.currency,
        "recorded_at": now,
    }


def note_success(job: Job) -> None:
    """Remember when QuickBooks last took something; the connection may be gone."""
    db.session.execute(
        update(Connection)
        .where(Connection.id == job.held.id, Connection.company_id == job.company.id)
        .values(last_success_at=job.now())
        .execution_options(synchronize_session=False)
    )


def claimed(job: Job, activity_ids: Iterable[str]) -> set[str]:
    """Say which of these activities a receipt of any workspace speaks for already."""
    with everywhere():
        return claimed_activities(job.company.realm_digest, activity_ids)


def names_of(job: Job, piece: Piece) -> dict[str, str]:
    """
    Say what the records behind a piece are called, for sentences about it.

    These are the ones that were sent, which the links may no longer say. A piece that
    was never sent is called after its links.
    """
    named = named_records(piece.body)
    return {
        **(_as_sent(piece, named) if named else _linked(job, piece)),
        "date": f"{piece.day:%-d %B %Y}" if piece.day else "",
        "company": job.company.name,
    }


def _as_sent(piece: Piece, named: Sequence[Named]) -> dict[str, str]:
    return called(piece, named, known_records(piece.company_id, named))


def _linked(job: Job, piece: Piece) -> dict[str, str]:
    entry = unpack(piece.snapshot)
    context = job.context()
    person = context.people.get(entry.user_id)
    customer = context.customers.get(entry.project_id or "")
    return {
        "person": shown(person.name) if person else entry.user_name,
        "customer": shown(getattr(customer, "path", "")) or entry.project_name,
        "item": shown(context.item.name) if context.item else "",
    }


def explain_piece(job: Job, piece: Piece, fault: Fault) -> Explanation:
    """Note on a piece what QuickBooks said about it; the caller commits."""
    told = explain(fault, names_of(job, piece))
    piece.reason, piece.explanation, piece.cure = fault.code, told.text, told.cure
    piece.raw = raw_of(fault)
    return told


def raw_of(fault: Fault | None) -> str:
    """Keep what QuickBooks itself said, for whoever asks Intuit about it."""
    if fault is None:
        return ""
    return f"{fault.code}: {said(fault)} (intuit_tid {fault.tid or 'not given'})"


def refuse_as_explained(piece: Piece) -> None:
    """Leave a piece for good, with what was noted on it; the caller commits."""
    piece.state = PieceState.REFUSED
    piece.cure = last_cure(piece.reason) or piece.cure


def refuse(piece: Piece, reason: str, text: str, cure: str, raw: str = "") -> None:
    """Note why QuickBooks does not take the piece; the caller commits."""
    piece.state = PieceState.REFUSED
    piece.reason, piece.explanation, piece.cure, piece.raw = reason, text, cure, raw
