"""Tokens: Clockify's are accepted for their use, and nothing else ever is."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from addon.clockify.tokens import InvalidToken, Kind, Verifier
from tests.clockify import attacks
from tests.clockify.signing import (
    ADDON_KEY,
    EXPIRING,
    KEY,
    NOW,
    PEM,
    claims_of,
    new_key,
    packed,
    pem,
    sign,
    sign_raw,
    token_of,
    verify,
)

MUTATIONS = 100_000
INSTANTS = 200
VERIFIER = Verifier([PEM], ADDON_KEY)


@pytest.mark.parametrize("kind", Kind)
def test_a_token_of_each_kind_is_accepted_for_its_own_use(kind):
    """What Clockify signs for us, we understand."""
    claims = verify(VERIFIER, kind, token_of(kind))
    assert claims.workspace_id == "69bda6b317a0c5babe34b4ff"
    assert claims.addon_id == "6a76834a2a539b0829b7a5ae"
    assert (claims.role == "OWNER") is (kind is Kind.USER)
    assert (claims.expires_at is None) is (kind not in EXPIRING)


def test_every_fixed_attack_on_every_kind_is_refused():
    """No forged, bent, borrowed or outdated token gets anyone in."""
    tried, accepted = 0, []
    for kind in Kind:
        for name, token in attacks.cases(kind):
            tried += 1
            try:
                verify(VERIFIER, kind, token)
            except InvalidToken:
                continue
            accepted.append(f"{kind}: {name}")
    assert accepted == []
    assert tried >= 300


def test_a_hundred_thousand_mutations_of_good_tokens_are_refused():
    """
    Changing any sign of a good token makes it worthless.

    That includes changes which decode to the same bytes: base64 leaves bits unused
    at the end of a part, and a token has only one accepted spelling.
    """
    luck = random.Random(20261123)
    good = {
        kind: [token_of(kind, NOW + timedelta(seconds=s)) for s in (-9, 0, 9)]
        for kind in Kind
    }
    known = {token for tokens in good.values() for token in tokens}
    kinds = list(Kind)
    tried, accepted = 0, []
    while tried < MUTATIONS:
        kind = luck.choice(kinds)
        mutant = _mutated(luck, luck.choice(good[kind]), luck.choice(list(known)))
        if mutant in known:
            continue
        tried += 1
        try:
            verify(VERIFIER, kind, mutant)
        except InvalidToken:
            continue
        accepted.append(mutant)
    assert accepted == []


def test_the_mutation_test_would_notice_an_accepted_token():
    """A good token passes the same road, so a refusal there means something."""
    for kind in Kind:
        for shift in (-9, 0, 9):
            verify(VERIFIER, kind, token_of(kind, NOW + timedelta(seconds=shift)))


def _mutated(luck: random.Random, token: str, other: str) -> str:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "
    spot = luck.randrange(len(token))
    match luck.randrange(8):
        case 0 | 1:
            return token[:spot] + luck.choice(signs) + token[spot + 1 :]
        case 2:
            return token[:spot] + luck.choice(signs) + token[spot:]
        case 3:
            return token[:spot] + token[spot + 1 :]
        case 4:
            end = luck.randrange(spot, len(token))
            return token[:spot] + token[end:]
        case 5:
            return token[:spot] + other[luck.randrange(len(other)) :]
        case 6:
            parts, theirs = token.split("."), other.split(".")
            place = luck.randrange(3)
            parts[place] = theirs[luck.randrange(3)]
            return ".".join(parts)
        case _:
            return token[:-1] + luck.choice(signs[:64])


def _instants() -> list[datetime]:
    luck = random.Random(7)
    marked = [
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # summer time begins in Europe
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # and ends
        datetime(2026, 3, 8, 10, 0, tzinfo=UTC),  # summer time begins in California
        datetime(2026, 11, 1, 9, 0, tzinfo=UTC),  # and ends
        datetime(2026, 4, 4, 16, 0, tzinfo=UTC),  # ends in Sydney
        datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),  # before the last leap second
        datetime(2017, 1, 1, 0, 0, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),  # 32 bits are full
    ]
    start = datetime(2025, 1, 1, tzinfo=UTC)
    span = int(timedelta(days=3650).total_seconds())
    while len(marked) < INSTANTS:
        marked.append(start + timedelta(seconds=luck.randrange(span)))
    return marked


@pytest.mark.parametrize("kind", Kind)
def test_clocks_may_differ_by_half_a_minute_but_not_by_two(kind):
    """A slow clock locks nobody out, and an old token lets nobody in."""
    life = timedelta(seconds=1800)
    for instant in _instants():
        token = token_of(kind, instant)
        if kind not in EXPIRING:
            for years in (-1, 0, 1, 5):
                assert verify(VERIFIER, kind, token, instant + years * timedelta(365))
            continue
        for off in (-30, 0, 30):
            assert verify(VERIFIER, kind, token, instant + timedelta(seconds=off))
            assert verify(
                VERIFIER, kind, token, instant + life + timedelta(seconds=off)
            )
        for refused in (
            instant - timedelta(seconds=120),
            instant + life + timedelta(seconds=120),
        ):
            with pytest.raises(InvalidToken):
                verify(VERIFIER, kind, token, refused)


def test_now_may_be_told_in_any_zone():
    """A server in Tokyo judges a token as one in London does."""
    tokyo = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    assert VERIFIER.user(token_of(Kind.USER), tokyo).role == "OWNER"


def test_a_webhook_token_with_a_lifetime_is_judged_by_the_time_given():
    """Should Clockify ever let them expire, they still work until then."""
    expiring = sign(claims_of(Kind.WEBHOOK) | {"exp": int(NOW.timestamp()) + 60})
    assert VERIFIER.webhook(expiring, NOW).workspace_id
    with pytest.raises(InvalidToken):
        VERIFIER.webhook(expiring, NOW + timedelta(hours=1))
    with pytest.raises(InvalidToken):
        VERIFIER.webhook(expiring)


def test_any_of_several_keys_verifies_so_that_clockify_may_change_its_key():
    """A new key is added before the old one goes."""
    both = Verifier([pem(new_key()), PEM], ADDON_KEY)
    assert both.user(token_of(Kind.USER), NOW).role == "OWNER"
    with pytest.raises(InvalidToken):
        Verifier([pem(new_key())], ADDON_KEY).user(token_of(Kind.USER), NOW)


def test_a_key_that_cannot_verify_is_refused_when_the_addon_starts():
    """A weak, private or unreadable key is noticed before the first token."""
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    private = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    for unfit in ("", "PEM", PEM[:-80], pem(weak), private):
        with pytest.raises(ValueError, match="A Clockify key"):
            Verifier([unfit], ADDON_KEY)


@pytest.mark.parametrize(
    ("role", "admin"),
    [
        ("OWNER", True),
        ("owner", True),
        ("ADMIN", True),
        ("WORKSPACE_ADMIN", True),
        ("TEAM_MANAGER", False),
        ("PROJECT_MANAGER", False),
        ("MEMBER", False),
        ("OWNERS", False),
        (" OWNER", False),
    ],
)
def test_only_owners_and_admins_administer(role, admin):
    """A role we do not know opens nothing."""
    token = sign(claims_of(Kind.USER) | {"workspaceRole": role})
    assert VERIFIER.user(token, NOW).is_admin is admin


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("EN", "en"),
        ("de", "de"),
        ("pt_BR", "pt-br"),
        ("zh-Hant", "zh-hant"),
        (None, "en"),
        ("", "en"),
        ("<script>", "en"),
        (7, "en"),
    ],
)
def test_the_language_is_read_in_every_spelling(said, language):
    """A strange language shows English and locks nobody out."""
    token = sign(claims_of(Kind.USER) | {"language": said})
    assert VERIFIER.user(token, NOW).language == language


@pytest.mark.parametrize(
    ("said", "theme"),
    [("DARK", "dark"), ("DEFAULT", "light"), (None, "light"), (1, "light")],
)
def test_the_theme_is_light_unless_it_is_dark(said, theme):
    """The panel looks like the page around it."""
    token = sign(claims_of(Kind.USER) | {"theme": said})
    assert VERIFIER.user(token, NOW).theme == theme


@pytest.mark.parametrize("name", ["apiUrl", "baseURL", "baseUrl", "backendUrl"])
def test_older_names_of_claims_are_understood(name):
    """Tokens of the developer portal have used other names for the same things."""
    claims = claims_of(Kind.USER)
    claims["activeWs"] = claims.pop("workspaceId")
    claims["userId"] = claims.pop("user")
    claims[name] = claims.pop("backendUrl") + "/"
    found = VERIFIER.user(sign(claims), NOW)
    assert found.workspace_id == "69bda6b317a0c5babe34b4ff"
    assert found.user_id == "69bda6b317a0c5babe34b4fe"
    assert found.api == "https://api.clockify.me/api"
    assert found.reports == "https://reports.api.clockify.me"


def test_a_key_id_in_the_header_changes_nothing():
    """Clockify may start to number its keys."""
    token = sign_raw({"alg": "RS256", "kid": "2"}, claims_of(Kind.USER))
    assert VERIFIER.user(token, NOW).role == "OWNER"


def test_a_refusal_never_repeats_the_token():
    """Reasons go to the log, tokens never do."""
    token = f"{packed({'alg': 'none'})}.{packed(claims_of(Kind.USER))}.AAAA"
    with pytest.raises(InvalidToken) as caught:
        VERIFIER.user(token, NOW)
    assert all(part not in str(caught.value) for part in token.split("."))
    assert caught.value.__cause__ is None
