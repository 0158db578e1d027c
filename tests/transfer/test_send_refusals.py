"""Refusals: of one row, of the whole company, for a while, and of a wrong person."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from addon.records.run import PieceState, RunState
from addon.sandbox import trouble
from addon.sandbox.quickbooks.company import PLUS, SIMPLE_START
from tests.desk import EMILY, FORM, JOHN, OLIVIA, PAM, Desk, a_desk, words

BATCH = "/batch$"
BRIEFLY = trouble.throttled_xml(7)
# fmt: off
ROW_CODES = [
    "500", "610", "620", "2010", "2020", "2030", "2040", "2050", "2060", "2070",
    "2080", "2090", "2100", "2110", "2120", "2170", "2210", "2240", "2500", "4000",
    "4001", "5010", "6000", "6200", "6210", "6240", "6280", "6290", "6300", "6310",
    "6320", "6330", "6340", "6350", "6360", "6370", "6380", "6390", "10200", "77777",
]
# fmt: on


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def some_refused(codes: dict[str, str]) -> trouble.Effect:
    """Refuse the items whose description is named, take the others."""

    def change(given: trouble.Answer) -> trouble.Answer:
        body = json.loads(given.body)
        items = body.get("BatchItemResponse", [])
        for number, item in enumerate(items):
            words = item.get("TimeActivity", {}).get("Description", "")
            if words in codes:
                error = {"Message": "No", "Detail": "Not this", "code": codes[words]}
                fault = {"Error": [error], "type": "ValidationFault"}
                items[number] = {"bId": item["bId"], "Fault": fault}
        return trouble.Answer(200, json.dumps(body).encode())

    return trouble.Effect("some refused", change=change)


def test_p28_a_refused_row_never_blocks_another_whatever_the_code(desk: Desk) -> None:
    """Each code of QuickBooks once in one run: the other rows go, each has words."""
    good = [desk.track(description="good") for _ in range(25)]
    for code in ROW_CODES:
        desk.track(description=f"bad {code}")
    codes = {f"bad {code}": code for code in ROW_CODES}
    desk.trouble.always(method="POST", path=BATCH, effect=some_refused(codes))
    done = desk.send_all()
    assert (done.sent, done.refused) == (len(good), len(ROW_CODES))
    assert set(desk.receipts()) == {entry.id for entry in good}
    refused = [one for one in desk.pieces() if one.state == PieceState.REFUSED]
    assert {one.reason for one in refused} == set(ROW_CODES)
    for one in refused:
        assert one.explanation.endswith((".", "”")), one.explanation
        assert one.cure.endswith("."), one.cure
        assert one.raw.startswith(f"{one.reason}:")
        assert one.attempts <= 8


def test_p28_one_row_that_spoils_its_whole_batch_is_found(desk: Desk) -> None:
    """QuickBooks refuses thirty for one: the one is refused, the others go."""
    good = [desk.track(description="good") for _ in range(19)]
    desk.track(description="spoiler")
    error = {"Message": "Invalid String", "Detail": "Bad", "code": "2040"}
    body = {"Fault": {"Error": [error], "type": "ValidationFault"}}
    desk.trouble.always(
        method="POST", path=BATCH, body="spoiler", effect=trouble.answer(400, body)
    )
    done = desk.send_all()
    assert (done.sent, done.refused) == (19, 1)
    desk.exactly_once(*good)


@pytest.mark.parametrize(
    "effect",
    [
        trouble.throttled_xml(),
        BRIEFLY,
        trouble.answer(
            429,
            {"Fault": {"Error": [{"Message": "ThrottleExceeded", "code": "003001"}]}},
        ),
        trouble.answer(
            403,
            {"fault": {"error": [{"message": "x", "code": "3001"}], "type": "SERVICE"}},
        ),
    ],
    ids=["XML", "XML with Retry-After", "JSON", "lower case with 403"],
)
def test_p29_being_asked_to_slow_down_is_no_failure(
    desk: Desk, effect: trouble.Effect
) -> None:
    """The run waits as long as asked, without a call, and then goes on."""
    entries = [desk.track() for _ in range(3)]
    desk.trouble.next(method="POST", path=BATCH, effect=effect)
    number = desk.begin()
    desk.world.work()
    asked = desk.time.now
    assert "slow down" in desk.progress(number).text
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.refused, done.held) == (3, 0, 0)
    desk.exactly_once(*entries)
    calls = desk.world.sandbox.quickbooks.requests
    later = [one for one in calls if one.path.endswith("/batch") and one.status == 200]
    wait = 7 if effect is BRIEFLY else 60
    assert all(one.at - asked >= timedelta(seconds=wait) for one in later)


def test_books_closed_after_choosing_are_said_by_quickbooks(desk: Desk) -> None:
    """Somebody closes the books meanwhile: those days are refused, others go."""
    old, new = desk.track(days_ago=20), desk.track(days_ago=1)
    number = desk.begin()
    desk.company.close_books(date(2026, 11, 10))
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.refused) == (1, 1)
    assert "closed" in done.groups[0].text
    desk.exactly_once(new)
    assert old.id not in desk.receipts()


def test_books_closed_with_a_password_are_said_too(desk: Desk) -> None:
    """The other code for closed books has words as well."""
    desk.track(days_ago=20)
    number = desk.begin()
    desk.company.close_books(date(2026, 11, 10), password=True)
    desk.settle()
    done = desk.progress(number)
    assert done.refused == 1
    assert "closed" in done.groups[0].text


def _simple_start(desk: Desk) -> None:
    desk.company.set_plan(SIMPLE_START)


def _lapsed(desk: Desk) -> None:
    desk.company.lapse()


def _no_time(desk: Desk) -> None:
    desk.company.set_time_tracking(False)


def _cured(desk: Desk) -> None:
    desk.company.set_plan(PLUS)
    desk.company.lapse("PAID")
    desk.company.set_time_tracking(True)


@pytest.mark.parametrize("spoil", [_simple_start, _lapsed, _no_time])
def test_a_company_that_takes_no_time_pauses_the_run_until_it_does(
    desk: Desk, spoil: Any
) -> None:
    """No row is blamed for the company's plan; once that is cured the run goes on."""
    entries = [desk.track(), desk.track(JOHN)]
    number = desk.begin()
    spoil(desk)
    desk.world.work()
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert seen.text.endswith(".")
    assert seen.refused == 0
    calls = len(desk.world.sandbox.quickbooks.requests)
    desk.settle(hours=0.5)
    assert len(desk.world.sandbox.quickbooks.requests) - calls < 30
    _cured(desk)
    desk.settle()
    assert desk.progress(number).sent == 2
    desk.exactly_once(*entries)


