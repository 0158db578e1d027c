"""Somebody has looked into QuickBooks for an entry in doubt, and says what is there."""

from addon.records import db, everywhere
from addon.records import doubt as doubts
from addon.records.connection import Connection
from addon.records.insert import insert_if_new
from addon.records.journal import note
from addon.records.receipt import Receipt, claimed_activities
from addon.records.run import Piece
from addon.rules.protocol import Seen
from addon.transfer.link import connected_company
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.receipts import receipt_of
from addon.transfer.renew import company_client
from addon.transfer.review import working_connection

LOOKED = "Somebody has looked: it is not in QuickBooks, so it can be sent again."
FOUND = "Somebody has looked: it is time activity {activity}."
OTHERS = (
    "Time activity {activity} belongs to another entry already. Look once more; if this"
    " entry is not in QuickBooks, say so."
)
DELETED = (
    "Time activity {activity} is not in QuickBooks any more. Look once more; if this"
    " entry is not there, say so."
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

    Raises Refused where it cannot be this one, NotConnected without a company, and the
    errors of the gate to QuickBooks, which is asked whether it is there.
    """
    held = working_connection()
    there = None
    if _may_be(held, entry_id, activity_id):
        db.session.commit()
        there = company_client(outside, held).activity(activity_id)
        if there is None:
            raise Refused(DELETED.format(activity=activity_id))
    # Things may have changed while QuickBooks was asked.
    piece = _may_be(held, entry_id, activity_id)
    if piece is not None and there is not None:
        row = receipt_of(piece, there.id, there.sync_token, outside.now())
        if not insert_if_new(Receipt, row):
            raise Refused(OTHERS.format(activity=activity_id))
        piece.reason, piece.cure = Seen.THERE, FOUND.format(activity=activity_id)
        _note(outside, viewer, entry=entry_id, activity=activity_id)
    db.session.commit()


def _may_be(held: Connection, entry_id: str, activity_id: str) -> Piece | None:
    """Give the piece in doubt that may be this activity, or raise Refused."""
    piece = doubts.in_doubt(held.company_id, entry_id)
    if piece is None:
        return None
    if activity_id not in {each["id"] for each in piece.candidates}:
        raise Refused(UNKNOWN.format(activity=activity_id))
    with everywhere():
        if claimed_activities(held.company.realm_digest, [activity_id]):
            raise Refused(OTHERS.format(activity=activity_id))
    return piece


def _note(outside: Outside, viewer: Viewer, **details: str) -> None:
    note(
        viewer.installation.id,
        "doubt settled",
        actor=viewer.user_id,
        at=outside.now(),
        **details,
    )
