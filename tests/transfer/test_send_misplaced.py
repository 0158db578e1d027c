"""What QuickBooks put under another record, while people work on it there."""

from typing import Any

from addon.records.run import PieceState
from addon.sandbox import trouble
from tests.desk import EMILY, Desk
from tests.stores import on_every_store
from tests.transfer.test_send_refusals import misplace

STALE = {"Message": "Stale Object Error", "Detail": "root was faster", "code": "5010"}


def kept_once(desk: Desk, **changes: Any) -> None:
    """Somebody changes what is under a wrong record before it can be taken out."""
    fault = {"Fault": {"Error": [STALE], "type": "ValidationFault"}}
    refusal = trouble.answer(400, fault)
    desk.trouble.next(method="POST", path="/timeactivity$", effect=refusal)
    misplace(desk)
    desk.once()
    assert desk.states() == [PieceState.ANNOUNCED]
    desk.company.edit_activity(desk.rows[0]["Id"], **changes)


@on_every_store
def test_what_people_changed_under_a_wrong_record_is_taken_out_all_the_same(
    desk: Desk,
) -> None:
    """It is known by its number, on whatever day and for whomever it is by now."""
    desk.track(EMILY)
    number = desk.begin()
    other = {"value": desk.company.id_of("Customer", "Jeff's Jalopies")}
    kept_once(desk, TxnDate="2026-11-07", CustomerRef=other)
    desk.settle()
    assert desk.rows == []
    done = desk.progress(number)
    assert (done.refused, done.doubtful) == (1, 0)
    assert "took it out" in done.groups[0].text


def test_p1_a_twin_is_not_taken_out_in_its_place(desk: Desk) -> None:
    """Another entry just alike does not stand in for the one that was changed."""
    desk.track(EMILY)
    desk.begin()
    kept_once(desk, TxnDate="2026-11-07")
    desk.track(EMILY)
    desk.begin_beside(list(desk.world.workspace.entries.values())[-1])
    desk.settle()
    assert desk.rows == []
    assert desk.states() == [PieceState.REFUSED] * 2


def test_what_somebody_put_under_the_right_person_is_the_entrys_own(desk: Desk) -> None:
    """A bookkeeper was faster: the entry counts as sent, and nothing is removed."""
    entry = desk.track(EMILY)
    number = desk.begin()
    emily = {"value": desk.company.id_of("Employee", EMILY)}
    kept_once(desk, NameOf="Employee", OtherNameRef=None, EmployeeRef=emily)
    desk.settle()
    [row] = desk.rows
    assert desk.receipts() == {entry.id: row["Id"]}
    assert desk.progress(number).sent == 1


def test_p1_what_is_known_to_be_one_entrys_is_not_taken_out_for_another(
    desk: Desk,
) -> None:
    """A twin whose own was changed by hand is asked about; nothing stays unnoticed."""
    desk.track(EMILY)
    first = desk.begin()
    kept_once(desk)
    fault = {"Fault": {"Error": [STALE], "type": "ValidationFault"}}
    refusal = trouble.answer(400, fault)
    desk.trouble.next(method="POST", path="/timeactivity$", effect=refusal, times=2)
    desk.track(EMILY)
    desk.trouble.next(method="POST", path="/batch$", effect=trouble.drop_after())
    second = desk.begin_beside(list(desk.world.workspace.entries.values())[-1])
    desk.once()
    own = desk.rows[-1]["Id"]
    desk.company.edit_activity(own, Hours=3)
    desk.settle()
    assert [row["Id"] for row in desk.rows] == [own]
    assert desk.progress(first).refused == 1
    assert desk.progress(second).doubtful == 1
    assert f"time activity {own}," in desk.progress(second).groups[0].text
