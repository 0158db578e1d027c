"""QuickBooks blames itself with a code nobody knows, and has done the work."""

import json
from typing import Any

import pytest

from addon.sandbox import trouble
from addon.sandbox.trouble import Answer, Effect
from tests.desk import JOHN, Desk
from tests.stores import on_every_store

BATCH = "/batch$"


def fault(code: str) -> dict[str, Any]:
    """Write a failure of QuickBooks' own."""
    error = {"Message": "System Failure", "Detail": "Try again later", "code": code}
    return {"Fault": {"Error": [error], "type": "SystemFault"}}


def faulty_items(code: str) -> Effect:
    """Do a whole batch, then answer each of its items with a failure."""

    def change(given: Answer) -> Answer:
        body = json.loads(given.body)
        body["BatchItemResponse"] = [
            {"bId": item["bId"], **fault(code)} for item in body["BatchItemResponse"]
        ]
        return Answer(200, json.dumps(body).encode())

    return Effect("faulty items", change=change)


@on_every_store
@pytest.mark.parametrize("status", [200, 400])
def test_p1_a_failure_of_quickbooks_own_is_looked_up_whatever_its_code(
    desk: Desk, status: int
) -> None:
    """The activities were made all the same: each is there once, and known."""
    entries = [desk.track(description="Planted"), desk.track(JOHN)]
    failure = trouble.answer(status, fault("-1"), after=True)
    desk.trouble.next(method="POST", path=BATCH, effect=failure)
    assert desk.send_all().sent == 2
    desk.exactly_once(*entries)


@pytest.mark.parametrize("code", ["10000", "-1", ""])
def test_p1_a_failure_told_item_by_item_is_looked_up_too(desk: Desk, code: str) -> None:
    """The same where the call went well and its items did not."""
    earlier = desk.track(days_ago=5, description="Earlier")
    assert desk.send_all().sent == 1
    entries = [desk.track(description="Planted"), desk.track(JOHN)]
    desk.trouble.next(method="POST", path=BATCH, effect=faulty_items(code))
    first = desk.send_all()
    # Whoever reads that they were refused presses Send once more.
    if first.refused:
        desk.send_all()
    assert len(desk.rows) == 3
    assert first.sent == 2
    desk.exactly_once(earlier, *entries)
