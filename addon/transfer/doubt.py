"""Somebody has looked into QuickBooks for an entry in doubt, and says what is there."""

from addon.records import connection as connections
from addon.records import db, everywhere
from addon.records import doubt as doubts
from addon.records.insert import insert_if_new
from addon.records.journal import note
from addon.records.receipt import Origin, Receipt, claimed_activities
from addon.records.run import Piece
from addon.rules.protocol import Seen
from addon.transfer.link import connected_company
from addon.transfer.outside import Outside, Refused, Viewer

LOOKED = "Somebody has looked: it is not in QuickBooks, so it can be sent again."
FOUND = "Somebody has looked: it is time activity {activity}."
OTHERS = (
    "Time activity {activity} belongs to another entry already. Look once more; if this"
    " entry is not in QuickBooks, say so."
)
UNKNOWN = (
    "Time activity {activity} is not among those that may be this entry. Reload the"
    " page and choose again."
)


def settle(outside: Outside, viewer: Viewer, entry_id: str) -> None:
    """Let an entry be sent again; whoever comes second changes nothing."""
    if doubts.settle(connected_company(), entry_id, LOOKED):
        _note(outside, viewer, entry=entry_id)
    db.session.commit()


def recognise(
    outside: Outside, viewer: Viewer, entry_id: str, activity_id: str
) -> None:
    """
    Take an activity for an entry's own; whoever comes second changes nothing.

    Raises Refused where it cannot be this one.
    """
    piece = doubts.in_doubt(connected_company(), entry_id)
    if piece is None:
        db.session.commit()
        return
    if activity_id not in piece.candidates:
        raise Refused(UNKNOWN.format(activity=activity_id))
    if _is_claimed(activity_id) or not _keep_receipt(outside, piece, activity_id):
        raise Refused(OTHERS.format(activity=activity_id))
    piece.reason, piece.cure = Seen.THERE, FOUND.format(activity=activity_id)
    _note(outside, viewer, entry=entry_id, activity=activity_id)
    db.session.commit()


def _is_claimed(activity_id: str) -> bool:
    """Say whether it is an entry's already, of whichever workspace."""
    held = connections.current()
    assert held is not None  # noqa: S101 - there is a connected company
    with everywhere():
        return bool(claimed_activities(held.company.realm_digest, [activity_id]))


def _keep_receipt(outside: Outside, piece: Piece, activity_id: str) -> bool:
    """Write the receipt of the run that sent it; say if no other was in the way."""
    return insert_if_new(
        Receipt,
        {
            "installation_id": piece.installation_id,
            "company_id": piece.company_id,
            "entry_id": piece.entry_id,
            "part": piece.part,
            "run_id": piece.run_id,
            "origin": Origin.SENT,
            "activity_id": activity_id,
            "minutes": piece.minutes,
            "amount": piece.amount,
            "currency": piece.currency,
            "recorded_at": outside.now(),
        },
    )


def _note(outside: Outside, viewer: Viewer, **details: str) -> None:
    note(
        viewer.installation.id,
        "doubt settled",
        actor=viewer.user_id,
        at=outside.now(),
        **details,
    )
