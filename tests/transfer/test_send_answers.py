"""Every unclear answer: nothing lost, nothing doubled, and words for the person."""

from datetime import timedelta
from pathlib import Path

import pytest

from addon.records.run import PieceState
from addon.sandbox import trouble
from addon.sandbox.trouble import Effect
from addon.transfer import moving
from tests.desk import EMILY, JOHN, PAM, Desk
from tests.stores import on_every_store

BATCH = "/batch$"


UNCLEAR: dict[str, Effect] = {
    "reset before": trouble.drop_before(),
    "answer lost": trouble.drop_after(),
    "answer torn off": trouble.cut(),
    "502 page before": trouble.html_502(),
    "502 page after": trouble.html_502(after=True),
    "503": trouble.answer(503, "busy", "text/plain"),
    "504 after": trouble.answer(504, "late", "text/plain", after=True),
    "empty 200": trouble.empty(),
    "empty 200 after": trouble.empty(after=True),
    "200 page": trouble.answer(200, "<html>hello</html>", "text/html", after=True),
    "200 with a fault": trouble.ok_with_fault(),
    "200 with nothing": trouble.nothing(),
    "200 with nothing after": trouble.nothing(after=True),
    "200 with a number": trouble.answer(200, "42", after=True),
    "fault 600": trouble.ok_with_fault("600", "Duplicate Request ID"),
    "an answer missing": trouble.missing_items(1),
    "two answers missing": trouble.missing_items(2),
    "answers in another order": trouble.reordered_items(),
}


@pytest.mark.parametrize("forgotten", [False, True], ids=["honoured", "forgotten"])
@pytest.mark.parametrize("name", UNCLEAR)
def test_p4_an_unclear_answer_loses_nothing_and_doubles_nothing(
    desk: Desk, name: str, forgotten: bool
) -> None:
    """Whatever came back, or nothing: each entry is in QuickBooks once."""
    desk.world.sandbox.quickbooks.forget_request_ids(forgotten)
    entries = [desk.track(), desk.track(), desk.track(JOHN), desk.track(PAM)]
    desk.trouble.next(method="POST", path=BATCH, effect=UNCLEAR[name])
    begun = desk.time.now
    done = desk.send_all()
    assert done.sent == 4
    desk.exactly_once(*entries)
    assert desk.trouble.struck
    assert desk.time.now - begun < timedelta(minutes=8)


@pytest.mark.parametrize("name", ["answer lost", "502 page before", "reset before"])
def test_the_run_says_what_it_waits_for(desk: Desk, name: str) -> None:
    """Whoever watches reads that QuickBooks was unclear, and need do nothing."""
    desk.track()
    desk.trouble.next(method="POST", path=BATCH, effect=UNCLEAR[name])
    number = desk.begin()
    desk.world.work()
    seen = desk.progress(number)
    assert "did not answer clearly" in seen.text
    assert not seen.over
    assert desk.states() == [PieceState.ANNOUNCED]
    desk.settle()
    assert "1 out of 1 entry has been sent" in desk.progress(number).text


@on_every_store
def test_p5_an_unanswered_call_is_looked_up_before_anything_is_repeated(
    desk: Desk,
) -> None:
    """When QuickBooks has forgotten request ids, only looking can tell."""
    quickbooks = desk.world.sandbox.quickbooks
    quickbooks.forget_request_ids(True)
    entries = [desk.track(minutes=30 + number) for number in range(30)]
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    desk.send_all()
    desk.exactly_once(*entries)
    writes = [one for one in quickbooks.requests if one.path.endswith("/batch")]
    assert len(writes) == 1


def test_p5_what_did_not_arrive_is_repeated_under_its_own_request_id(
    desk: Desk,
) -> None:
    """The first repeat is the very same call, byte for byte."""
    desk.track()
    desk.track(JOHN)
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    desk.send_all()
    seen = desk.world.sandbox.quickbooks.requests
    first, second = [one for one in seen if one.path.endswith("/batch")]
    assert first.query["requestid"] == second.query["requestid"]
    assert first.body == second.body


def test_an_answer_lost_twice_is_still_one_activity(desk: Desk) -> None:
    """Repeats are as careful as first tries."""
    entries = [desk.track(), desk.track()]
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    desk.send_all()
    desk.exactly_once(*entries)


def test_what_somebody_entered_by_hand_before_is_not_taken_for_ours(
    desk: Desk,
) -> None:
    """An equal activity that was there before is left alone."""
    entry = desk.track(description="Planted roses")
    other = desk.track(description="Planted roses")
    desk.press(expected=1, entry=[other.id])
    desk.settle()
    [by_hand] = desk.rows
    with desk.world.inside():
        from addon.records import db
        from addon.records.receipt import Receipt

        db.session.execute(db.delete(Receipt))
        db.session.commit()
    # Or the search before sending would find it and mark it.
    with desk.world.inside() as here:
        moving.undo(desk.world.outside, desk.world.viewer(here))
    desk.time.forward(600)
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    desk.press(expected=1, entry=[entry.id])
    desk.settle()
    assert desk.receipts()[entry.id] != by_hand["Id"]
    assert len(desk.rows) == 2


def test_a_company_that_refuses_connections_is_tried_until_it_answers(
    desk: Desk, tmp_path: Path
) -> None:
    """QuickBooks is away for a while: nothing is lost, and the run goes on."""
    entries = [desk.track(), desk.track(EMILY)]
    number = desk.begin()
    listener = desk.world.sandbox.quickbooks._listener
    port = listener.port
    listener.stop()
    desk.world.work()
    seen = desk.progress(number)
    assert "cannot be reached" in seen.text
    assert desk.states() == []
    from addon.sandbox.wire import Listener

    again = Listener(listener._server.app, port)
    again.start()
    try:
        desk.settle()
        assert desk.progress(number).sent == 2
        desk.exactly_once(*entries)
    finally:
        again.stop()


@on_every_store
def test_p4_a_hundred_entries_with_half_of_all_answers_lost(desk: Desk) -> None:
    """Every second answer is lost for as long as the run takes."""
    entries = [desk.track(minutes=20 + number % 7) for number in range(100)]
    for nth in range(1, 9, 2):
        desk.trouble.next(
            method="POST", path=BATCH, nth=nth, effect=trouble.drop_after()
        )
    done = desk.send_all()
    assert done.sent == 100
    desk.exactly_once(*entries)
