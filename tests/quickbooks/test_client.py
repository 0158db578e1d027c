"""Whatever happens on the line, we know whether our request may have arrived."""

import socket
from datetime import date

import pytest

from addon.quickbooks.client import Missing, Recorded
from addon.quickbooks.errors import (
    Busy,
    Malformed,
    Rejected,
    Unreachable,
)

DRAFTS = {"1": {"Hours": 1}}
MADE = {
    "BatchItemResponse": [
        {"bId": "1", "TimeActivity": {"Id": "6", "SyncToken": "0", "Hours": 1}}
    ]
}
EMPTY_COUNT = {"QueryResponse": {"totalCount": 0}}


def test_a_write_names_its_request_and_its_version(wire, connect):
    """QuickBooks can recognise a repeated request and knows our dialect."""
    wire.say(MADE, intuit_tid="1-abc")
    client = connect(wire.origin)

    told = client.record_batch("r-1", DRAFTS)

    (heard,) = wire.heard
    assert told["1"] == Recorded("6", "0", {"Id": "6", "SyncToken": "0", "Hours": 1})
    assert heard.method == "POST"
    assert heard.path == "/v3/company/9130000000000000001/batch"
    assert heard.question == {"requestid": "r-1", "minorversion": "75"}
    assert heard.headers["authorization"] == "Bearer first"
    assert heard.headers["accept"] == "application/json"
    assert heard.headers["content-type"] == "application/json"
    assert (client.calls.reads, client.calls.writes) == (0, 1)


def test_a_repeated_write_is_the_same_to_the_last_byte(wire, connect):
    """The second attempt cannot be mistaken for other work."""
    wire.say(MADE)
    wire.say(MADE)
    client = connect(wire.origin)

    client.record_batch("r-1", {"1": {"Hours": 1, "Description": "Füße"}})
    client.record_batch("r-1", {"1": {"Description": "Füße", "Hours": 1}})

    first, second = wire.heard
    assert (first.body, first.question) == (second.body, second.question)


def test_nobody_there_means_nothing_was_sent(connect):
    """A refused connection leaves no trace in QuickBooks."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{closed.getsockname()[1]}"

    with pytest.raises(Unreachable) as caught:
        connect(origin).record_batch("r-1", DRAFTS)

    assert not caught.value.sent


@pytest.mark.parametrize(
    "origin", ["http://nowhere.invalid", "not an address", "ftp://127.0.0.1"]
)
def test_an_address_that_leads_nowhere_means_nothing_was_sent(connect, origin):
    """A name that does not exist leaves no trace in QuickBooks."""
    with pytest.raises(Unreachable) as caught:
        connect(origin).record_batch("r-1", DRAFTS)

    assert not caught.value.sent


def test_silence_after_a_write_may_hide_a_success(connect):
    """When no answer comes in time, the activity may exist."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        client = connect(
            f"http://127.0.0.1:{deaf.getsockname()[1]}", write_seconds=0.05
        )
        with pytest.raises(Unreachable) as caught:
            client.record_batch("r-1", DRAFTS)

    assert caught.value.sent


def test_a_line_that_breaks_may_hide_a_success(wire, connect):
    """When the connection drops after we wrote, the activity may exist."""
    wire.hang_up()

    with pytest.raises(Unreachable) as caught:
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert caught.value.sent
    assert len(wire.heard) == 1


def test_half_an_answer_may_hide_a_success(wire, connect):
    """An answer torn off in the middle proves nothing."""
    wire.say_raw(200, {}, b'{"BatchItemResponse":[{"bId":"1",', 500)

    with pytest.raises(Unreachable) as caught:
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert caught.value.sent


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (200, "", "application/json"),
        (200, "<html>Welcome</html>", "text/html"),
        (200, '{"BatchItemResponse":[{"bId"', "application/json"),
        (200, "{}", "application/json"),
        (302, "", "text/html"),
    ],
)
def test_an_answer_that_is_none_may_hide_a_success(
    wire, connect, status, body, content_type
):
    """A page, a blank or a fragment instead of an answer proves nothing."""
    wire.say(body, status=status, content_type=content_type, Location="/elsewhere")

    with pytest.raises(Malformed) as caught:
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert caught.value.sent
    assert len(wire.heard) == 1