def test_a_record_gone_from_quickbooks_is_off_our_lists_after_its_refusal(
    desk: Desk,
) -> None:
    """What nobody told us of is refused once, and needs attention from then on."""
    entry = desk.track()
    number = desk.begin()
    emily = desk.company.id_of("Employee", EMILY)
    desk.company.tables["Employee"][emily]["Active"] = False
    desk.company.tables["Employee"][emily]["MetaData"]["LastUpdatedTime"] = (
        desk.time.now.isoformat()
    )
    desk.once()
    assert desk.progress(number).refused == 1
    desk.once()
    token = desk.world.token(OLIVIA)
    asked = {**FORM, "state": "attention"}
    seen = words(desk.world.ask("GET", "/entries", params=asked, token=token))
    assert f"{EMILY} is inactive in QuickBooks" in seen
    assert entry.id not in desk.receipts()


def misplaced_for_good(desk: Desk) -> int:
    """Send, and let QuickBooks keep it under a wrong name; give the run's number."""
    number = desk.begin()
    misplace(desk)
    error = {"Message": "Stale", "Detail": "No", "code": "5010"}
    refusal = trouble.answer(400, {"Fault": {"Error": [error], "type": "x"}})
    desk.trouble.always(method="POST", path="/timeactivity$", effect=refusal)
    desk.settle()
    return number


def misplace(desk: Desk) -> None:
    """Let Emily's number become a customer's, which QuickBooks takes silently."""
    number = desk.company.id_of("Employee", EMILY)
    row = desk.company.tables["Employee"].pop(number)
    desk.company.tables["Customer"][number] = {**row, "DisplayName": "Not Emily"}


def test_time_put_under_somebody_else_is_taken_out_and_explained(desk: Desk) -> None:
    """QuickBooks stores it under a customer: we remove it and say so."""
    misplace_me = [desk.track(EMILY) for _ in range(2)]
    fine = desk.track(JOHN)
    number = desk.begin()
    misplace(desk)
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.refused) == (1, 2)
    assert "under another record than Emily Platt" in done.groups[0].text
    assert "took it out" in done.groups[0].text
    desk.exactly_once(fine)
    assert not {entry.id for entry in misplace_me} & set(desk.receipts())


@pytest.mark.parametrize("forgotten", [False, True], ids=["honoured", "forgotten"])
@pytest.mark.parametrize("lost", [trouble.drop_after(), trouble.missing_items(1)])
def test_time_put_under_somebody_else_is_found_though_the_answer_was_lost(
    desk: Desk, lost: trouble.Effect, forgotten: bool
) -> None:
    """Nothing under a wrong name stays behind, even where nobody told us of it."""
    desk.world.sandbox.quickbooks.forget_request_ids(forgotten)
    fine = desk.track(JOHN)
    desk.track(EMILY)
    number = desk.begin()
    misplace(desk)
    desk.trouble.next(method="POST", path=BATCH, effect=lost)
    desk.settle()
    assert desk.progress(number).refused == 1
    desk.exactly_once(fine)


def test_time_under_a_wrong_name_that_cannot_be_removed_is_named(desk: Desk) -> None:
    """If QuickBooks does not let us remove it, a person reads which one it is."""
    desk.track(EMILY)
    done = desk.progress(misplaced_for_good(desk))
    assert (done.doubtful, done.refused) == (1, 0)
    assert "did not let us take it out" in done.groups[0].text
    assert (
        f"Delete time activity {desk.rows[0]['Id']} of 20 November 2026"
        in done.groups[0].cure
    )


def test_a_vendor_row_refused_does_not_touch_employees(desk: Desk) -> None:
    """An inactive contractor is that contractor's problem only."""
    entries = [desk.track(EMILY), desk.track(JOHN)]
    desk.track(PAM)
    number = desk.begin()
    desk.company.deactivate("Vendor", desk.company.id_of("Vendor", PAM))
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.refused) == (2, 1)
    desk.exactly_once(*entries)
