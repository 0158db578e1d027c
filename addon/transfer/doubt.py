"""Somebody has looked into QuickBooks: an entry in doubt is not there."""

from addon.records import db
from addon.records import doubt as doubts
from addon.records.journal import note
from addon.transfer.link import connected_company
from addon.transfer.outside import Outside, Viewer

LOOKED = "Somebody has looked: it is not in QuickBooks, so it can be sent again."


def settle(outside: Outside, viewer: Viewer, entry_id: str) -> None:
    """Let an entry be sent again; whoever comes second changes nothing."""
    if doubts.settle(connected_company(), entry_id, LOOKED):
        note(
            viewer.installation.id,
            "doubt settled",
            actor=viewer.user_id,
            at=outside.now(),
            entry=entry_id,
        )
    db.session.commit()
