"""QuickBooks keeps an activity otherwise than it was sent, and its answer is lost."""

from datetime import timedelta
from typing import Any

import pytest

from addon.records.run import PieceState, RunState
from addon.sandbox import trouble
from addon.sandbox.quickbooks import activities
from tests.desk import JOHN, Desk
from tests.stores import on_every_store

BATCH = "/batch$"
KEPT: dict[str, dict[str, Any]] = {
    "billing": {"BillableStatus": "NotBillable"},
    "customer": {"CustomerRef": {"value": "1"}},
    "rate": {"HourlyRate": 25.5},
}


def lose_the_answer(desk: Desk) -> int:
    """Send two entries, and lose the answer of a call that QuickBooks has done."""
    desk.track(description="Planted")
    desk.track(JOHN, description="Mowed")
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    number = desk.begin()
    desk.once()
    return number


def planted(desk: Desk) -> dict[str, Any]:
    """Give the first entry's activity."""
    return next(row for row in desk.rows if row["Description"] == "Planted")


@on_every_store
@pytest.mark.parametrize("name", KEPT)
def test_p1_what_quickbooks_keeps_otherwise_is_asked_about_and_not_sent_again(
    desk: Desk, name: str
) -> None:
    """One field is not as it was sent, though nobody edited it: a person looks."""
    number = lose_the_answer(desk)
    mine = planted(desk)
    desk.company.tables["TimeActivity"][mine["Id"]].update(KEPT[name])
    assert planted(desk)["SyncToken"] == "0"
    desk.settle()
    seen = desk.progress(number)
    assert (seen.sent, seen.doubtful, seen.refused) == (1, 1, 0)
    assert len(desk.rows) == 2
    [asked] = [each for each in desk.pieces() if each.state == PieceState.REFUSED]
    assert [each["id"] for each in asked.candidates] == [mine["Id"]]
    assert f"time activity {mine['Id']}," in asked.explanation


@pytest.mark.parametrize("forgets", [False, True], ids=["remembered", "forgotten"])
def test_p1_a_refused_question_pauses_the_run_and_doubles_nothing(
    desk: Desk, forgets: bool
) -> None:
    """A gateway answers 403 while we look: that is no proof that nothing arrived."""
    desk.world.sandbox.quickbooks.forget_request_ids(forgets)
    number = lose_the_answer(desk)
    mine = planted(desk)
    desk.company.edit_activity(mine["Id"], Hours=7)
    # The days are counted and read; the question about moments meets the gateway.
    no = trouble.answer(403, b"Forbidden")
    rule = desk.trouble.next(path="/query", nth=3, effect=no)
    while not rule.spent() and not desk.progress(number).over:
        desk.once()
        desk.time.forward(5)
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert "HTTP 403" in seen.text
    assert len(desk.rows) == 2
    desk.settle()
    assert desk.progress(number).sent == 2
    assert sorted(desk.receipts().values()) == sorted(row["Id"] for row in desk.rows)


OTHERS: dict[str, dict[str, Any]] = {
    "person": {"EmployeeRef": {"value": "54"}, "CustomerRef": {"value": "1"}},
    "day": {"TxnDate": "2026-11-02", "Hours": 4},
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_another_program_makes_meanwhile_raises_no_doubt(
    desk: Desk, name: str
) -> None:
    """The call came to nothing, and something else was recorded just then."""
    desk.world.sandbox.quickbooks.forget_request_ids(True)
    entry = desk.track(description="Planted")
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    number = desk.begin()
    desk.once()
    body = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": "55"},
        "CustomerRef": {"value": "3"},
        "TxnDate": (entry.start - timedelta(hours=8)).date().isoformat(),
        "Hours": 1,
        "Minutes": 0,
        "BillableStatus": "Billable",
        "HourlyRate": 25,
        "Description": "Of another program",
    }
    other = activities.write(desk.company, body | OTHERS[name])["Id"]
    desk.settle()
    seen = desk.progress(number)
    assert (seen.sent, seen.doubtful, seen.over) == (1, 0, True)
    assert len(desk.rows) == 2
    assert other not in desk.receipts().values()
