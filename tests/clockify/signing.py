"""Keys and tokens as Clockify makes them, for tests that need to bend them."""

import base64
import json
from datetime import UTC, datetime

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from addon.clockify.tokens import Claims, Kind, Verifier

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADDON_KEY = "hours-to-books"
EXPIRING = (Kind.USER, Kind.LIFECYCLE)


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key) -> str:
    return (
        key.public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        .decode()
    )


KEY = new_key()
PEM = pem(KEY)


def claims_of(kind: Kind, now: datetime = NOW) -> dict:
    """Give what Clockify's tokens of this kind say."""
    issued = int(now.timestamp())
    claims = {
        "iss": "clockify",
        "type": "addon",
        "sub": ADDON_KEY,
        "workspaceId": "69bda6b317a0c5babe34b4ff",
        "addonId": "6a76834a2a539b0829b7a5ae",
    }
    if kind is not Kind.WEBHOOK:
        claims |= {
            "user": "69bda6b317a0c5babe34b4fe",
            "backendUrl": "https://api.clockify.me/api",
            "reportsUrl": "https://reports.api.clockify.me",
            "iat": issued,
        }
    if kind in EXPIRING:
        claims["exp"] = issued + 1800
    if kind is Kind.USER:
        claims |= {"workspaceRole": "OWNER", "language": "EN", "theme": "DEFAULT"}
    return claims


def sign(claims: dict, key=KEY, headers: dict | None = None) -> str:
    return jwt.encode(claims, key, algorithm="RS256", headers=headers)


def token_of(kind: Kind, now: datetime = NOW) -> str:
    return sign(claims_of(kind, now))


def packed(content: bytes | dict) -> str:
    raw = json.dumps(content).encode() if isinstance(content, dict) else content
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign_raw(header: bytes | dict, payload: bytes | dict) -> str:
    """Sign with the right key whatever header and content are given."""
    signed = f"{packed(header)}.{packed(payload)}"
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    return f"{signed}.{packed(algorithm.sign(signed.encode(), KEY))}"


def verify(verifier: Verifier, kind: Kind, token: str, now: datetime = NOW) -> Claims:
    """Hand the token to the check for its kind, as that kind's callers do."""
    if kind is Kind.USER:
        return verifier.user(token, now)
    if kind is Kind.LIFECYCLE:
        return verifier.lifecycle(token, now)
    if kind is Kind.WEBHOOK:
        return verifier.webhook(token)
    return verifier.installation(token)
