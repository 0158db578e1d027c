"""Whatever QuickBooks answers, we know what it means for the work in hand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks.answers import WAIT, decipher
from addon.quickbooks.errors import (
    Busy,
    Disconnected,
    Malformed,
    QuickBooksError,
    Rejected,
    Unreachable,
)

THROTTLE_XML = (
    b'<IntuitResponse time="2016-12-07T15:27:09.527-08:00"'
    b' xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE">'
    b'<Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001;'
    b" statusCode=429</Message><Detail>The request limit was reached.</Detail>"
    b"</Error></Fault></IntuitResponse>"
)
THROTTLE_JSON = {
    "Fault": {
        "Error": [
            {
                "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
                "Detail": "The request limit was reached.",
                "code": "3001",
            }
        ],
        "type": "SERVICE",
    }
}
EXPIRED = {
    "warnings": None,
    "intuitObject": None,
    "fault": {
        "error": [
            {
                "message": "message=AuthenticationFailed; errorCode=003200;",
                "detail": "Token expired: AB01secret",
                "code": "3200",
                "element": None,
            }
        ],
        "type": "AUTHENTICATION",
    },
    "time": 1730024394085,
}
QUERY_XML = (
    b'<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault'
    b' type="ValidationFault"><Error code="4001"><Message>Invalid query</Message>'
    b"<Detail>QueryValidationError: value 0 is too small &amp; wrong</Detail></Error>"
    b"</Fault></IntuitResponse>"
)


def fault(code, message="No", detail="", kind="ValidationFault", **more):
    error = {"code": code, "Message": message, "Detail": detail, **more}
    return {"Fault": {"Error": [error], "type": kind}, "time": "2026-11-03"}


def ask(status, body, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decipher(status, headers, raw)


def test_an_activity_comes_back_as_data():
    """What QuickBooks recorded is read as it stands."""
    body = {"TimeActivity": {"Id": "6", "SyncToken": "0", "HourlyRate": 0}}

    assert ask(200, body) == body


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, THROTTLE_XML),
        (429, THROTTLE_JSON),
        (403, THROTTLE_XML),
        (403, THROTTLE_JSON),
        (200, THROTTLE_JSON),
        (503, THROTTLE_JSON),
        (400, fault("003001")),
        (400, fault(3001)),
        (403, fault("", "message=ThrottleExceeded; errorCode=003001")),
        (429, b""),
        (429, b"<html>Too many"),
        (403, b"ThrottleExceeded"),
    ],
)
def test_being_too_fast_is_understood_in_every_form(status, body):
    """QuickBooks says "slow down" in several languages; we hear it in all."""
    with pytest.raises(Busy) as caught:
        ask(status, body)

    assert caught.value.retry_after == WAIT


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("0", 60.0),
        ("-4", 60.0),
        ("soon", 60.0),
        ("nan", 60.0),
        ("99999", 3600.0),
        ("Tue, 03 Nov 2026 10:00:00 GMT", 60.0),
    ],
)
def test_a_waiting_time_that_quickbooks_names_is_kept(given, seconds):
    """Where QuickBooks says how long to wait, we wait that long, within reason."""
    with pytest.raises(Busy) as caught:
        ask(429, b"", **{"Retry-After": given})

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "body", "renewable"),
    [
        (401, EXPIRED, True),
        (401, b"", True),
        (401, b"<html>no</html>", True),
        (200, EXPIRED, True),
        (403, fault("3200"), True),
        (403, fault("003201"), True),
        (403, fault("003100", "ApplicationAuthorizationFailed"), False),
        (403, fault("3100"), False),
        (403, fault("120"), False),
        (400, fault("120"), False),
    ],
)
def test_a_lost_permission_is_told_from_a_stale_token(status, body, renewable):
    """An expired token is renewed; only a lost permission troubles an admin."""
    with pytest.raises(Disconnected) as caught:
        ask(status, body)

    assert caught.value.renewable is renewable


def test_a_refused_token_never_reaches_a_log_or_a_screen():
    """QuickBooks repeats part of the token in its answer; we drop it."""
    with pytest.raises(Disconnected) as caught:
        ask(401, EXPIRED)

    assert "AB01" not in str(caught.value) + str(caught.value.fault)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, fault("6310"), "6310"),
        (200, fault("6210"), "6210"),
        (403, fault("6190"), "6190"),
        (403, fault("5020"), "5020"),
        (400, fault("610", "Object Not Found"), "610"),
        (400, fault("500", "Unsupported Operation", element="Operation"), "500"),
        (400, QUERY_XML, "4001"),
        (400, {"fault": {"error": {"code": 2010, "message": "x"}}}, "2010"),
        (404, b"<html>Not found</html>", "HTTP 404"),
        (403, b"", "HTTP 403"),
        (400, {}, "HTTP 400"),
        (200, {"Fault": {}}, ""),
        (200, {"Fault": {"Error": []}}, ""),
        (200, {"Fault": "broken"}, ""),
    ],
)
def test_a_refusal_is_a_refusal_whatever_the_status_says(status, body, code):
    """A fault inside a "200 OK" still counts as a no."""
    with pytest.raises(Rejected) as caught:
        ask(status, body, intuit_tid="1-abc")

    assert caught.value.fault.code == code
    assert caught.value.fault.tid == "1-abc"


def test_a_refusal_keeps_the_words_of_quickbooks():
    """The reason QuickBooks gives is not lost on the way."""
    with pytest.raises(Rejected) as caught:
        ask(400, QUERY_XML)

    assert caught.value.fault.message == "Invalid query"
    assert caught.value.fault.detail.endswith("too small & wrong")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (502, b"<html><h1>Bad Gateway</h1></html>"),
        (503, b"{"),
        (504, fault("6310")),
        (408, b""),
        (500, fault("10000", kind="SystemFault")),
        (200, fault("10000", detail="System Failure Error")),
        (400, fault("600", "Duplicate Request ID")),
    ],
)
def test_an_unclear_answer_is_never_taken_for_a_no(status, body):
    """Where the work may have been recorded all the same, we look before repeating."""
    with pytest.raises(Unreachable) as caught:
        ask(status, body)

    assert caught.value.sent


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"ok"',
        b"<html>",
        b'{"TimeActivity":{"Id":"6"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_a_success_without_an_answer_is_no_success(body):
    """A "200 OK" that proves nothing does not count as recorded."""
    with pytest.raises(Malformed) as caught:
        ask(200, body)

    assert caught.value.sent


@pytest.mark.parametrize("status", [101, 204, 301, 302, 304, 307])
def test_a_redirect_is_no_answer(status):
    """We do not follow QuickBooks to another address."""
    with pytest.raises(Malformed):
        ask(status, b"")


@pytest.mark.parametrize(("status", "raised"), [(140, Busy), (150, Busy)])
def test_a_locked_company_is_asked_again_later(status, raised):
    """Maintenance at QuickBooks costs time, not entries."""
    with pytest.raises(raised) as caught:
        ask(400, fault(str(status)))

    assert caught.value.retry_after > WAIT


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Fault", "fault", "Error", "error", "code", "Message", "detail", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FAULTY = st.fixed_dictionaries({"Fault": ANYTHING}) | ANYTHING


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=200)
    | FAULTY.map(lambda value: json.dumps(value).encode())
    | st.text(alphabet="<>/Error code='3001\"Messagdtil&#x;", max_size=80).map(
        str.encode
    ),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "intuit_tid", "X"]), st.text(max_size=12)
    ),
)
def test_no_answer_can_surprise_us(status, body, headers):
    """Any bytes at all end as data or as an error that says what to do."""
    try:
        answer = decipher(status, headers, body)
    except QuickBooksError as problem:
        said = str(problem)
    else:
        said = json.dumps(answer)
        assert 200 <= status < 300

    assert said.encode()


@given(cut=st.integers(0, len(THROTTLE_XML)))
def test_a_fault_that_was_cut_off_is_still_a_fault(cut):
    """Half a refusal never passes for a success."""
    with pytest.raises(QuickBooksError):
        decipher(200, {}, THROTTLE_XML[:cut])
