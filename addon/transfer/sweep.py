"""
Find what is owed and was forgotten, and wake whoever does it.

Lists are read again every hour even when no news came, so that everything ends right
where every notice of a day was lost. A quiet company costs 24 readings of what has
changed in its lists (QuickBooks: change data capture, one metered call for all lists
together), and once a day its lists and its settings as a whole: two calls for the
settings and two for each list that fits into a thousand lines, 10 to 14 in all. Each
piece of news that finds its list fresh costs one more call, and puts the next hour's
off. Clockify does not meter its calls.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, or_, select

from addon.records import connection as connections
from addon.records import db, everywhere, notice, presence, within
from addon.records.directory import Directory, Side, Topic
from addon.records.farewell import Farewell
from addon.records.installation import Authorization, Installation, Status
from addon.records.turns import companies_owed
from addon.transfer import install, news
from addon.transfer.idle import IDLE
from addon.transfer.outside import Outside

log = structlog.get_logger()

# Lists are read again after this long even when no news came.
OFTEN = timedelta(hours=1)
# What QuickBooks tells of changes is compared with the whole lists this often.
DAILY = timedelta(days=1)


def sweep(outside: Outside) -> None:
    """Ring for every run, list and permission that is due; safe at any time."""
    now = outside.now()
    presence.sign(outside.owner, now)
    with everywhere():
        owed = companies_owed(now)
        stale = _stale_installations(now)
        idle = connections.unused_since(now - IDLE)
        farewells = db.session.scalar(select(func.count(Farewell.id))) or 0
    db.session.execute(delete(Authorization).where(Authorization.expires_at < now))
    notice.forget_before(now - news.MEMORY)
    db.session.commit()
    install.overwrite_remains()
    for _, company_id in owed:
        outside.ring("send", company_id)
    for installation_id in stale:
        outside.ring("refresh", installation_id)
    for installation_id in idle:
        outside.ring("renew", installation_id)
    if farewells:
        outside.ring("farewell", 0)


def _stale_installations(now: datetime) -> list[int]:
    """Mark what has not been read for long, and list whoever waits for a reading."""
    active = db.session.scalars(
        select(Installation.id).where(Installation.status == Status.ACTIVE)
    ).all()
    for installation_id, what in _due(active, now):
        with within(installation_id):
            news.expect(installation_id, what, now)
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


def _due(active: Sequence[int], now: datetime) -> set[tuple[int, Topic | Side]]:
    """Say which topics, or whole sides, have not been read for long."""
    rows = db.session.execute(
        select(Directory.installation_id, Directory.topic, Directory.whole_at).where(
            Directory.installation_id.in_(active),
            Directory.topic.in_([topic for topic in Topic if topic.is_read]),
            Directory.stale_since.is_(None),
            or_(Directory.refreshed_at.is_(None), Directory.refreshed_at < now - OFTEN),
        )
    )
    due: set[tuple[int, Topic | Side]] = set()
    for installation_id, name, whole_at in rows:
        topic = Topic(name)
        is_old = whole_at is None or whole_at < now - DAILY
        if topic.side is Side.CLOCKIFY or is_old:
            due.add((installation_id, topic.side))
        elif topic is Topic.PEOPLE:
            # The changes of all its lists come together.
            due.add((installation_id, topic))
    return due
