"""Bearer tokens for a connection: renewed by one worker, stored before their use."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import structlog

from addon.quickbooks.client import Client
from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.quickbooks.oauth import Tokens
from addon.records import connection as connections
from addon.records import db, lease, reading
from addon.records.connection import Connection, Health
from addon.records.journal import BY_ITSELF, note
from addon.records.lease import LeaseLost
from addon.transfer.outside import Outside
from addon.transfer.pace import heard, in_rhythm

log = structlog.get_logger()

# A token this close to its end is renewed before it is used.
MARGIN = timedelta(minutes=2)
# A renewal takes at most half a minute (the gate's time-out), so a lease of a minute
# lapses only when its owner has died.
LEASE = timedelta(seconds=60)
POLL_SECONDS = 0.25
GONE = "The connection to QuickBooks is gone"


def company_client(
    outside: Outside,
    connection: Connection,
    keep: Callable[[], object] = lambda: None,
) -> Client:
    """
    Open the gate to the connected company; call with no transaction pending.

    Before each call it does what may `keep` a lease, however long the calls take.
    """
    digest = connection.company.realm_digest

    def pace() -> None:
        keep()
        in_rhythm(outside, digest)

    return Client(
        outside.http,
        outside.settings.api_url,
        connection.company.realm,
        bearer(outside, connection.company_id),
        pace=pace,
        heard=lambda problem: heard(outside, digest, problem),
        clock=outside.hear,
        write_seconds=outside.settings.quickbooks_timeout.total_seconds() + 10,
    )


def bearer(outside: Outside, company_id: int) -> Callable[[bool], str]:
    """Give the function that the gate asks for a token, a fresh one after a 401."""
    last = ""

    def access(must_renew: bool) -> str:  # noqa: FBT001 - the gate's protocol
        nonlocal last
        last = access_token(outside, company_id, not_this=last if must_renew else None)
        return last

    return access


def access_token(
    outside: Outside, company_id: int, *, not_this: str | None = None
) -> str:
    """
    Give a usable token for a company of the workspace we are within, perhaps renewed.

    Commits. Raises Disconnected where a person must reconnect, or has connected another
    company, and the gate's other errors where Intuit cannot be reached.
    """
    owner = f"{outside.owner}/{secrets.token_hex(4)}"
    for _ in range(int(LEASE.total_seconds() / POLL_SECONDS) + 8):
        held = _usable(outside, company_id, not_this)
        if held is None:
            raise Disconnected(GONE)
        if isinstance(held, str):
            return held
        name = f"renew:{held.id}"
        now = outside.now()
        taken = lease.take(name, owner, until=now + LEASE, now=now)
        db.session.commit()
        token = _renew(outside, held, name, owner, not_this) if taken else None
        if token is not None:
            return token
        outside.sleep(POLL_SECONDS)
    raise QuickBooksError("Another worker is renewing the connection to QuickBooks")


def _usable(
    outside: Outside, company_id: int, not_this: str | None
) -> str | Connection | None:
    """Give the stored token where it will do, else the connection to renew."""
    with reading():
        held = connections.current()
        db.session.commit()
    if held is None or held.company_id != company_id:
        return None
    if not held.works:
        raise Disconnected("The connection to QuickBooks must be renewed by a person")
    is_fresh = held.access_expires_at > outside.now() + MARGIN
    if is_fresh and held.access_token != not_this:
        return held.access_token
    return held


def _renew(
    outside: Outside, seen: Connection, name: str, owner: str, not_this: str | None
) -> str | None:
    """
    Renew under our lease, after a last look whether somebody else just did.

    None where we were so slow that somebody else has taken our lease over.
    """
    try:
        again = _usable(outside, seen.company_id, not_this)
        if isinstance(again, str):
            return again
        if again is None:
            raise Disconnected(GONE)
        try:
            tokens = outside.intuit.renew(again.refresh_token)
        except Disconnected:
            return _reread_or_give_up(outside, name, owner, again)
        return _store(outside, again, tokens)
    finally:
        # Whatever was left unfinished by a failure must not be committed with it.
        db.session.rollback()
        lease.release(name, owner)
        db.session.commit()


def _store(outside: Outside, used: Connection, tokens: Tokens) -> str:
    """Keep the new tokens before anybody uses them."""
    held = connections.current(hold=True)
    if held is None or held.company_id != used.company_id:
        db.session.commit()
        raise Disconnected(GONE)
    if held.refresh_token != used.refresh_token:
        # A person has connected anew meanwhile: theirs is the permission that counts.
        db.session.commit()
        return held.access_token
    keep_tokens(held, tokens, outside)
    db.session.commit()
    log.info("connection.renewed", connection=held.id)
    return tokens.access


def keep_tokens(held: Connection, tokens: Tokens, outside: Outside) -> None:
    """Write fresh tokens into a connection; the caller commits."""
    now = outside.now()
    lifetimes = [tokens.refresh_expires_in, tokens.hard_expires_in]
    held.access_token = tokens.access
    held.refresh_token = tokens.refresh
    held.access_expires_at = now + tokens.access_expires_in
    held.refresh_expires_at = now + min(each for each in lifetimes if each is not None)
    held.health = Health.CONNECTED


def _reread_or_give_up(
    outside: Outside, name: str, owner: str, refused: Connection
) -> str | None:
    """After a refused refresh token: use a newer one, or ask a person to reconnect."""
    held = connections.current(hold=True)
    if held is None or held.company_id != refused.company_id:
        db.session.commit()
        raise Disconnected(GONE)
    if held.refresh_token != refused.refresh_token and held.works:
        db.session.commit()
        return held.access_token
    try:
        lease.keep(name, owner, until=outside.now() + LEASE)
    except LeaseLost:
        # Whoever has it now may just be storing the token that made ours worthless.
        return None
    mark_reconnect(outside, refused)
    raise Disconnected("Intuit no longer accepts our permission")


def mark_reconnect(outside: Outside, refused: Connection) -> None:
    """
    Note that a person must reconnect, once; commits.

    Only where the refused permission is still the one that we have: another that was
    given meanwhile, for this company or another one, nobody has refused.
    """
    held = connections.current(hold=True)
    if held is not None and held.works and _is_same(held, refused):
        held.health = Health.RECONNECT
        note(
            held.installation_id,
            "reconnect needed",
            actor=BY_ITSELF,
            at=outside.now(),
        )
        log.warning("connection.refused", connection=held.id)
    db.session.commit()


def _is_same(one: Connection, other: Connection) -> bool:
    """Say whether two are one permission, given by a person for one company."""
    return (one.company_id, one.connected_at) == (other.company_id, other.connected_at)
