"""What may be in QuickBooks is not sent again before a person has looked."""

from datetime import date
from html import unescape

import requests

from addon.records.journal import lines
from addon.records.run import PieceState
from addon.sandbox import trouble
from addon.transfer.progress import history
from addon.transfer.review import Filter, Review, State, review
from tests.desk import EMILY, FORM, OLIVIA, Desk, words
from tests.stores import on_every_store
from tests.transfer.test_send_refusals import misplaced_for_good

PERIOD = Filter(date.fromisoformat(FORM["start"]), date.fromisoformat(FORM["end"]))
BUTTON = "It is not there: send again"


def maybe_there(desk: Desk) -> int:
    """Two entries alike are changed by hand while their answer is lost."""
    desk.world.sandbox.quickbooks.forget_request_ids(True)
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


def test_what_may_be_there_is_not_offered_as_ready(desk: Desk) -> None:
    """Such entries need attention, in the same words as in the run's result."""
    maybe_there(desk)
    assert {row.state for row in look(desk).rows} == {State.ATTENTION}
    seen = attention(desk)
    assert "It may be time activity" in seen
    assert "Look at time activity" in seen
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
    token = desk.world.token(OLIVIA)
    said = words(desk.world.ask("GET", f"/runs/{number}", token=token))
    assert "Please look 2" in said
    assert "Refused by QuickBooks" not in said
