"""What may be in QuickBooks is not sent again before a person has looked."""

from datetime import date
from html import unescape

import requests

from addon.records.journal import lines
from addon.records.receipt import Origin, receipts_for
from addon.records.run import PieceState
from addon.sandbox import trouble
from addon.transfer.progress import history
from addon.transfer.review import Filter, Review, State, review
from tests.desk import EMILY, FORM, OLIVIA, Desk, words
from tests.stores import on_every_store
from tests.transfer.test_send_refusals import misplaced_for_good

PERIOD = Filter(date.fromisoformat(FORM["start"]), date.fromisoformat(FORM["end"]))
BUTTON = "It is not there: make it ready again"


def maybe_there(desk: Desk, *, forgets: bool = True) -> int:
    """Two entries alike are changed by hand while their answer is lost."""
    desk.world.sandbox.quickbooks.forget_request_ids(forgets)
    desk.track()
    desk.track()
    desk.trouble.next(method="POST", path="/batch$", effect=trouble.drop_after())
    number = desk.begin()
    desk.once()
    for row in desk.rows:
        desk.company.edit_activity(row["Id"], Hours=row["Hours"] + int(row["Id"]) % 7)
    desk.settle()
    return number


def still_there(desk: Desk) -> int:
    """An entry lies under a wrong person, and QuickBooks does not let go of it."""
    desk.track()
    return misplaced_for_good(desk)


def look(desk: Desk, name: str = OLIVIA) -> Review:
    """Look at the entries as one of the workspace's people."""
    with desk.world.inside() as here:
        return review(desk.world.outside, desk.world.viewer(here, name), PERIOD)


def attention(desk: Desk, name: str = OLIVIA) -> str:
    """Read what needs attention."""
    form = {**FORM, "state": "attention"}
    token = desk.world.token(name)
    return unescape(words(desk.world.ask("GET", "/entries", token=token, params=form)))


def settle(desk: Desk, entry_id: str, name: str = OLIVIA) -> requests.Response:
    """Say that an entry is not there."""
    token = desk.world.token(name)
    return desk.world.ask("DELETE", f"/doubts/{entry_id}", token=token)


def recognise(
    desk: Desk, entry_id: str, activity_id: str, name: str = OLIVIA
) -> requests.Response:
    """Say that an entry is this activity."""
    return desk.world.ask(
        "PUT",
        f"/doubts/{entry_id}",
        token=desk.world.token(name),
        data={"activity": activity_id},
    )


def result(desk: Desk, number: int) -> str:
    """Read the result of a run."""
    token = desk.world.token(OLIVIA)
    return words(desk.world.ask("GET", f"/runs/{number}", token=token))


def test_what_may_be_there_is_not_offered_as_ready(desk: Desk) -> None:
    """Such entries need attention; who can say what is there is asked."""
    maybe_there(desk)
    assert {row.state for row in look(desk).rows} == {State.ATTENTION}
    seen = attention(desk)
    assert "It holds time that may be it" in seen
    assert "Look into QuickBooks, and say what you found" in seen
    assert seen.count(BUTTON) == 2
    assert BUTTON not in attention(desk, EMILY)
    assert "It may be time activity" in attention(desk, EMILY)


def test_p1_what_may_be_there_is_not_sent_again_by_sending_everything(
    desk: Desk,
) -> None:
    """“Send all”, and a run that chose such entries before, leave them alone."""
    maybe_there(desk)
    entries = list(desk.world.workspace.entries.values())
    assert "Nothing is selected" in words(desk.post("/runs", expected=2, all_ready="1"))
    beside = desk.begin_beside(*entries)
    desk.settle()
    assert len(desk.rows) == 2
    assert desk.progress(beside).held == 2
    assert "It may be time activity" in desk.progress(beside).groups[0].text
    assert {row.state for row in look(desk).rows} == {State.ATTENTION}


