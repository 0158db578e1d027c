"""Lets an installation's pulse beat with every change that an open panel shows."""

from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

from addon.records.base import OfInstallation
from addon.records.connection import Company, Connection
from addon.records.dimension import DimensionLink
from addon.records.directory import Listing
from addon.records.installation import beat
from addon.records.link import Link, Parted
from addon.records.preferences import Preferences

SHOWN = (Company, Connection, DimensionLink, Link, Listing, Parted, Preferences)
TOUCHED = "installations with something new to show"


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _work: UOWTransaction) -> None:
    touched: set[int] = session.info.setdefault(TOUCHED, set())
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, SHOWN) and _differs(session, row):
            touched.add(row.installation_id)


def _differs(session: Session, row: OfInstallation) -> bool:
    return row in session.new or row in session.deleted or session.is_modified(row)


@event.listens_for(Session, "before_commit")
def _beat(session: Session) -> None:
    session.flush()
    # In one order, so that two writers never wait for each other.
    for installation_id in sorted(session.info.pop(TOUCHED, ())):
        beat(installation_id)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(TOUCHED, None)
