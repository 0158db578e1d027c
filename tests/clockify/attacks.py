"""The fixed attack cases on tokens: what is bent, and what comes out."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from addon.clockify.tokens import Kind
from tests.clockify.signing import (
    EXPIRING,
    KEY,
    NOW,
    PEM,
    claims_of,
    new_key,
    packed,
    sign,
    sign_raw,
    token_of,
)

STRANGER = new_key()
RIGHT_HEADER = {"alg": "RS256", "typ": "JWT"}
MISSING = object()

_ODD = (MISSING, None, "", 7, 0, True, 1.5, [], {}, ["x"], {"a": 1})
_NAMES = {
    "iss": ("Clockify", "clockify ", "clockify.me", "cake", ["clockify"]),
    "type": ("Addon", "user", "addon\n", ["addon"]),
    "sub": ("hours-to-book", "Hours-To-Books", "hours-to-books ", "other-addon"),
    "workspaceId": ("../users", "a/b", "69bd a6b3", "x" * 65, "ид", "a\n"),
    "addonId": ("../users", "a?b", "x" * 65, "a#b", "\u0000"),
}
_NO_TIMES = ("1795424400", "soon", True, 1.5, -1, 10**30, [], {}, "")


def cases(kind: Kind) -> Iterator[tuple[str, str]]:
    """Give each attack on tokens of this kind: its name and the token."""
    yield from _claim_attacks(kind)
    yield from _time_attacks(kind)
    yield from _header_attacks(kind)
    yield from _signature_attacks(kind)
    yield from _shape_attacks(kind)
    yield from _content_attacks(kind)


def _claim_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    for name, wrong in _NAMES.items():
        yield from _values(kind, name, (*_ODD, *wrong))
    yield "two workspaces", _raw(kind, activeWs="6a76834a2a539b0829b7a5af")
    yield "two users", _raw(kind, user="a" * 24, userId="b" * 24)
    yield "user not an id", _raw(kind, user="../admin")
    yield "address not a text", _raw(kind, backendUrl=7)
    yield "two addresses", _raw(kind, backendUrl="https://a.me", apiUrl="https://b.me")
    yield "reports not a text", _raw(kind, reportsUrl={"host": "a"})
    if kind is Kind.USER:
        yield from _values(kind, "user", _ODD)
        yield from _values(kind, "workspaceRole", _ODD)
    else:
        yield from _values(kind, "workspaceRole", ("OWNER", "", "MEMBER", 7, ["OWNER"]))
    for other in Kind:
        if _differs(kind, other):
            yield f"a {other} token", token_of(other)


def _values(
    kind: Kind, name: str, values: tuple[object, ...]
) -> Iterator[tuple[str, str]]:
    for value in values:
        shown = "missing" if value is MISSING else repr(value)[:20]
        yield f"{name}={shown}", _raw(kind, **{name: value})


def _differs(kind: Kind, other: Kind) -> bool:
    # Between webhook and installation tokens only the comparison with the stored
    # token decides: what they say may be the same.
    return kind is not other and {kind, other} != {Kind.WEBHOOK, Kind.INSTALLATION}


def _raw(kind: Kind, **changes: object) -> str:
    claims = claims_of(kind) | changes
    kept = {name: value for name, value in claims.items() if value is not MISSING}
    return sign_raw(RIGHT_HEADER, kept)


def _time_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    issued = int(NOW.timestamp())
    for name in ("exp", "nbf", "iat"):
        for value in _NO_TIMES:
            yield f"{name}={value!r}", _raw(kind, **{name: value})
    if kind in EXPIRING:
        yield "exp missing", _raw(kind, exp=MISSING)
        yield "exp null", _raw(kind, exp=None)
        yield (
            "exp NaN",
            sign_raw(
                RIGHT_HEADER,
                json.dumps(claims_of(kind) | {"exp": float("nan")}).encode(),
            ),
        )
        for late in (0, issued - 61, issued - 120, issued - 86400):
            yield f"expired {late}", _raw(kind, exp=late)
        yield "issued tomorrow", _raw(kind, iat=issued + 86400)
        yield "issued in two minutes", _raw(kind, iat=issued + 120)
        yield "not before tomorrow", _raw(kind, nbf=issued + 86400)
    else:
        yield "has an expiry", _raw(kind, exp=issued + 1800)
        yield "has expired", _raw(kind, exp=issued - 1800)
        yield "not before tomorrow", _raw(kind, nbf=issued + 86400)


def _header_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    claims = claims_of(kind)
    for name in ("none", "None", "NONE", "nOnE", ""):
        bare = f"{packed({'alg': name, 'typ': 'JWT'})}.{packed(claims)}"
        yield f"alg {name!r} unsigned", f"{bare}."
        yield f"alg {name!r} with a signature", f"{bare}.{packed(b'x' * 256)}"
        yield f"alg {name!r} signed", sign_raw({"alg": name, "typ": "JWT"}, claims)
    for name, digest in (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")):
        for secret in (PEM.encode(), PEM.strip().encode(), b""):
            bare = f"{packed({'alg': name, 'typ': 'JWT'})}.{packed(claims)}"
            mac = hmac.new(secret, bare.encode(), digest).digest()
            yield f"{name} keyed with {len(secret)} bytes", f"{bare}.{packed(mac)}"
    for name in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        yield name, jwt.encode(claims, KEY, algorithm=name)
    for name in ("ES256", "EdDSA", "rs256", "RS256 ", "RSA256", None, 7, ["RS256"], {}):
        yield f"alg {name!r}", sign_raw({"alg": name, "typ": "JWT"}, claims)
    yield "no alg", sign_raw({"typ": "JWT"}, claims)
    curve = ec.generate_private_key(ec.SECP256R1())
    yield "ES256 of their own", jwt.encode(claims, curve, algorithm="ES256")
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key()))
    extra: dict[str, object] = {
        "jwk": public,
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/cert",
        "x5c": ["MIIB"],
        "crit": ["exp"],
        "b64": False,
        "zip": "DEF",
        "enc": "A256GCM",
    }
    for name, value in extra.items():
        yield f"{name} by a stranger", sign(claims, STRANGER, {name: value})
        header = RIGHT_HEADER | {name: value}
        yield f"{name} signed rightly", sign_raw(header, claims)
    yield "kid of a file", sign(claims, STRANGER, {"kid": "../../dev/null"})
    for name in ("JWE", "at+jwt", 7, []):
        yield f"typ {name!r}", sign_raw({"alg": "RS256", "typ": name}, claims)
    for raw in (b"[]", b"null", b'"RS256"', b"{", b"\xff\xfe", b"[" * 3000):
        yield f"header {raw[:8]!r}", sign_raw(raw, claims)
    yield "alg twice", sign_raw(b'{"alg":"none","alg":"RS256"}', claims)


def _signature_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    claims = claims_of(kind)
    good = token_of(kind)
    head, body, signature = good.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    yield "a stranger's key", sign(claims, STRANGER)
    yield "no signature", f"{head}.{body}."
    yield "half a signature", f"{head}.{body}.{packed(raw[:128])}"
    yield "a longer signature", f"{head}.{body}.{packed(raw + b'x')}"
    yield "a leading zero", f"{head}.{body}.{packed(bytes(1) + raw)}"
    yield "zeros", f"{head}.{body}.{packed(bytes(256))}"
    yield "ones", f"{head}.{body}.{packed((1).to_bytes(256))}"
    yield "backwards", f"{head}.{body}.{packed(raw[::-1])}"
    yield (
        "only a digest",
        f"{head}.{body}.{packed(hashlib.sha256(body.encode()).digest())}",
    )
    for other in Kind:
        if other is not kind:
            yield (
                f"{other}'s signature",
                f"{head}.{body}.{token_of(other).split('.')[2]}",
            )
    yield (
        "a grown role",
        f"{head}.{packed(claims | {'workspaceRole': 'ADMIN'})}.{signature}",
    )
    yield (
        "a swapped workspace",
        f"{head}.{packed(claims | {'workspaceId': 'b' * 24})}.{signature}",
    )


def _shape_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    good = token_of(kind)
    head, body, signature = good.split(".")
    yield "empty", ""
    yield "dots", ".."
    yield "one part", head
    yield "two parts", f"{head}.{body}"
    yield "four parts", f"{good}.{signature}"
    yield "five parts", f"{good}.{head}.{body}"
    yield "a token twice", good + good
    yield "too long", f"{head}.{'A' * 9000}.{signature}"
    for mark in (" ", "\n", "\t", "\0", "=", "==", "\u200b", "é", ",", ";", '"', "%00"):
        yield f"{mark!r} after", good + mark
        yield f"{mark!r} before", mark + good
        yield f"{mark!r} inside", f"{head}.{mark}{body}.{signature}"
    yield "Bearer", f"Bearer {good}"
    yield "classic base64", good.replace("-", "+").replace("_", "/") + "+/"
    yield "spare bits", _spare_bits(good)
    yield "wide letters", "".join(chr(ord(c) + 0xFEE0) for c in good)
    yield "parts turned round", f"{signature}.{body}.{head}"


def _spare_bits(token: str) -> str:
    """Write the same signature with other unused bits: 256 bytes leave four of them."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def _content_attacks(kind: Kind) -> Iterator[tuple[str, str]]:
    whole = json.dumps(claims_of(kind))
    for raw in (
        b"",
        b"null",
        b"[]",
        b"7",
        b'"clockify"',
        b"{}",
        b"{",
        whole.encode()[:-1],
        b"\xef\xbb\xbf" + whole.encode(),
        whole.encode("utf-16"),
        b"\xff" + whole.encode(),
        whole.encode() + whole.encode(),
        f"[{whole}]".encode(),
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        whole.replace("}", ', "sub": "hours-to-books"}').encode(),
        whole.replace("}", ', "x": NaN}').encode(),
        whole.replace("}", ', "x": -Infinity}').encode(),
        whole.replace("}", ', "exp": 1' + "0" * 4400 + "}").encode(),
    ):
        yield f"content {raw[:12]!r}… of {len(raw)}", sign_raw(RIGHT_HEADER, raw)
