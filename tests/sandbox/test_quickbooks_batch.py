"""Batches and request ids: many at once, and never twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from addon.sandbox.trouble import cut, drop_after, missing_items, reordered_items
from tests.sandbox.intuit_app import App, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


def item(n: int | str, **changes: object) -> dict[str, object]:
    body = hours(Description=f"piece {n}", **changes)
    return {"bId": str(n), "operation": "create", "TimeActivity": body}


NO_ROW = {"Id": "7", "SyncToken": "0"}


def send(app: App, items: list[object], **params: str) -> requests.Response:
    return app.post("batch", {"BatchItemRequest": items}, **params)


def answers(reply: requests.Response) -> dict[str, dict[str, object]]:
    assert reply.status_code == 200, reply.text
    return {i["bId"]: i for i in reply.json()["BatchItemResponse"]}


def fault(found: dict[str, object]) -> str:
    return found["Fault"]["Error"][0]["code"]


def test_thirty_items_go_at_once_thirty_one_do_not(app: App) -> None:
    """1040 for the whole call, and nothing is stored."""
    assert code_of(send(app, [item(n) for n in range(31)])) == "1040"
    assert app.company.activities == []
    assert len(answers(send(app, [item(n) for n in range(30)]))) == 30
    assert len(app.company.activities) == 30


def test_one_bad_item_leaves_the_others_alone(app: App) -> None:
    """Each has its own outcome in a 200."""
    found = answers(send(app, [item(1), item(2, Hours=-1), item(3)]))
    assert fault(found["2"]) == "6380"
    assert found["1"]["TimeActivity"]["Id"] == "1"
    assert found["3"]["TimeActivity"]["Id"] == "2"


def test_items_run_one_after_another_and_may_mix(app: App) -> None:
    """Create, update, delete, query, in this order."""
    mixed = [
        item("a"),
        {
            "bId": "b",
            "operation": "update",
            "TimeActivity": hours(Id="1", SyncToken="0", Hours=5),
        },
        {"bId": "c", "Query": "select * from TimeActivity"},
        {
            "bId": "d",
            "operation": "delete",
            "TimeActivity": {"Id": "1", "SyncToken": "1"},
        },
        {"bId": "e", "operation": "create", "Vendor": {"DisplayName": "New one"}},
        {"bId": "f", "Query": "select * from TimeActivity"},
    ]
    found = answers(send(app, mixed))
    assert found["c"]["QueryResponse"]["TimeActivity"][0]["Hours"] == 5
    assert found["d"]["TimeActivity"]["status"] == "Deleted"
    assert found["e"]["Vendor"]["Id"]
    assert found["f"]["QueryResponse"] == {}


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("500", {"bId": "1", "operation": "void", "TimeActivity": {}}),
        ("500", {"bId": "1", "TimeActivity": {}}),
        ("2010", {"bId": "1", "operation": "create", "Invoice": {}}),
        ("2010", {"bId": "1", "operation": "create"}),
        ("2010", {"bId": "1", "operation": "create", "TimeActivity": []}),
        ("2010", {"bId": "1", "operation": "create", "TimeActivity": hours(Id="1")}),
        ("2020", {"bId": "1", "operation": "update", "TimeActivity": hours()}),
        ("610", {"bId": "1", "operation": "delete", "TimeActivity": NO_ROW}),
        ("2010", {"bId": "1", "operation": "query", "Query": "select * from Item"}),
        ("4001", {"bId": "1", "Query": "select * from Nonsense"}),
    ],
)
def test_a_bad_item_is_refused_by_itself(app: App, code: str, bad: object) -> None:
    """The next one still goes."""
    found = answers(send(app, [bad, item(2)]))
    assert fault(found["1"]) == code
    assert "TimeActivity" in found["2"]


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("2020", [{"operation": "create", "TimeActivity": hours()}]),
        ("2030", [item(1), item(1)]),
        ("2010", ["text"]),
        ("2130", [item("12345678901")]),
    ],
)
def test_every_item_needs_a_short_mark_of_its_own(app: App, code, items) -> None:
    """Present, unique and with a request id at most ten characters."""
    assert code_of(send(app, items, requestid="r1")) == code
    assert app.company.activities == []


def test_request_ids_have_a_length(app: App) -> None:
    """Fifty for one, thirty-six for a batch."""
    assert app.post("timeactivity", hours(), requestid="x" * 50).status_code == 200
    assert code_of(app.post("timeactivity", hours(), requestid="x" * 51)) == "2130"
    assert send(app, [item(1)], requestid="x" * 36).status_code == 200
    assert code_of(send(app, [item(1)], requestid="x" * 37)) == "2130"


def test_the_same_request_id_gets_the_same_answer(app: App) -> None:
    """Whether it went well or not, and nothing is stored twice."""
    first = app.post("timeactivity", hours(), requestid="one")
    again = app.post("timeactivity", hours(), requestid="one")
    assert again.json()["TimeActivity"] == first.json()["TimeActivity"]
    bad = app.post("timeactivity", hours(Hours=-1), requestid="two")
    good = app.post("timeactivity", hours(), requestid="two")
    assert code_of(good) == code_of(bad) == "6380"
    assert len(app.company.activities) == 1


def test_a_lost_answer_is_fetched_by_sending_again(app: App) -> None:
    """One time activity although the first answer never came."""
    app.server.trouble.next(path="/timeactivity", effect=drop_after())
    with pytest.raises(requests.ConnectionError):
        app.post("timeactivity", hours(), requestid="one")
    assert app.post("timeactivity", hours(), requestid="one").status_code == 200
    assert len(app.company.activities) == 1


def test_a_batch_is_replayed_item_by_item(app: App) -> None:
    """Torn, shortened or turned answers do no harm."""
    items = [item(n) for n in range(5)]
    app.server.trouble.next(path="/batch", effect=cut())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        send(app, items, requestid="r")
    app.server.trouble.next(path="/batch", effect=missing_items(2))
    assert len(answers(send(app, items, requestid="r"))) == 3
    app.server.trouble.next(path="/batch", effect=reordered_items())
    turned = send(app, items, requestid="r").json()["BatchItemResponse"]
    assert [i["bId"] for i in turned] == ["4", "3", "2", "1", "0"]
    assert len(app.company.activities) == 5


def test_request_ids_can_be_forgotten(app: App) -> None:
    """How long QuickBooks remembers is unknown; here it can be set."""
    app.server.forget_request_ids(60)
    app.post("timeactivity", hours(), requestid="one")
    app.clock.pass_(seconds=59)
    app.post("timeactivity", hours(), requestid="one")
    assert len(app.company.activities) == 1
    app.clock.pass_(seconds=1)
    app.post("timeactivity", hours(), requestid="one")
    assert len(app.company.activities) == 2
    app.server.forget_request_ids()
    app.post("timeactivity", hours(), requestid="one")
    assert len(app.company.activities) == 3


def test_a_request_id_is_known_to_its_own_company_only(app: App) -> None:
    """Another company starts afresh."""
    app.post("timeactivity", hours(), requestid="one")
    second = app.server.add_company("payroll")
    app.connect(second.realm)
    app.post("timeactivity", hours(), requestid="one")
    assert len(second.activities) == 1


def test_the_same_id_twice_at_once_is_a_duplicate(app: App) -> None:
    """While the first is at work the second is refused with 600."""
    app.server.item_latency = 0.05

    def go(_: int) -> list[str]:
        found = answers(send(app, [item(1), item(2)], requestid="r"))
        return ["Fault" in one for one in found.values()]

    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(go, range(2)))
    assert len(app.company.activities) == 2
    assert [False, False] in seen


def test_items_take_their_time(app: App) -> None:
    """A slow company is slow per item; time can be scaled."""
    app.server.item_latency = 1000
    app.server.time_scale = 0.00001
    reply = send(app, [item(1), item(2)])
    assert 0.02 <= reply.elapsed.total_seconds() < 5
