"""Whose token is this? Four kinds, one key, no network."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from addon.clockify.fields import IDENTIFIER
from addon.clockify.hosts import api_base, reports_base

__all__ = ["Claims", "InvalidToken", "Kind", "Verifier", "api_base", "reports_base"]

LEEWAY = timedelta(seconds=60)

_ADMIN_ROLES = frozenset({"OWNER", "ADMIN", "WORKSPACE_ADMIN"})
_LONGEST = 8192
# Twenty of them belong to each installation.
_MOST_ACCEPTED = 20_000
_SMALLEST_KEY = 2048
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
# Each of these asks the reader to trust something else than the key it holds, or to
# read the token in another way. Clockify sends none of them.
_UNWANTED = frozenset({"crit", "b64", "enc", "zip", "jwk", "jku", "x5u", "x5c"})
_LAST_SECOND = 253_402_300_799  # the end of the year 9999


class Kind(StrEnum):
    """What a token is for."""

    USER = "user"
    INSTALLATION = "installation"
    WEBHOOK = "webhook"
    LIFECYCLE = "lifecycle"


class InvalidToken(Exception):
    """The token must not be accepted; `reason` says why and never holds the token."""

    def __init__(self, reason: str) -> None:
        """Remember the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Claims:
    """
    What a verified token says, in our words.

    `backend_url` and `reports_url` are as Clockify wrote them: check them against
    the list of hosts before calling them. Only user tokens carry a role.
    """

    workspace_id: str
    addon_id: str
    user_id: str | None = None
    role: str | None = None
    language: str = "en"
    theme: Literal["light", "dark"] = "light"
    backend_url: str | None = None
    reports_url: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """Say whether this user administers the workspace; unknown roles do not."""
        return (self.role or "").upper() in _ADMIN_ROLES

    @property
    def api(self) -> str | None:
        """Give the API's address in its plain form, not yet checked."""
        return api_base(self.backend_url) if self.backend_url else None

    @property
    def reports(self) -> str | None:
        """Give the address of the reports service, not yet checked."""
        if not self.backend_url:
            return None
        return reports_base(self.backend_url, self.reports_url)


class Verifier:
    """Accepts tokens that Clockify signed for this add-on and for the given use."""

    def __init__(self, keys: Sequence[str], addon_key: str) -> None:
        """Read the PEM keys once; raises ValueError where one is no RSA public key."""
        self._keys = tuple(_public_key(each) for each in keys)
        self._addon_key = addon_key
        self._signatures = jwt.PyJWS()
        self._accepted: dict[bytes, Claims] = {}

    def user(self, token: str, now: datetime) -> Claims:
        """Accept the token of a person at a screen; it lives half an hour."""
        return self._verified(token, Kind.USER, now)

    def lifecycle(self, token: str, now: datetime) -> Claims:
        """Accept the token of a lifecycle call."""
        return self._verified(token, Kind.LIFECYCLE, now)

    def webhook(self, token: str, now: datetime | None = None) -> Claims:
        """
        Accept the token of a webhook delivery, which never expires.

        It is the same for every delivery, so compare it with the stored one too. One
        that carries an expiry is accepted only with `now` to judge it by. What was
        accepted once and never expires is known again without another signature.
        """
        mark = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        claims = self._accepted.get(mark)
        if claims is None:
            claims = self._verified(token, Kind.WEBHOOK, now)
            if claims.expires_at is None:
                if len(self._accepted) >= _MOST_ACCEPTED:
                    self._accepted.clear()
                self._accepted[mark] = claims
        return claims

    def installation(self, token: str, now: datetime | None = None) -> Claims:
        """Accept an installation's own token, which never expires."""
        return self._verified(token, Kind.INSTALLATION, now)

    def _verified(self, token: str, kind: Kind, now: datetime | None) -> Claims:
        payload = _object(self._signed(token), "The token's content")
        for name, wanted in (
            ("iss", "clockify"),
            ("type", "addon"),
            ("sub", self._addon_key),
        ):
            if payload.get(name) != wanted:
                raise InvalidToken(f"The token's {name} is not ours.")
        claims = _claims(payload)
        _check_kind(claims, payload, kind)
        _check_times(claims, _time(payload, "nbf"), now)
        return claims

    def _signed(self, token: str) -> bytes:
        _check_shape(token)
        for key in self._keys:
            try:
                return self._signatures.decode(token, key, algorithms=["RS256"])  # type: ignore[no-any-return]
            except jwt.InvalidTokenError:
                continue
        raise InvalidToken("The token was not signed by Clockify.")


