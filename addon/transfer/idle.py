"""Connections that nobody uses are renewed too, so that they do not run out unseen."""

import secrets
from datetime import timedelta

import structlog

from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import connection as connections
from addon.records import db, lease, within
from addon.transfer.outside import Outside
from addon.transfer.renew import access_token

log = structlog.get_logger()

# A refresh token that is not used dies after 100 days. A workspace that is at work
# renews its own every hour; one that has switched us off for a while does not.
IDLE = timedelta(days=7)
BETWEEN_TRIES = timedelta(days=1)


def keep_alive(outside: Outside, installation_id: int) -> None:
    """Renew the connection of a workspace where nobody has for long; once a day."""
    name, owner = f"idle:{installation_id}", secrets.token_hex(8)
    now = outside.now()
    is_due = lease.take(name, owner, until=now + BETWEEN_TRIES, now=now)
    db.session.commit()
    if not is_due:
        return
    try:
        with within(installation_id):
            held = connections.current()
            db.session.commit()
            if held is not None:
                access_token(outside, held.company_id)
    except Disconnected:
        log.info("idle.ended", installation=installation_id)
    except QuickBooksError as problem:
        # The lease stays, and makes us wait for a day.
        log.warning("idle.failed", problem=type(problem).__name__)
        return
    lease.release(name, owner)
    db.session.commit()
