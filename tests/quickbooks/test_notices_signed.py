"""Only what Intuit has signed is read."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks.notices import BadSignature, from_http

TOKEN = "pretend-verifier"
BODY = (
    b'[{"id":"e-1","type":"qbo.customer.updated.v1","intuitentityid":"3",'
    b'"intuitaccountid":"9130357849012345","data":{}}]'
)


def signature(body, token=TOKEN):
    digest = hmac.new(token.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


GOOD = signature(BODY)


@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_verifier_token_nothing_is_believed(token):
    """An add-on that was given no key lets nobody in, not even with an empty key."""
    for signed in (signature(BODY, token or ""), GOOD, ""):
        with pytest.raises(BadSignature):
            from_http({"intuit-signature": signed}, BODY, verifier_token=token)


def test_the_name_of_the_header_is_read_in_any_spelling():
    """Servers on the way may change capital letters."""

    assert from_http({"Intuit-Signature": GOOD}, BODY, verifier_token=TOKEN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"signature": GOOD},
        {"intuit-signature": ""},
        {"intuit-signature": GOOD[:-1]},
        {"intuit-signature": GOOD[:10]},
        {"intuit-signature": GOOD + GOOD},
        {"intuit-signature": GOOD.lower()},
        {"intuit-signature": signature(BODY, "another")},
        {"intuit-signature": hmac.new(b"x", BODY, hashlib.sha256).hexdigest()},
        {"intuit-signature": "ünter\ud800"},
    ],
)
def test_a_forged_or_torn_signature_is_refused(headers):
    """Nobody but Intuit can tell us what changed."""
    with pytest.raises(BadSignature):
        from_http(headers, BODY, verifier_token=TOKEN)


@given(st.binary(), st.text())
def test_no_guess_passes_for_a_signature(body, guess):
    """Whatever a stranger sends is refused, with the same words."""
    with pytest.raises(BadSignature):
        from_http({"intuit-signature": guess}, body, verifier_token=TOKEN)


@given(st.integers(0, len(BODY) * 8 - 1))
def test_a_single_changed_bit_is_noticed(place):
    """A signature belongs to these very bytes."""
    forged = bytearray(BODY)
    forged[place // 8] ^= 1 << place % 8
    with pytest.raises(BadSignature):
        from_http({"intuit-signature": GOOD}, bytes(forged), verifier_token=TOKEN)
