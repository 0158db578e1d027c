"""What a run waits for is said in words, with QuickBooks' own kept for support."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon.records import db
from addon.records.run import PieceState, RunState, find_run
from addon.sandbox import trouble
from addon.sandbox.trouble import Answer, Effect
from tests.desk import JOHN, OLIVIA, Desk, a_desk
from tests.stores import on_every_store

BATCH = "/batch$"
TID = {"intuit_tid": "1-65a0"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def fault(code: str) -> dict[str, Any]:
    """Write a fault as QuickBooks does."""
    error = {"Message": "No", "Detail": "Not this", "code": code}
    return {"Fault": {"Error": [error], "type": "ValidationFault"}}


def hasty(desk: Desk, words: str) -> Effect:
    """Turn one item of a batch away for haste, which QuickBooks then has not done."""

    def change(given: Answer) -> Answer:
        body = json.loads(given.body)
        items = body.get("BatchItemResponse", [])
        for number, item in enumerate(items):
            made = item.get("TimeActivity", {})
            if made.get("Description") == words:
                del desk.company.tables["TimeActivity"][made["Id"]]
                items[number] = {"bId": item["bId"], **fault("3001")}
        return Answer(200, json.dumps(body).encode())

    return Effect("hasty", change=change)


def test_an_entry_turned_away_for_haste_has_long_to_try_again(desk: Desk) -> None:
    """An hour of being asked to slow down is no failure of one entry among others."""
    desk.world.sandbox.quickbooks.forget_request_ids(True)
    entries = [desk.track(description="Mowed"), desk.track(JOHN)]
    for _ in range(7):
        desk.trouble.next(method="POST", path=BATCH, effect=hasty(desk, "Mowed"))
    done = desk.send_all()
    assert (done.sent, done.refused) == (2, 0)
    desk.exactly_once(*entries)


@pytest.mark.parametrize(
    ("code", "state", "said"),
    [
        ("140", RunState.SENDING, "locked"),
        ("150", RunState.SENDING, "maintenance"),
        ("120", RunState.PAUSED, "lost access"),
        ("3100", RunState.PAUSED, "Reconnect QuickBooks"),
        ("5020", RunState.PAUSED, "plan"),
        ("6190", RunState.PAUSED, "subscription"),
        ("10200", RunState.PAUSED, "reset"),
        ("", RunState.PAUSED, "HTTP 403"),
    ],
)
def test_a_call_refused_as_a_whole_says_why_the_run_waits(
    desk: Desk, code: str, state: RunState, said: str
) -> None:
    """The cause in words, the company by name, Intuit's own folded away."""
    desk.track()
    desk.track(JOHN)
    body = fault(code) if code else {}
    refused = trouble.answer(403, body)
    desk.trouble.always(method="POST", path=BATCH, effect=refused)
    number = desk.begin()
    desk.world.work()
    seen = desk.progress(number)
    assert seen.state is state
    assert said in seen.text
    assert desk.company.name in seen.text
    assert "send again" not in seen.text.lower()
    assert seen.raw.startswith(code or "HTTP 403")
    assert "intuit_tid" in seen.raw
    assert (seen.held, seen.refused) == (0, 0)
    calls = desk.world.sandbox.quickbooks.requests
    assert len([each for each in calls if each.path.endswith("/batch")]) <= 2


def test_a_call_that_fails_inside_quickbooks_each_time_keeps_its_own_words(
    desk: Desk,
) -> None:
    """Eight failures of QuickBooks' own: that is what is said, and not silence."""
    desk.track()
    failure = trouble.answer(500, fault("10000"))
    desk.trouble.always(method="POST", path=BATCH, effect=failure)
    number = desk.begin()
    desk.settle(hours=12)
    seen = desk.progress(number)
    assert (seen.over, seen.refused) == (True, 1)
    [group] = seen.groups
    assert "a failure of its own" in group.text
    assert group.raw.startswith("10000:")


def test_what_clockify_refuses_is_not_called_silence(desk: Desk) -> None:
    """Clockify answers, and says no: the run says what, and not that it is away."""
    desk.track()
    number = desk.begin()
    no = trouble.answer(400, {"code": 501, "message": "Such a filter is not known"})
    refusals = desk.world.sandbox.clockify.trouble
    refusals.always(method="POST", path="reports/detailed", effect=no)
    desk.once()
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert seen.away_since is None
    assert "Such a filter is not known" in seen.text
    refusals.clear()
    desk.settle()
    assert desk.progress(number).sent == 1


@on_every_store
def test_stop_is_not_lost_where_the_worker_writes_at_the_same_moment(
    desk: Desk,
) -> None:
    """Whoever pressed Stop has stopped it, whatever the worker was just about."""
    desk.track()
    number = desk.begin()
    token = desk.world.token(OLIVIA)

    def stop() -> None:
        desk.world.ask("DELETE", f"/runs/{number}", token=token).raise_for_status()

    press = threading.Thread(target=stop)
    with desk.world.inside():
        run = find_run(number, hold=True)
        assert run is not None
        press.start()
        time.sleep(0.5)
        run.state = RunState.SENDING
        db.session.commit()
    press.join()
    assert desk.progress(number).state is RunState.STOPPING
    desk.settle()
    assert desk.progress(number).state is RunState.STOPPED
    assert PieceState.RECORDED not in desk.states()