def test_a_silent_success_leaves_the_item_open(wire, connect):
    """QuickBooks said yes and recorded nothing that we can name."""
    wire.say({"BatchItemResponse": [], "time": "2026-11-03"})

    told = connect(wire.origin).record_batch("r-1", DRAFTS)

    assert told == {"1": Missing()}


def test_a_refused_item_carries_the_number_for_support(wire, connect):
    """Intuit's number for the call is kept with the refusal."""
    error = {"code": "6310", "Message": "x"}
    item = {"bId": "1", "Fault": {"Error": [error]}}
    wire.say({"BatchItemResponse": [item]}, intuit_tid="1-abc")
    # The wire writes header names with hyphens; Intuit's has an underscore.
    wire.answers[0] = wire.answers[0].replace(b"intuit-tid", b"intuit_tid")

    told = connect(wire.origin).record_batch("r-1", DRAFTS)

    assert told["1"].tid == "1-abc"


def test_a_throttle_in_xml_is_understood(wire, connect):
    """QuickBooks asks us to slow down in XML although we speak JSON."""
    wire.say(
        '<IntuitResponse><Fault type="SERVICE"><Error code="3001"><Message>'
        "message=ThrottleExceeded</Message></Error></Fault></IntuitResponse>",
        status=429,
        content_type="application/xml",
        Retry_After="12",
    )

    with pytest.raises(Busy) as caught:
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert caught.value.retry_after == 12.0


def test_reading_is_tried_twice(wire, connect):
    """A connection that went old while idle does not stop a look-up."""
    wire.hang_up()
    wire.say(EMPTY_COUNT)
    wire.say({"QueryResponse": {}})
    client = connect(wire.origin)

    assert client.activities(date(2026, 11, 1), date(2026, 11, 3)) == []
    assert client.calls.reads == 2


def test_reading_is_not_tried_for_ever(wire, connect):
    """After two attempts the reader is told to come back later."""
    wire.say("<html>Bad Gateway</html>", status=502)
    wire.hang_up()

    with pytest.raises(Unreachable):
        connect(wire.origin).customers()


def test_a_write_is_never_repeated_by_itself(wire, connect):
    """Only the one who can look whether it arrived may repeat a write."""
    wire.say("<html>Bad Gateway</html>", status=502)

    with pytest.raises(Unreachable) as caught:
        connect(wire.origin).record_batch("r-1", DRAFTS)

    assert caught.value.sent
    assert len(wire.heard) == 1


@pytest.mark.parametrize("request_id", ["", "x" * 37])
def test_a_request_id_that_quickbooks_refuses_is_never_sent(connect, request_id):
    """A batch is named with at most 36 characters."""
    with pytest.raises(ValueError, match="request id"):
        connect("http://127.0.0.1:9").record_batch(request_id, DRAFTS)


def test_a_deletion_is_confirmed(wire, connect):
    """Only "Deleted" means deleted."""
    wire.say({"TimeActivity": {"status": "Deleted", "Id": "5"}})
    wire.say({"TimeActivity": {"Id": "5"}})
    client = connect(wire.origin)

    client.delete_activity("5", "2")
    with pytest.raises(Malformed):
        client.delete_activity("5", "2")

    assert wire.heard[0].question == {
        "operation": "delete",
        "requestid": "delete-5-2",
        "minorversion": "75",
    }


def test_what_is_gone_already_counts_as_deleted(wire, connect):
    """Deleting twice is no mistake."""
    error = {"code": "610", "Message": "Object Not Found"}
    wire.say({"Fault": {"Error": [error]}}, status=400)

    connect(wire.origin).delete_activity("5", "2")


def test_a_refused_deletion_is_told(wire, connect):
    """What QuickBooks keeps is not reported as removed."""
    error = {"code": "6210", "Message": "Closed"}
    wire.say({"Fault": {"Error": [error]}}, status=400)

    with pytest.raises(Rejected):
        connect(wire.origin).delete_activity("5", "2")


def test_a_strange_company_number_stays_inside_its_path(wire, connect, http):
    """A company's number cannot lead a request astray."""
    from addon.quickbooks.client import Client

    wire.say(MADE)
    client = Client(http, wire.origin, "../1?x=", lambda renew: "first")
    client.record_batch("r-1", DRAFTS)

    assert wire.heard[0].path == "/v3/company/..%2F1%3Fx%3D/batch"
