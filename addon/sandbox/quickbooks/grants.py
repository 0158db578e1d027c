"""Who may do what: codes, access tokens and refresh tokens that rotate."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

ACCESS_LIFE = timedelta(seconds=3600)
REFRESH_LIFE = timedelta(seconds=8726400)  # rolling, 101 days
HARD_LIFE = timedelta(days=5 * 365)  # 157,680,000 s
CODE_LIFE = timedelta(minutes=10)
ROTATION = timedelta(hours=24)


class InvalidGrant(Exception):
    """The code or the refresh token is worth nothing."""


class Reason(StrEnum):
    """Why a bearer token is refused."""

    ABSENT = "No bearer token"
    MALFORMED = "Malformed bearer token: too short or too long"
    EXPIRED = "Token expired"
    REVOKED = "Token revoked"


class Unauthorised(Exception):
    """401 at the gateway."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Code:
    """An authorisation code, to be exchanged once."""

    realm: str
    redirect_uri: str
    scope: str
    at: datetime


@dataclass(slots=True)
class Refresh:
    """One value of the refresh token."""

    value: str
    issued_at: datetime
    dies_at: datetime


@dataclass(slots=True)
class Grant:
    """One connection of the app to one company."""

    realm: str
    scope: str
    made_at: datetime
    values: list[Refresh] = field(default_factory=list)  # newest last
    access: dict[str, datetime] = field(default_factory=dict)  # token: expiry
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint hands out."""

    access: str
    refresh: str
    hard_expires_in: timedelta


class Grants:
    """All grants; settings make the rotation stricter than Intuit's."""

    def __init__(self, now: Callable[[], datetime], seed: int = 1) -> None:
        self.now = now
        self.rotate_every_refresh = False
        self.grace = timedelta(hours=24)  # how long the value before stays alive
        self.refreshes = 0
        self.codes: dict[str, Code] = {}
        self.grants: list[Grant] = []
        self._random = random.Random(seed)
        self._lock = threading.RLock()

    def code(self, realm: str, redirect_uri: str, scope: str) -> str:
        """A fresh code for this company."""
        with self._lock:
            value = f"AB{int(self.now().timestamp())}{self._letters(40)}"
            self.codes[value] = Code(realm, redirect_uri, scope, self.now())
            return value

    def exchange(self, value: str, redirect_uri: str) -> Tokens:
        """Tokens for a code: once, in ten minutes, with the same address."""
        with self._lock:
            code = self.codes.pop(value, None)
            if code is None or self.now() - code.at > CODE_LIFE:
                raise InvalidGrant
            if code.redirect_uri != redirect_uri:
                raise InvalidGrant
            self.revoke_realm(code.realm)  # a second connection replaces the first
            grant = Grant(code.realm, code.scope, self.now())
            self.grants.append(grant)
            self._turn(grant)
            return self._tokens(grant)

    def refresh(self, value: str) -> Tokens:
        """New tokens; the value turns about once a day, the old one dies later."""
        with self._lock:
            self.refreshes += 1
            grant, known = self._by_refresh(value)
            now = self.now()
            if now >= known.dies_at or now - grant.made_at >= HARD_LIFE:
                raise InvalidGrant
            newest = grant.values[-1]
            due = self.rotate_every_refresh or now - newest.issued_at >= ROTATION
            if known is newest and due:
                known.dies_at = min(known.dies_at, now + self.grace)
                self._turn(grant)
            elif known is newest:
                known.dies_at = now + REFRESH_LIFE
            return self._tokens(grant)

    def revoke(self, value: str) -> bool:
        """Kill the grant that this refresh or access token belongs to."""
        with self._lock:
            for grant in self.grants:
                values = {known.value for known in grant.values}
                if value in values or value in grant.access:
                    grant.revoked = True
                    return True
            return False

    def revoke_realm(self, realm: str) -> None:
        """Kill every grant of a company."""
        with self._lock:
            for grant in self.grants:
                grant.revoked = grant.revoked or grant.realm == realm

    def expire_access(self) -> None:
        """Let every access token expire now."""
        with self._lock:
            for grant in self.grants:
                grant.access = dict.fromkeys(grant.access, self.now())

    def realm_of(self, header: str) -> str:
        """The company an Authorization header opens; raises Unauthorised."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorised(Reason.ABSENT)
        with self._lock:
            for grant in self.grants:
                if token in grant.access:
                    if grant.revoked:
                        raise Unauthorised(Reason.REVOKED)
                    if self.now() >= grant.access[token]:
                        raise Unauthorised(Reason.EXPIRED)
                    return grant.realm
        raise Unauthorised(Reason.MALFORMED)

    def connected(self, realm: str) -> bool:
        """True while the app holds a living grant for this company."""
        return any(g.realm == realm and not g.revoked for g in self.grants)

    def _by_refresh(self, value: str) -> tuple[Grant, Refresh]:
        for grant in self.grants:
            for known in grant.values:
                if known.value == value and not grant.revoked:
                    return grant, known
        raise InvalidGrant

    def _turn(self, grant: Grant) -> None:
        now = self.now()
        value = f"RT1-39-H0-{int(now.timestamp())}{self._letters(20)}"
        grant.values.append(Refresh(value, now, now + REFRESH_LIFE))

    def _tokens(self, grant: Grant) -> Tokens:
        now = self.now()
        access = f"eyJhbGciOiJkaXIi..{self._letters(600)}"
        grant.access[access] = now + ACCESS_LIFE
        left = grant.made_at + HARD_LIFE - now
        return Tokens(access, grant.values[-1].value, left)

    def _letters(self, count: int) -> str:
        pool = string.ascii_lowercase + string.digits
        return "".join(self._random.choices(pool, k=count))
