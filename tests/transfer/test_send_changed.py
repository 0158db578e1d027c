"""People who change or delete an activity in QuickBooks before its receipt came."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from addon.records.run import PieceState
from addon.sandbox import trouble
from tests.desk import EMILY, JOHN, Desk, a_desk

BATCH = "/batch$"
CHANGES: dict[str, dict[str, Any]] = {
    "words": {"Description": "Planted roses and tulips"},
    "length": {"Hours": 7},
    "day": {"TxnDate": "2026-10-05"},
    "customer": {"CustomerRef": {"value": "1"}},
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace whose QuickBooks forgets request ids."""
    with a_desk(tmp_path) as made:
        made.world.sandbox.quickbooks.forget_request_ids(True)
        yield made


def lose_the_answer(desk: Desk) -> tuple[int, list[dict[str, Any]]]:
    """Send, and lose the answer of a call that QuickBooks has done."""
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    number = desk.begin()
    desk.once()
    return number, desk.rows


@pytest.mark.parametrize("name", CHANGES)
def test_p1_what_was_changed_before_its_receipt_came_is_not_sent_again(
    desk: Desk, name: str
) -> None:
    """A bookkeeper corrects new hours at once: they are there once, as corrected."""
    entry, other = desk.track(), desk.track(JOHN, description="Mowed")
    number, rows = lose_the_answer(desk)
    first = next(row for row in rows if row["EmployeeRef"]["name"] == EMILY)
    desk.company.edit_activity(first["Id"], **CHANGES[name])
    desk.settle()
    assert desk.progress(number).sent == 2
    desk.exactly_once(entry, other)
    assert desk.receipts()[entry.id] == first["Id"]


# After an hour nobody waits any more for a piece under way.
@pytest.mark.parametrize("frozen", [0, 3600])
def test_p1_nobody_takes_what_a_later_call_for_the_very_same_has_made(
    desk: Desk, frozen: int
) -> None:
    """Of two entries alike the first is changed by hand; the second is not his."""
    one = desk.track()
    first, _ = lose_the_answer(desk)
    desk.company.edit_activity(desk.rows[0]["Id"], Hours=7)
    desk.time.forward(135)
    other = desk.track()
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    second = desk.begin_beside(other)
    desk.once()
    rows = desk.rows
    assert len(rows) == 2
    desk.time.forward(frozen)
    desk.settle()
    assert desk.progress(first).sent == desk.progress(second).sent == 1
    desk.exactly_once(one, other)
    assert desk.receipts()[one.id] == rows[0]["Id"]


def test_p1_what_may_be_one_of_two_is_left_to_a_person(desk: Desk) -> None:
    """Where nobody can tell which is which, nothing is sent twice: a person looks."""
    for _ in range(2):
        desk.track()
    number, rows = lose_the_answer(desk)
    for row in rows:
        desk.company.edit_activity(row["Id"], Hours=row["Hours"] + int(row["Id"]) % 7)
    desk.settle()
    assert len(desk.rows) == 2
    assert desk.states() == [PieceState.REFUSED] * 2
    assert all(row["Id"] in desk.pieces()[0].explanation for row in rows)
    assert "say in the report" in desk.pieces()[0].cure
    assert desk.progress(number).over


def test_what_was_deleted_before_its_receipt_came_is_sent_again_once(
    desk: Desk,
) -> None:
    """A deletion nobody told us of reads as hours that never arrived."""
    entry = desk.track()
    _, [row] = lose_the_answer(desk)
    desk.company.delete_activity(row["Id"])
    desk.settle()
    desk.exactly_once(entry)


def test_what_quickbooks_remembers_stays_deleted(desk: Desk) -> None:
    """Where QuickBooks remembers the call, the deletion stands."""
    desk.world.sandbox.quickbooks.forget_request_ids(False)
    entry = desk.track()
    _, [row] = lose_the_answer(desk)
    desk.company.delete_activity(row["Id"])
    desk.settle()
    assert desk.rows == []
    assert desk.receipts() == {entry.id: row["Id"]}


@pytest.mark.parametrize("lag", [-4000, 200, 4000])
def test_p1_the_clock_of_quickbooks_may_be_wrong(desk: Desk, lag: int) -> None:
    """What arrived is found again, however far QuickBooks' clock is from ours."""
    desk.company.now = lambda: desk.time.now - timedelta(seconds=lag)
    desk.time.forward(2 * 60 * 60)
    entry = desk.track()
    number, _ = lose_the_answer(desk)
    desk.settle()
    assert desk.progress(number).sent == 1
    desk.exactly_once(entry)
