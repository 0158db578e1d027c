"""Permission is asked for, renewed and given back as Intuit documents it."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from addon.quickbooks.errors import Busy, Disconnected, Malformed, Rejected, Unreachable
from addon.quickbooks.oauth import Intuit

TOKENS = {
    "access_token": "eyJhbGciOiJkaXIi..sample",
    "token_type": "bearer",
    "expires_in": 3600,
    "refresh_token": "RT1-39-H3-1785429816rcysb9dns1ofreknypnm",
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 156032154,
}
CALLBACK = "https://addon.example/quickbooks/callback"


@pytest.fixture
def intuit(wire, http):
    """Stand before Intuit's door with our app's papers."""
    return Intuit(
        http,
        client_id="app",
        client_secret="s3cret",
        authorize_url="https://appcenter.intuit.com/connect/oauth2",
        token_url=f"{wire.origin}/tokens",
        revoke_url=f"{wire.origin}/revoke",
        redirect_uri=CALLBACK,
    )


def form(heard):
    return {name: value[0] for name, value in parse_qs(heard.body.decode()).items()}


def test_the_admin_is_sent_to_intuit_with_our_question(intuit):
    """The consent page knows who asks, for what, and where to return."""
    address = urlsplit(intuit.authorize_url("st&te"))

    assert address.hostname == "appcenter.intuit.com"
    assert parse_qs(address.query) == {
        "client_id": ["app"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": [CALLBACK],
        "state": ["st&te"],
    }


def test_a_code_becomes_tokens(wire, intuit):
    """After consent we hold both tokens and know how long they last."""
    wire.say(TOKENS)

    tokens = intuit.exchange("c0de")

    (heard,) = wire.heard
    expected = base64.b64encode(b"app:s3cret").decode()
    assert heard.headers["authorization"] == f"Basic {expected}"
    assert heard.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert form(heard) == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": CALLBACK,
    }
    assert tokens.refresh == TOKENS["refresh_token"]
    assert tokens.access_expires_in == timedelta(hours=1)
    assert tokens.refresh_expires_in == timedelta(days=101)
    assert tokens.hard_expires_in == timedelta(seconds=156032154)


def test_tokens_do_not_show_themselves(wire, intuit):
    """Printing what we hold reveals nothing."""
    wire.say(TOKENS)

    assert "RT1" not in repr(intuit.renew("old"))
    assert form(wire.heard[0]) == {
        "grant_type": "refresh_token",
        "refresh_token": "old",
    }


def test_an_answer_without_the_newer_facts_is_enough(wire, intuit):
    """Older forms of Intuit's answer are still understood."""
    wire.say({"access_token": "a", "refresh_token": "r", "expires_in": "soon"})

    tokens = intuit.renew("old")

    assert tokens.access_expires_in == timedelta(hours=1)
    assert tokens.hard_expires_in is None


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (400, {"error": "invalid_grant"}, Disconnected),
        (400, {"error": "invalid_grant", "error_description": "x"}, Disconnected),
        (400, {"error": "invalid_client"}, Rejected),
        (401, {"error": "invalid_client"}, Rejected),
        (401, "", Rejected),
        (400, "<html>", Rejected),
        (429, "", Busy),
        (500, "", Unreachable),
        (503, "<html>", Unreachable),
        (200, "", Malformed),
        (200, {"access_token": "a"}, Malformed),
        (200, {"refresh_token": "r"}, Malformed),
        (302, "", Malformed),
    ],
)
def test_only_a_dead_permission_asks_for_a_person(wire, intuit, status, body, raised):
    """A hiccup at Intuit, or our own mistake, never looks like a lost connection."""
    wire.say(body, status=status)

    with pytest.raises(raised) as caught:
        intuit.renew("RT1-old-secret")

    assert type(caught.value) is raised
    assert "RT1" not in str(caught.value)


def test_a_broken_line_keeps_the_old_token_good(wire, intuit):
    """No answer is no verdict on the connection."""
    wire.hang_up()

    with pytest.raises(Unreachable):
        intuit.renew("old")


@pytest.mark.parametrize(
    ("status", "body"), [(200, ""), (400, {"error": "invalid_grant"})]
)
def test_a_permission_can_be_given_back_twice(wire, intuit, status, body):
    """Disconnecting works even where Intuit has forgotten us already."""
    wire.say(body, status=status)

    intuit.revoke("RT1")

    assert form(wire.heard[0]) == {"token": "RT1"}


@pytest.mark.parametrize(("status", "raised"), [(500, Unreachable), (302, Malformed)])
def test_a_permission_not_given_back_is_told(wire, intuit, status, raised):
    """We do not claim to have disconnected when Intuit did not hear it."""
    wire.say("", status=status)

    with pytest.raises(raised):
        intuit.revoke("RT1")
