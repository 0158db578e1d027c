"""Calls: what each kind of answer means, and what is asked again."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from addon.clockify.calls import LARGEST_BODY
from addon.clockify.client import Client
from addon.clockify.errors import (
    Busy,
    ClockifyError,
    Malformed,
    NotPermitted,
    Rejected,
    Uninstalled,
    Unreachable,
)
from tests.clockify.loopback import Loopback, Reply

GOOD = Reply(200, {"id": "w1", "name": "Craig's Design"})
MADE = Reply(201, {"id": "c1", "name": "Cool Cars"})


def ask(*replies: Reply, write: bool = False):
    """Ask a server that answers this; give the outcome, the calls and the waits."""
    waits: list[float] = []
    with Loopback(*replies) as world, requests.Session() as http:
        client = Client(
            http,
            api=f"{world.origin}/api",
            reports=f"{world.origin}/report",
            token="the-token",
            workspace_id="w1",
            sleep=waits.append,
        )
        try:
            outcome = client.create_client("Cool Cars") if write else client.workspace()
        except ClockifyError as error:
            outcome = error
        return outcome, world.seen, waits


def refusal(status: int, code: int | None = None, message: str = "", **headers: str):
    body = {"message": message} | ({} if code is None else {"code": code})
    return Reply(status, body, dict(headers))


def test_a_call_carries_the_token_in_the_one_header_clockify_reads():
    """Two ways of proving who we are would be refused."""
    outcome, seen, _ = ask(GOOD)
    assert outcome.name == "Craig's Design"
    assert seen[0].path == "/api/v1/workspaces/w1"
    assert seen[0].headers["x-addon-token"] == "the-token"
    assert not {"authorization", "x-api-key", "cookie"} & seen[0].headers.keys()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<html><body>Bad Gateway</body></html>", "page"),
        (b"<!doctype html>", "page"),
        (b'<?xml version="1.0"?><fault/>', "page"),
        (b'{"id": "w1", "name": "Cra', "not whole JSON"),
        (b"\xff\xfe\x00", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b'{"id": 1E99999999999999999999}', "not whole JSON"),
        (b'{"id": 1' + b"0" * 5000 + b"}", "not whole JSON"),
        (b"null", "not a workspace"),
        (b"[]", "not a workspace"),
        (b'"w1"', "not a workspace"),
        (b"{}", "without its id"),
        (b'{"id": "../w2"}', "not an id"),
        (b'{"id": "w1", "name": 7}', "not a text"),
    ],
)
def test_an_answer_with_wrong_content_is_reported_in_a_sentence(body, words):
    """A proxy's page or half an answer is never taken for data."""
    outcome, seen, _ = ask(Reply(200, body))
    assert type(outcome) is Malformed
    assert words in str(outcome)
    assert len(seen) == 1


def test_an_answer_without_end_is_cut_short():
    """An answer of more than 64 MB is not read to its end, however small it travels."""
    bomb = gzip.compress(b" " * (LARGEST_BODY + 1))
    outcome, _, _ = ask(Reply(200, bomb, {"Content-Encoding": "gzip"}))
    assert type(outcome) is Malformed
    assert "larger" in str(outcome)


def test_a_torn_answer_is_asked_for_again():
    """Reading twice does no harm."""
    torn = Reply(200, b'{"id": "w1"', promised=500)
    outcome, seen, waits = ask(torn, GOOD)
    assert outcome.name == "Craig's Design"
    assert len(seen) == 2
    assert len(waits) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(500, b""),
        Reply(502, b"<html>Bad Gateway</html>"),
        Reply(503, {"message": "maintenance"}),
        Reply(hang_up=True),
        Reply(200, b'{"id"', promised=99),
    ],
)
def test_a_lost_answer_is_asked_for_twice_more_and_then_given_up(trouble):
    """A short hiccup goes unnoticed; a long one ends the attempt."""
    outcome, seen, _ = ask(trouble, trouble, GOOD)
    assert outcome.name == "Craig's Design"
    outcome, seen, waits = ask(trouble)
    assert type(outcome) is Unreachable
    assert len(seen) == 3
    assert 0.5 <= waits[0] <= 1
    assert 1 <= waits[1] <= 2


@pytest.mark.parametrize("trouble", [Reply(500), Reply(hang_up=True), Reply(200, b"<")])
def test_a_lost_creation_is_never_repeated(trouble):
    """It may have happened: a second call could create a second client."""
    outcome, seen, waits = ask(trouble, MADE, write=True)
    assert isinstance(outcome, Unreachable)
    assert (len(seen), waits) == (1, [])


