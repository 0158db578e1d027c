"""The key of the pretend Clockify and the four kinds of token it signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, Any]

USER_TOKEN_LIFE = timedelta(minutes=30)
LIFECYCLE_TOKEN_LIFE = timedelta(minutes=5)


class Key:
    """An RSA key pair that signs as Clockify does (RS256, no key id)."""

    def __init__(self) -> None:
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def public_pem(self) -> str:
        """The public half, as an operator would paste it."""
        return (
            self._private.public_key()
            .public_bytes(
                serialization.Encoding.PEM,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            )
            .decode()
        )

    def sign(self, claims: Mapping[str, Any], headers: Claims | None = None) -> str:
        """Sign any claims at all; tests forge odd but genuine tokens with it."""
        return jwt.encode(
            dict(claims), self._private, algorithm="RS256", headers=headers
        )

    def read(self, token: str, *, now: datetime) -> Claims | None:
        """The claims of a token this key signed and that has not expired, or None."""
        try:
            claims: Claims = jwt.decode(
                token,
                self._private.public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        expires = claims.get("exp")
        if expires is not None and expires <= now.timestamp():
            return None
        return claims


def basic_claims(*, key: str, workspace_id: str, addon_id: str) -> Claims:
    """What every Clockify token says; a webhook token says nothing more."""
    return {
        "iss": "clockify",
        "sub": key,
        "type": "addon",
        "workspaceId": workspace_id,
        "addonId": addon_id,
    }


def address_claims(origin: str) -> Claims:
    """Where the token's holder finds this Clockify (regional form: reports in path)."""
    return {
        "backendUrl": f"{origin}/api",
        "reportsUrl": f"{origin}/report",
        "locationsUrl": f"{origin}/locations",
        "screenshotsUrl": f"{origin}/screenshots",
        "ptoUrl": f"{origin}/pto",
    }


def lifetime_claims(now: datetime, life: timedelta) -> Claims:
    """Issued now and dead after the given time."""
    issued = int(now.timestamp())
    return {"iat": issued, "exp": issued + int(life.total_seconds())}
