"""A token that ran out is nobody's trouble; a withdrawn permission is an admin's."""

import pytest

from addon.quickbooks.errors import Disconnected

DRAFTS = {"1": {"Hours": 1}}
MADE = {"BatchItemResponse": [{"bId": "1", "TimeActivity": {"Id": "6"}}]}
EXPIRED = {"fault": {"error": [{"message": "AuthenticationFailed", "code": "3200"}]}}


def test_a_stale_token_is_renewed_once_and_the_write_goes_through(wire, connect):
    """An access token that ran out a second ago is nobody's trouble."""
    wire.say(EXPIRED, status=401)
    wire.say(MADE)

    told = connect(wire.origin).record_batch("r-1", DRAFTS)

    assert told["1"].activity_id == "6"
    assert [heard.headers["authorization"] for heard in wire.heard] == [
        "Bearer first",
        "Bearer fresh",
    ]
    assert wire.heard[0].body == wire.heard[1].body


def test_a_token_that_stays_refused_ends_the_connection(wire, connect):
    """We renew once, not for ever."""
    wire.say(EXPIRED, status=401)
    wire.say(EXPIRED, status=401)

    with pytest.raises(Disconnected):
        connect(wire.origin).record_batch("r-1", DRAFTS)


def test_a_withdrawn_permission_is_not_argued_with(wire, connect):
    """An app that was disconnected does not try a new token."""
    error = {"message": "ApplicationAuthorizationFailed", "code": "003100"}
    wire.say({"fault": {"error": [error]}}, status=403)

    with pytest.raises(Disconnected):
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert len(wire.heard) == 1


def test_a_connection_without_tokens_asks_for_nothing(wire, connect):
    """Where no token can be had, QuickBooks is not troubled at all."""

    def access(renew):
        raise Disconnected("no tokens")

    with pytest.raises(Disconnected):
        connect(wire.origin, access=access).company()

    assert wire.heard == []


def test_a_netrc_file_cannot_take_over_the_token(wire, connect, tmp_path, monkeypatch):
    """A password file on the server does not replace the company's token."""
    passwords = tmp_path / "netrc"
    passwords.write_text("default login somebody password else")
    monkeypatch.setenv("NETRC", str(passwords))
    wire.say(MADE)

    connect(wire.origin).record_batch("r-1", DRAFTS)

    assert wire.heard[0].headers["authorization"] == "Bearer first"


@pytest.mark.parametrize("secret", ["eyJsecret\nvalue", "", "eyJ secret", "sécret"])
def test_an_unusable_token_is_not_shown(connect, secret):
    """A damaged token ends as "connect again", and never in a log."""
    with pytest.raises(Disconnected) as caught:
        connect("http://127.0.0.1:9", access=lambda renew: secret).company()

    assert "cret" not in str(caught.value)


def test_a_damaged_token_is_renewed(wire, connect):
    """A token that cannot be sent is replaced like one that ran out."""
    wire.say(MADE)

    def access(renew):
        return "fresh" if renew else "dam\naged"

    connect(wire.origin, access=access).record_batch("r-1", DRAFTS)

    assert wire.heard[0].headers["authorization"] == "Bearer fresh"
