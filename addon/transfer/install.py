"""Welcome, pause and forget a workspace."""

import contextlib
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from addon.clockify import hosts
from addon.clockify.lifecycle import Deleted, Installed, StatusChanged
from addon.clockify.tokens import Claims
from addon.quickbooks.errors import QuickBooksError
from addon.records import db, everywhere, installation, lease, within
from addon.records.connection import Connection
from addon.records.directory import Side
from addon.records.farewell import Farewell
from addon.records.installation import (
    Departed,
    Installation,
    Status,
    WebhookToken,
)
from addon.records.journal import BY_ITSELF, note
from addon.records.sealed import digest
from addon.transfer.outside import Outside, Refused
from addon.transfer.refresh import expect_news

log = structlog.get_logger()

# How long we try to give a permission back before we only forget it.
FAREWELL = timedelta(seconds=60)
PATIENCE = 15  # seconds until the next try


def welcome(outside: Outside, claims: Claims, body: Installed) -> None:
    """
    Remember an installation, whole, before Clockify hears that we have it.

    The same installation again is an update, a newer one of the same workspace
    replaces the older, and one that was deleted is never revived.
    """
    own = _own_claims(outside, claims, body)
    now = outside.now()
    since = own.issued_at or claims.issued_at or now
    lease.alone(claims.workspace_id)
    if db.session.get(Departed, _name(claims.workspace_id, claims.addon_id)):
        log.info("installation.late", addon=claims.addon_id)
        return
    if not _is_newest(claims, since, now):
        return
    here = installation.find(claims.workspace_id, claims.addon_id) or Installation(
        workspace_id=claims.workspace_id, addon_id=claims.addon_id, installed_at=since
    )
    here.token = body.token
    here.api_url, here.reports_url = _addresses(outside, own, body)
    here.owner_id = body.as_user or ""
    here.unreachable_since = None
    db.session.add(here)
    db.session.flush()
    _keep_webhook_tokens(here, body)
    note(here.id, "installed", actor=here.owner_id or BY_ITSELF, at=now)
    _expect_news(here, now)
    db.session.commit()
    log.info("installation.installed", installation=here.id)
    outside.ring("refresh", here.id)
    # Whoever was replaced may have left a permission to give back.
    outside.ring("farewell", 0)


def switch(outside: Outside, claims: Claims, body: StatusChanged) -> bool:
    """Switch an installation on or off; False where we do not know it."""
    lease.alone(claims.workspace_id)
    here = installation.find(claims.workspace_id, claims.addon_id)
    if here is None:
        return False
    here.status = Status.ACTIVE if body.active else Status.INACTIVE
    note(here.id, "switched", actor=BY_ITSELF, at=outside.now(), status=here.status)
    if here.is_active:
        _expect_news(here, outside.now())
    db.session.commit()
    if here.is_active:
        outside.ring("refresh", here.id)
    return True


def forget(outside: Outside, claims: Claims, _body: Deleted) -> None:
    """
    Erase everything of this one installation; repeated and late calls do nothing.

    Its permission at Intuit is given back in the background.
    """
    lease.alone(claims.workspace_id)
    here = installation.find(claims.workspace_id, claims.addon_id)
    _remember_departure(claims.workspace_id, claims.addon_id, outside.now())
    if here is not None:
        _erase(here, outside.now())
    db.session.commit()
    if here is not None:
        log.info("installation.deleted", installation=here.id)
        overwrite_remains()
        outside.ring("farewell", 0)


def say_farewell(outside: Outside) -> None:
    """Give back to Intuit what forgotten installations still held."""
    for each in db.session.scalars(select(Farewell).order_by(Farewell.id)).all():
        db.session.commit()
        done = _is_given_back(outside, each.token)
        if done or outside.now() > each.until:
            db.session.delete(each)
        else:
            outside.ring("farewell", 0, delay=PATIENCE)
    db.session.commit()


def _is_given_back(outside: Outside, token: str) -> bool:
    try:
        outside.intuit.revoke(token)
    except QuickBooksError as problem:
        log.warning("farewell.failed", problem=type(problem).__name__)
        return False
    return True


def overwrite_remains() -> None:
    """On SQLite, move the erasure from the log into the file itself."""
    if db.engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(SQLAlchemyError), db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _own_claims(outside: Outside, claims: Claims, body: Installed) -> Claims:
    """Verify the installation token that the body brings, and that all ids agree."""
    own = outside.verifier.installation(body.token)
    ours = (claims.workspace_id, claims.addon_id)
    if (own.workspace_id, own.addon_id) != ours:
        raise Refused("The installation token belongs to another installation.")
    if (body.workspace_id, body.addon_id) != ours:
        raise Refused("The body names another installation than its signature.")
    return own


def _addresses(outside: Outside, own: Claims, body: Installed) -> tuple[str, str]:
    """Take both addresses from the signed token, else from the body, and check them."""
    backend = own.backend_url or body.api_url
    listed = outside.settings.clockify_hosts
    return (
        hosts.checked(hosts.api_base(backend), listed),
        hosts.checked(hosts.reports_base(backend, own.reports_url), listed),
    )


def _is_newest(claims: Claims, since: datetime, now: datetime) -> bool:
    """Erase older installations of the workspace; False where a newer one exists."""
    for other in db.session.scalars(
        select(Installation).where(
            Installation.workspace_id == claims.workspace_id,
            Installation.addon_id != claims.addon_id,
        )
    ):
        if other.installed_at > since:
            log.info("installation.outdated", addon=claims.addon_id)
            return False
        _remember_departure(other.workspace_id, other.addon_id, now)
        _erase(other, now)
    return True


def _erase(here: Installation, now: datetime) -> None:
    with everywhere():
        refresh_tokens = db.session.scalars(
            select(Connection.refresh_token).where(
                Connection.installation_id == here.id
            )
        ).all()
    for token in refresh_tokens:
        db.session.add(Farewell(token=token, until=now + FAREWELL))
    db.session.flush()
    db.session.execute(delete(Installation).where(Installation.id == here.id))


def _remember_departure(workspace_id: str, addon_id: str, now: datetime) -> None:
    name = _name(workspace_id, addon_id)
    if db.session.get(Departed, name) is None:
        db.session.add(Departed(digest=name, at=now))


def _name(workspace_id: str, addon_id: str) -> str:
    return digest(f"{workspace_id}/{addon_id}")


def _keep_webhook_tokens(here: Installation, body: Installed) -> None:
    db.session.execute(
        delete(WebhookToken).where(WebhookToken.installation_id == here.id)
    )
    tokens_by_path = dict(body.webhooks)
    db.session.add_all(
        WebhookToken(installation_id=here.id, path=path, digest=digest(token))
        for path, token in tokens_by_path.items()
    )


def _expect_news(here: Installation, now: datetime) -> None:
    with within(here.id):
        for side in Side:
            expect_news(here.id, side, now)
