"""Join a company, notice a different one, and leave."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete

from addon.quickbooks.client import Client
from addon.quickbooks.errors import Disconnected, QuickBooksError, Rejected
from addon.quickbooks.oauth import Tokens
from addon.records import connection as connections
from addon.records import db, installation, lease, within
from addon.records.connection import Company, Connection
from addon.records.directory import Side
from addon.records.farewell import Farewell
from addon.records.installation import Authorization, Installation
from addon.records.journal import lines, note
from addon.records.sealed import digest
from addon.rules.entry import CompanyFacts
from addon.transfer import check, facts, refresh
from addon.transfer.install import FAREWELL
from addon.transfer.outside import Outside, Viewer
from addon.transfer.pace import heard, in_rhythm
from addon.transfer.renew import keep_tokens
from addon.transfer.status import CONNECTED

log = structlog.get_logger()

# Long enough to sign in to Intuit, short enough to be worthless afterwards.
LIFETIME = timedelta(minutes=10)

LONGEST = 4096

# How the journal names a journey that has begun, and one that has come to nothing.
CONNECTING, NOT_CONNECTED = "connecting", "not connected"
CANCELLED = "Nothing was connected: the consent was cancelled."
REFUSED = "Nothing was connected. The QuickBooks window says why."


@dataclass(frozen=True)
class Outcome:
    """How a journey to Intuit ended, in words for the window it ended in."""

    good: bool
    title: str
    text: str


def begin(outside: Outside, viewer: Viewer) -> str:
    """Give the Intuit address to open; it is good once, for ten minutes."""
    now = outside.now()
    state = secrets.token_urlsafe(32)
    db.session.execute(delete(Authorization).where(Authorization.expires_at < now))
    db.session.add(
        Authorization(
            state_digest=digest(state),
            installation_id=viewer.installation.id,
            user_id=viewer.user_id,
            expires_at=now + LIFETIME,
        )
    )
    note(viewer.installation.id, CONNECTING, actor=viewer.user_id, at=now)
    db.session.commit()
    return outside.intuit.authorize_url(state)


def finish(
    outside: Outside, *, state: str, code: str, realm: str, error: str
) -> Outcome:
    """Come back from Intuit: whoever began is the only one it can connect."""
    begun = _redeem(outside, state)
    if begun is None:
        return Outcome(
            good=False,
            title="This link has expired",
            text="It can be used once, within ten minutes. Go back to Clockify and"
            " press Connect to QuickBooks again.",
        )
    here = installation.get(begun.installation_id)
    outcome = _come_back(outside, here, begun.user_id, code, realm, error)
    if here is not None and not outcome.good:
        with within(here.id):
            _note_end(outside, here, begun.user_id, is_cancelled=bool(error))
    return outcome


def how_it_ended(outside: Outside, viewer: Viewer) -> str:
    """Say why a person's latest journey came to nothing; "" for any other end."""
    found = lines({CONNECTING, NOT_CONNECTED, CONNECTED}, most=20)
    latest = next((each for each in found if each.actor == viewer.user_id), None)
    if latest is None or latest.event != NOT_CONNECTED:
        return ""
    if latest.at <= outside.now() - LIFETIME:
        return ""
    return CANCELLED if latest.details.get("cancelled") else REFUSED


def _come_back(
    outside: Outside,
    here: Installation | None,
    user_id: str,
    code: str,
    realm: str,
    error: str,
) -> Outcome:
    if error or not code:
        return Outcome(
            good=False,
            title="Not connected",
            text="Intuit was not given permission, so nothing has changed.",
        )
    if here is None or not here.is_active or not _is_usable(code, realm):
        return Outcome(
            good=False,
            title="Not connected",
            text="What came back from Intuit cannot be used. Go back to Clockify and"
            " press Connect to QuickBooks again.",
        )
    with within(here.id):
        return _join(outside, here, user_id, code, realm)


def _note_end(
    outside: Outside, here: Installation, user_id: str, *, is_cancelled: bool
) -> None:
    """Let whoever waits in the settings know, unless the add-on was removed since."""
    lease.alone(here.workspace_id)
    if installation.find(here.workspace_id, here.addon_id) is not None:
        note(
            here.id,
            NOT_CONNECTED,
            actor=user_id,
            at=outside.now(),
            cancelled=is_cancelled,
        )
    db.session.commit()


def disconnect(outside: Outside, viewer: Viewer) -> None:
    """Give up the permission at once here, and at Intuit in the background."""
    held = connections.current(hold=True)
    if held is None:
        db.session.commit()
        return
    now = outside.now()
    db.session.add(Farewell(token=held.refresh_token, until=now + FAREWELL))
    note(
        held.installation_id,
        "disconnected",
        actor=viewer.user_id,
        at=now,
        company=held.company_id,
    )
    db.session.delete(held)
    db.session.commit()
    log.info("connection.ended", installation=viewer.installation.id)
    outside.ring("farewell", 0)