@on_every_store
def test_an_admin_who_has_looked_lets_it_be_sent_again(desk: Desk) -> None:
    """After “It is not there” the entry is ready, goes once, and it is on record."""
    maybe_there(desk)
    one, other = look(desk).rows
    for row in desk.rows:
        desk.company.delete_activity(row["Id"])
    answer = settle(desk, one.entry.id)
    assert answer.headers["HX-Trigger"] == "run-changed"
    settle(desk, one.entry.id)
    states = {row.entry.id: row.state for row in look(desk).rows}
    assert states == {one.entry.id: State.READY, other.entry.id: State.ATTENTION}
    with desk.world.inside():
        [line] = lines({"doubt settled"}, most=5)
        assert line.details == {"entry": one.entry.id}
    assert desk.send_all().sent == 1
    assert set(desk.receipts()) == {one.entry.id}
    assert len(desk.rows) == 1


def test_only_admins_settle_a_doubt(desk: Desk) -> None:
    """A member's own entry stays in doubt until an admin has looked."""
    maybe_there(desk)
    row, _ = look(desk).rows
    assert settle(desk, row.entry.id, EMILY).status_code == 403
    assert {row.state for row in look(desk).rows} == {State.ATTENTION}


def test_what_lies_under_a_wrong_person_is_not_offered_as_ready(desk: Desk) -> None:
    """Where it could not be taken out again the row says which activity to delete."""
    still_there(desk)
    [row] = look(desk).rows
    assert row.state is State.ATTENTION
    assert "did not let us take it out" in row.reason
    assert f"Delete time activity {desk.rows[0]['Id']}" in row.cure


def test_what_a_person_has_to_look_at_is_not_counted_as_refused(desk: Desk) -> None:
    """QuickBooks refused nothing: the result says “Please look”."""
    number = maybe_there(desk)
    seen = desk.progress(number)
    assert (seen.doubtful, seen.refused) == (2, 0)
    assert desk.states() == [PieceState.REFUSED] * 2
    company_id = desk.company_id
    with desk.world.inside():
        assert history(company_id)[0].doubtful == 2
    said = result(desk, number)
    assert "Please look 2" in said
    assert "Refused by QuickBooks" not in said


def test_what_somebody_has_found_stands_in_place_of_the_doubt(desk: Desk) -> None:
    """The result does not ask any more what has been answered."""
    number = maybe_there(desk)
    one, _ = look(desk).rows
    assert "1 needs a look" not in desk.progress(number).text
    settle(desk, one.entry.id)
    seen = desk.progress(number)
    assert "1 needs a look" in seen.text
    told = {group.text: group.cure for group in seen.groups}
    assert told["Somebody has looked: it was not in QuickBooks."] == (
        "It can be sent again."
    )
    [other] = [text for text in told if not text.startswith("Somebody")]
    assert "did not say what became" in other


@on_every_store
def test_an_admin_who_has_looked_says_which_activity_it_is(desk: Desk) -> None:
    """The entry is sent then, its activity no other's, and the run's result follows."""
    number = maybe_there(desk)
    one, other = look(desk).rows
    mine, others = (row["Id"] for row in desk.rows)
    assert one.candidates == other.candidates
    assert [each.id for each in one.candidates] == [mine, others]
    before = desk.progress(number)
    answer = recognise(desk, one.entry.id, mine)
    assert answer.headers["HX-Trigger"] == "run-changed"
    recognise(desk, one.entry.id, others)

    states = {row.entry.id: row for row in look(desk).rows}
    assert states[one.entry.id].state is State.SENT
    assert states[one.entry.id].activity_id == mine
    assert not states[one.entry.id].is_found
    assert [each.id for each in states[other.entry.id].candidates] == [others]
    assert f"activity {mine}," not in states[other.entry.id].reason
    company_id = desk.company_id
    with desk.world.inside():
        [receipt] = receipts_for(company_id, [one.entry.id]).values()
        assert (receipt.origin, receipt.run_id) == (Origin.SENT, number)
    seen = desk.progress(number)
    assert (seen.sent, seen.doubtful, seen.refused) == (1, 1, 0)
    assert seen.minutes_sent == one.minutes
    assert seen.total == before.total
    assert sum(group.count for group in seen.groups) == 1
    assert "Sent 1" in result(desk, number)
    with desk.world.inside():
        [line] = lines({"doubt settled"}, most=5)
        assert line.details == {"entry": one.entry.id, "activity": mine}


