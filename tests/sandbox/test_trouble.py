"""Failures happen when a world is told to fail, and at no other time."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import requests
from werkzeug.wrappers import Response

from addon.sandbox import trouble as t
from addon.sandbox.wire import Listener, Wire

BATCH = '{"BatchItemResponse": [{"bId": "1"}, {"bId": "2"}, {"bId": "3"}]}'


class Till:
    """A service that counts what it was given."""

    def __init__(self) -> None:
        self.trouble = t.Trouble()
        self.requests: list[t.Seen] = []
        self.waits: list[float] = []
        self.work: list[str] = []
        wire = Wire(
            self.app,
            self.trouble,
            self.requests,
            lambda: datetime(2026, 1, 5, tzinfo=UTC),
            self.waits.append,
        )
        self.listener = Listener(wire)

    @property
    def app(self):
        def serve(environ, start_response):
            self.work.append(environ["PATH_INFO"])
            answer = Response(BATCH, content_type="application/json")
            return answer(environ, start_response)

        return serve

    def post(self, path: str = "/pay", data: str = "{}") -> requests.Response:
        url = f"http://127.0.0.1:{self.listener.port}{path}"
        headers = {"Authorization": "Bearer secret", "X-Mark": "seen"}
        return requests.post(url, data=data, headers=headers, timeout=5)


@pytest.fixture
def till() -> Iterator[Till]:
    made = Till()
    made.listener.start()
    yield made
    made.listener.stop()


def test_an_answer_is_lost_after_the_work_was_done(till: Till) -> None:
    """The write counts although the caller hears nothing."""
    till.trouble.drop_answer_after_write()
    with pytest.raises(requests.ConnectionError):
        till.post()
    assert till.work == ["/pay"]
    assert till.post().status_code == 200
    assert till.requests[0].status == 0


def test_a_call_is_dropped_before_anything_was_done(till: Till) -> None:
    """The write never happened."""
    till.trouble.next(effect=t.drop_before())
    with pytest.raises(requests.ConnectionError):
        till.post()
    assert till.work == []


def test_an_answer_is_torn_in_the_middle(till: Till) -> None:
    """Half an answer is no answer, but the work was done."""
    till.trouble.next(effect=t.cut())
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        till.post()
    assert till.work == ["/pay"]


@pytest.mark.parametrize(
    ("effect", "status", "word", "worked"),
    [
        (t.answer(503, "later", "text/plain"), 503, "later", False),
        (t.answer(500, {"a": 1}, after=True), 500, '{"a": 1}', True),
        (t.html_502(), 502, "Bad Gateway", False),
        (t.html_502(after=True), 502, "Bad Gateway", True),
        (t.throttled_xml(), 429, "ThrottleExceeded", False),
        (t.ok_with_fault(), 200, '"10000"', False),
        (t.nothing(), 200, '"BatchItemResponse": []', False),
        (t.nothing(after=True), 200, '"BatchItemResponse": []', True),
    ],
)
def test_another_answer_is_given(till: Till, effect, status, word, worked) -> None:
    """What comes back is what was asked for, and the work is done or not, as said."""
    till.trouble.next(effect=effect)
    answer = till.post()
    assert (answer.status_code, word in answer.text) == (status, True)
    assert bool(till.work) is worked


def test_an_answer_can_be_empty(till: Till) -> None:
    """200 and not one byte."""
    till.trouble.next(effect=t.empty())
    answer = till.post()
    assert (answer.status_code, answer.content) == (200, b"")


def test_batch_answers_lose_items_or_change_their_order(till: Till) -> None:
    """The work is whole, the answer is not."""
    till.trouble.next(effect=t.missing_items(2))
    till.trouble.next(effect=t.reordered_items())
    first, second = till.post().json(), till.post().json()
    assert [i["bId"] for i in first["BatchItemResponse"]] == ["1"]
    assert [i["bId"] for i in second["BatchItemResponse"]] == ["3", "2", "1"]


def test_slow_calls_wait_before_or_after_the_work(till: Till) -> None:
    """Seconds are handed to the world's own way of waiting."""
    till.trouble.next(effect=t.slow(3))
    till.trouble.next(effect=t.slow(7, after=True))
    till.post()
    till.post()
    assert [wait for wait in till.waits if wait] == [3, 7]


def test_rules_strike_what_they_name_and_only_then(till: Till) -> None:
    """Path, method, body and the nth call decide."""
    till.trouble.next(path=r"/batch$", effect=t.answer(503), nth=2)
    till.trouble.next(body="Cool Cars", effect=t.answer(500))
    till.trouble.next(method="GET", effect=t.answer(418))
    seen = [till.post(p, d).status_code for p, d in CALLS]
    assert seen == [200, 200, 503, 200, 500, 200]
    assert till.trouble.struck == ["answer 503", "answer 500"]


CALLS = [
    ("/batch", ""),
    ("/other", ""),
    ("/batch", ""),
    ("/batch", ""),
    ("/x", "for Cool Cars"),
    ("/x", "for Cool Cars"),
]


def test_a_standing_rule_stays_until_cleared(till: Till) -> None:
    """Always means always."""
    till.trouble.always(effect=t.throttled_xml(retry_after=9))
    answers = [till.post() for _ in range(3)]
    assert [a.status_code for a in answers] == [429] * 3
    assert answers[0].headers["Retry-After"] == "9"
    till.trouble.clear()
    assert till.post().status_code == 200


def test_a_rule_can_strike_several_times_in_a_row(till: Till) -> None:
    """Twice bad, then good."""
    till.trouble.next(effect=t.answer(503), times=2)
    assert [till.post().status_code for _ in range(3)] == [503, 503, 200]


def test_the_log_of_calls_keeps_no_credentials(till: Till) -> None:
    """Everything is noted except the Authorization header."""
    till.post("/pay?requestid=7", "the body")
    seen = till.requests[0]
    assert (seen.method, seen.path, seen.query) == ("POST", "/pay", {"requestid": "7"})
    assert (seen.status, seen.body) == (200, b"the body")
    assert seen.headers["X-Mark"] == "seen"
    assert "secret" not in str(seen)


def test_the_port_is_free_again_after_stopping() -> None:
    """A stopped world leaves nothing behind."""
    made = Till()
    made.listener.start()
    port = made.listener.port
    made.listener.stop()
    with socket.socket() as probe, suppress(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))
        pytest.fail("somebody still listens")
