"""Find what is owed and was forgotten, and wake whoever does it."""

from datetime import timedelta

import structlog
from sqlalchemy import delete, func, or_, select

from addon.records import db, everywhere, within
from addon.records.directory import Directory, Side
from addon.records.farewell import Farewell
from addon.records.installation import Authorization, Installation, Status
from addon.records.run import companies_owed
from addon.transfer import install, refresh
from addon.transfer.outside import Outside

log = structlog.get_logger()

# Lists are read again after this long even when no news came.
OFTEN = timedelta(hours=1)


def sweep(outside: Outside) -> None:
    """Ring for every run, list and farewell that is due; safe to call at any time."""
    now = outside.now()
    with everywhere():
        owed = companies_owed(now)
        stale = _stale_installations(outside)
        farewells = db.session.scalar(select(func.count(Farewell.id))) or 0
    db.session.execute(delete(Authorization).where(Authorization.expires_at < now))
    db.session.commit()
    install.overwrite_remains()
    for _, company_id in owed:
        outside.ring("send", company_id)
    for installation_id in stale:
        outside.ring("refresh", installation_id)
    if farewells:
        outside.ring("farewell", 0)


def _stale_installations(outside: Outside) -> list[int]:
    """Mark what has not been read for long, and list whoever waits for a reading."""
    now = outside.now()
    active = db.session.scalars(
        select(Installation.id).where(Installation.status == Status.ACTIVE)
    ).all()
    due = db.session.execute(
        select(Directory.installation_id, Directory.side).where(
            Directory.installation_id.in_(active),
            Directory.stale_since.is_(None),
            or_(
                Directory.refreshed_at.is_(None),
                Directory.refreshed_at < now - OFTEN,
            ),
        )
    ).all()
    for installation_id, side in due:
        with within(installation_id):
            refresh.expect_news(installation_id, Side(side), now)
    db.session.flush()
    return list(
        db.session.scalars(
            select(Directory.installation_id)
            .where(
                Directory.installation_id.in_(active),
                Directory.stale_since.is_not(None),
            )
            .distinct()
        )
    )