def test_nobody_listening_is_unreachable():
    """A server that is down is told from one that refuses."""
    with Loopback(GOOD) as world:
        gone = world.origin
    with requests.Session() as http:
        client = Client(
            http, api=gone, reports=gone, token="t", workspace_id="w", sleep=lambda _: 0
        )
        with pytest.raises(Unreachable) as caught:
            client.workspace()
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("write", [False, True])
def test_a_busy_clockify_is_asked_again_after_the_time_it_names(write):
    """A 429 means that nothing was done, so even a creation is repeated."""
    busy = refusal(429, None, "Too many requests", **{"Retry-After": "7"})
    good = MADE if write else GOOD
    outcome, seen, waits = ask(busy, busy, good, write=write)
    assert not isinstance(outcome, ClockifyError)
    assert (len(seen), waits) == (3, [7.0, 7.0])


def test_a_clockify_that_stays_busy_is_left_alone_after_five_tries():
    """Without a time named, the waits grow, each shortened by chance."""
    outcome, seen, waits = ask(refusal(429, None, "Too many requests"))
    assert type(outcome) is Busy
    assert outcome.retry_after > 0
    assert len(seen) == 5
    assert len(waits) == 4
    for attempt, wait in enumerate(waits):
        assert 2**attempt / 2 <= wait <= 2**attempt


@pytest.mark.parametrize(
    ("named", "waited"),
    [
        ("3600", 30.0),
        ("30", 30.0),
        ("0.5", 0.5),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_no_wait_is_longer_than_half_a_minute(named, waited):
    """A worker is never put to sleep for an hour; the error keeps the full time."""
    busy = Reply(429, b"", {"Retry-After": named})
    _, _, waits = ask(busy, GOOD)
    assert waits == [waited] if waited else 0.5 <= waits[0] <= 1
    outcome, _, _ = ask(busy)
    assert outcome.retry_after == 3600 if named == "3600" else outcome.retry_after <= 30


def test_a_time_to_come_back_may_be_a_date():
    """HTTP allows both ways to name the time."""
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    _, _, waits = ask(Reply(429, b"", {"Retry-After": until}), GOOD)
    assert 5 < waits[0] <= 20
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    _, _, waits = ask(Reply(429, b"", {"Retry-After": past}), GOOD)
    assert 0.5 <= waits[0] <= 1


NO_SCOPE = "Addon hours-to-books does not have permission PROJECT_WRITE"


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (refusal(401, 4017, "Token is not valid"), Uninstalled, "no longer accepts"),
        (refusal(401, 4017, NO_SCOPE), Uninstalled, "no longer accepts"),
        (Reply(401, {"error": {"code": 4017}}), Uninstalled, "no longer accepts"),
        (Reply(401, {"code": "4017"}), Uninstalled, "no longer accepts"),
        (refusal(401, None, NO_SCOPE), NotPermitted, "PROJECT_WRITE"),
        (refusal(403, None, NO_SCOPE), NotPermitted, "PROJECT_WRITE"),
        (refusal(403, 403, "You don't have a permission"), NotPermitted, "permission"),
        (Reply(403, b""), NotPermitted, "no reason"),
        (refusal(401, 1000, "Full authentication is required"), Rejected, "1000"),
        (refusal(401, 4003, "Api key does not exist"), Rejected, "4003"),
        (refusal(401, None, "Token is not valid"), Rejected, "401"),
        (refusal(400, 4017, "Token is not valid"), Rejected, "4017"),
        (Reply(401, b""), Rejected, "401"),
        (refusal(400, 501, "Client with that name exists"), Rejected, "501"),
        (refusal(400, 501, NO_SCOPE), Rejected, "501"),
        (Reply(404, b""), Rejected, "404"),
        (Reply(404, b"<html>"), Rejected, "404"),
        (Reply(400, []), Rejected, "400"),
        (Reply(400, {"code": [], "message": {}}), Rejected, "400"),
        (Reply(400, {"code": True}), Rejected, "400"),
        (Reply(400, {"error": "invalid"}), Rejected, "400"),
    ],
)
def test_a_refusal_says_who_can_cure_it(reply, kind, words):
    """A dead token, a missing permission and a wrong request are told apart."""
    outcome, seen, waits = ask(reply)
    assert type(outcome) is kind
    assert words in str(outcome)
    assert (len(seen), waits) == (1, [])