def _public_key(pem: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("A Clockify key is not a public key in PEM form.") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        raise ValueError("A Clockify key is not an RSA key of at least 2048 bits.")
    return key


def _check_shape(token: str) -> None:
    """Refuse what is no plain RS256 token, before any cryptography sees it."""
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise InvalidToken("The token is not a text of a token's length.")
    if not _SHAPE.fullmatch(token):
        raise InvalidToken("The token does not consist of three parts.")
    # Base64 leaves bits unused at the end of a part: one token could be written in
    # several ways, and a comparison with a stored token would call them different.
    header, _, _ = (_unpacked(part) for part in token.split("."))
    fields = _object(header, "The token's header")
    if fields.get("alg") != "RS256":
        raise InvalidToken("The token is not signed with RS256.")
    if str(fields.get("typ", "JWT")).upper() != "JWT":
        raise InvalidToken("The token is of another type.")
    if _UNWANTED & fields.keys():
        raise InvalidToken("The token's header asks for something Clockify never does.")


def _unpacked(part: str) -> bytes:
    try:
        content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise InvalidToken("A part of the token is not base64.") from error
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode() != part:
        raise InvalidToken("A part of the token is not written in the usual way.")
    return content


def _object(content: bytes, what: str) -> dict[str, object]:
    try:
        found = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_constant=_refuse
        )
    except (ValueError, RecursionError) as error:
        raise InvalidToken(f"{what} is not JSON.") from error
    if not isinstance(found, dict):
        raise InvalidToken(f"{what} is not an object.")
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("A name occurs twice.")
    return dict(pairs)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON.")


def _claims(payload: Mapping[str, object]) -> Claims:
    workspace_id = _only(payload, ("workspaceId", "activeWs"), IDENTIFIER.fullmatch)
    addon_id = _only(payload, ("addonId",), IDENTIFIER.fullmatch)
    if workspace_id is None or addon_id is None:
        raise InvalidToken("The token names no workspace or no installation.")
    language = _word(payload, "language").lower().replace("_", "-")
    return Claims(
        workspace_id=workspace_id,
        addon_id=addon_id,
        user_id=_only(payload, ("user", "userId"), IDENTIFIER.fullmatch),
        role=_only(payload, ("workspaceRole",)),
        language=language if _LANGUAGE.fullmatch(language) else "en",
        theme="dark" if _word(payload, "theme").upper() == "DARK" else "light",
        backend_url=_only(payload, ("backendUrl", "apiUrl", "baseURL", "baseUrl")),
        reports_url=_only(payload, ("reportsUrl",)),
        issued_at=_time(payload, "iat"),
        expires_at=_time(payload, "exp"),
    )


def _only(
    payload: Mapping[str, object],
    names: Sequence[str],
    fits: Callable[[str], object] = bool,
) -> str | None:
    """Take the one text that these names agree on; null and empty are no text."""
    told = [payload[name] for name in names if payload.get(name) not in (None, "")]
    texts = [value for value in told if isinstance(value, str) and fits(value)]
    if len(texts) != len(told) or len(set(texts)) > 1:
        raise InvalidToken(f"The token's {names[0]} cannot be read.")
    return texts[0] if texts else None


def _word(payload: Mapping[str, object], name: str) -> str:
    """Take a matter of taste, which must never lock anyone out."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _time(payload: Mapping[str, object], name: str) -> datetime | None:
    value = payload.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _LAST_SECOND:
        raise InvalidToken(f"The token's {name} is not a time.")
    return datetime.fromtimestamp(value, UTC)


def _check_kind(claims: Claims, payload: Mapping[str, object], kind: Kind) -> None:
    if kind is Kind.USER:
        if claims.user_id is None or claims.role is None:
            raise InvalidToken("The token is not that of a person.")
    # Only the tokens that open pages carry a role: no page token opens a hook.
    elif payload.get("workspaceRole") is not None:
        raise InvalidToken("The token is that of a person.")
    if kind in {Kind.USER, Kind.LIFECYCLE} and claims.expires_at is None:
        raise InvalidToken("The token never expires.")


def _check_times(claims: Claims, starts: datetime | None, now: datetime | None) -> None:
    if now is None:
        if claims.expires_at is not None or starts is not None:
            raise InvalidToken("The token has a lifetime where none has.")
        return
    # Compared without adding to `expires_at`, which may be the last moment there is.
    if claims.expires_at is not None and now - LEEWAY >= claims.expires_at:
        raise InvalidToken("The token has expired.")
    for moment in (claims.issued_at, starts):
        if moment is not None and now + LEEWAY < moment:
            raise InvalidToken("The token is not valid yet.")