def _redeem(outside: Outside, state: str) -> Authorization | None:
    """Use the state up, whatever becomes of it."""
    begun = None
    if 0 < len(state) <= LONGEST:
        begun = db.session.get(Authorization, digest(state), with_for_update=True)
    if begun is not None:
        db.session.delete(begun)
    db.session.commit()
    if begun is None or begun.expires_at <= outside.now():
        return None
    return begun


def _is_usable(code: str, realm: str) -> bool:
    is_realm = realm.isascii() and realm.isdigit() and len(realm) <= 30
    return is_realm and len(code) <= LONGEST


def _join(
    outside: Outside, here: Installation, user_id: str, code: str, realm: str
) -> Outcome:
    try:
        tokens = outside.intuit.exchange(code)
        found = _look(outside, realm, tokens)
    except (Disconnected, Rejected) as refusal:
        log.warning("connection.failed", problem=type(refusal).__name__)
        return Outcome(
            good=False,
            title="Not connected",
            text="QuickBooks did not accept the permission. Go back to Clockify and"
            " press Connect to QuickBooks again.",
        )
    except QuickBooksError as problem:
        log.warning("connection.failed", problem=type(problem).__name__)
        return Outcome(
            good=False,
            title="QuickBooks could not be reached",
            text="Nothing has changed. Go back to Clockify and press Connect to"
            " QuickBooks again in a few minutes.",
        )
    refusal_of_plan = check.refuses(found)
    if refusal_of_plan is not None:
        _say_farewell_to(outside, tokens)
        return Outcome(
            good=False,
            title="This company cannot be connected",
            text=f"{refusal_of_plan.text} {refusal_of_plan.cure}",
        )
    return _keep(outside, here, user_id, realm, tokens, found)


def _look(outside: Outside, realm: str, tokens: Tokens) -> CompanyFacts:
    client = Client(
        outside.http,
        outside.settings.api_url,
        realm,
        lambda _renew: tokens.access,
        pace=lambda: in_rhythm(outside, digest(realm)),
        heard=lambda problem: heard(outside, digest(realm), problem),
    )
    return client.company()


def _say_farewell_to(outside: Outside, tokens: Tokens) -> None:
    until = outside.now() + FAREWELL
    db.session.add(Farewell(token=tokens.refresh, until=until))
    db.session.commit()
    outside.ring("farewell", 0)


def _keep(
    outside: Outside,
    here: Installation,
    user_id: str,
    realm: str,
    tokens: Tokens,
    found: CompanyFacts,
) -> Outcome:
    now = outside.now()
    lease.alone(here.workspace_id)
    if installation.find(here.workspace_id, here.addon_id) is None:
        _say_farewell_to(outside, tokens)
        return Outcome(
            good=False,
            title="Not connected",
            text="The add-on was removed from the workspace meanwhile.",
        )
    company = connections.company_with(digest(realm)) or Company(
        installation_id=here.id, realm=realm, realm_digest=digest(realm)
    )
    facts.keep(company, found, now)
    db.session.add(company)
    db.session.flush()
    is_another = _hold(outside, here, user_id, company.id, tokens)
    refresh.expect_news(here.id, Side.QUICKBOOKS, now)
    note(here.id, CONNECTED, actor=user_id, at=now, company=company.id)
    db.session.commit()
    log.info("connection.made", installation=here.id, company=company.id)
    outside.ring("refresh", here.id)
    outside.ring("send", company.id)
    return _welcome(here, found, is_another=is_another)


def _hold(
    outside: Outside,
    here: Installation,
    user_id: str,
    company_id: int,
    tokens: Tokens,
) -> bool:
    """Put the new permission in the place of any other; say if the company changed."""
    now = outside.now()
    before = connections.current(hold=True)
    latest = lines({CONNECTED}, most=1)
    is_another = bool(latest) and latest[0].details.get("company") != company_id
    if before is not None and before.company_id != company_id:
        db.session.add(Farewell(token=before.refresh_token, until=now + FAREWELL))
    held = before or Connection(installation_id=here.id)
    held.company_id = company_id
    held.connected_by = user_id
    held.connected_at = now
    keep_tokens(held, tokens, outside)
    db.session.add(held)
    return is_another


def _welcome(here: Installation, found: CompanyFacts, *, is_another: bool) -> Outcome:
    workspace = here.workspace_name or "your Clockify workspace"
    change = (
        " This is another company than before: its links begin anew, and what was sent"
        " or waits to be sent to the former one is not mixed with it. The add-on's"
        " settings say what waits."
    )
    return Outcome(
        good=True,
        title=f"{found.name} is connected",
        text=f"Hours from {workspace} can now be sent to {found.name}."
        + (change if is_another else ""),
    )