def test_after_a_person_has_found_nothing_the_run_counts_it_as_left_alone(
    desk: Desk,
) -> None:
    """QuickBooks refused nothing, and nobody has to look any more."""
    number = maybe_there(desk)
    for row in look(desk).rows:
        settle(desk, row.entry.id)
    seen = desk.progress(number)
    assert (seen.dropped, seen.doubtful, seen.refused, seen.sent) == (2, 0, 0, 0)
    assert "Left alone 2" in result(desk, number)


def test_an_activity_that_is_another_entrys_is_refused_in_words(desk: Desk) -> None:
    """Nobody can give one activity to two entries, nor one that has nothing to do."""
    maybe_there(desk)
    one, other = look(desk).rows
    mine = one.candidates[0].id
    recognise(desk, one.entry.id, mine)
    answer = recognise(desk, other.entry.id, mine)
    assert answer.status_code == 422
    assert f"Time activity {mine} belongs to another entry already" in words(answer)
    answer = recognise(desk, other.entry.id, "4711")
    assert answer.status_code == 422
    assert "Reload the page" in words(answer)
    assert recognise(desk, other.entry.id, mine, EMILY).status_code == 403
    assert len(desk.receipts()) == 1


def test_the_report_offers_each_activity_that_it_may_be(desk: Desk) -> None:
    """One button each, in words that a person finds it by in QuickBooks."""
    maybe_there(desk)
    seen = attention(desk)
    told = attention(desk, EMILY)
    for row in desk.rows:
        assert f"time activity {row['Id']}, {row['Hours']} h on 20 November" in told
        button = f"It is the {row['Hours']} h on 20 November 2026 for Cool Cars"
        assert seen.count(button) == 2
    assert "It is the" not in told


def test_what_lies_under_a_wrong_person_is_nobodys_own(desk: Desk) -> None:
    """It has to be deleted: nobody can take it for the entry."""
    still_there(desk)
    [row] = look(desk).rows
    assert row.candidates == ()
    seen = attention(desk)
    assert BUTTON in seen
    assert "It is the" not in seen
    assert recognise(desk, row.entry.id, desk.rows[0]["Id"]).status_code == 422


def test_what_was_deleted_meanwhile_is_not_taken_for_the_entry(desk: Desk) -> None:
    """QuickBooks is asked before anything is believed."""
    maybe_there(desk)
    row, _ = look(desk).rows
    gone = row.candidates[0].id
    desk.company.delete_activity(gone)
    answer = recognise(desk, row.entry.id, gone)
    assert answer.status_code == 422
    assert f"Time activity {gone} is not in QuickBooks any more" in words(answer)
    assert not desk.receipts()
    assert {row.state for row in look(desk).rows} == {State.ATTENTION}


def test_while_quickbooks_is_away_nothing_is_believed(desk: Desk) -> None:
    """The person reads that QuickBooks does not answer, and presses again later."""
    maybe_there(desk)
    row, _ = look(desk).rows
    mine = row.candidates[0].id
    desk.trouble.next(path="/query", effect=trouble.html_502(), times=9)
    answer = recognise(desk, row.entry.id, mine)
    assert answer.status_code >= 400
    assert "QuickBooks" in words(answer)
    assert not desk.receipts()
    desk.trouble.clear()
    recognise(desk, row.entry.id, mine)
    assert list(desk.receipts()) == [row.entry.id]
