"""Confirm, send, watch, stop: whose click does what."""

import threading
from datetime import date
from decimal import Decimal

import pytest

from addon.records.run import PieceState, RunState
from addon.transfer import runs
from addon.transfer.review import Filter
from addon.transfer.runs import Changed, Selection
from tests.desk import EMILY, FORM, JOHN, OLIVIA, PAM, Desk, words
from tests.stores import on_every_store

PERIOD = Filter(date.fromisoformat(FORM["start"]), date.fromisoformat(FORM["end"]))
EVERYTHING = Selection(all_ready=True, entries=frozenset(), shown=frozenset())


def test_ticked_entries_are_sent_and_no_others(desk: Desk) -> None:
    """Only what was ticked goes."""
    first, second, _ = desk.track(), desk.track(JOHN), desk.track(PAM)
    number = desk.press(expected=2, entry=[first.id, second.id])
    desk.settle()
    assert number is not None
    assert desk.progress(number).sent == 2
    desk.exactly_once(first, second)


def test_all_ready_leaves_out_what_was_shown_and_not_ticked(desk: Desk) -> None:
    """Select all, then untick one: everything else goes, also from further pages."""
    ticked, unticked, unseen = desk.track(), desk.track(JOHN), desk.track(PAM)
    form = {"all_ready": "1", "entry": [ticked.id], "shown": [ticked.id, unticked.id]}
    assert "Send 2 entries" in desk.confirm(**form)
    desk.press(expected=2, **form)
    desk.settle()
    desk.exactly_once(ticked, unseen)


def test_a_ticked_entry_that_is_not_ready_is_not_sent(desk: Desk) -> None:
    """A crafted form cannot send what is held back."""
    held = desk.track("Mia Member")
    good = desk.track()
    desk.press(expected=1, entry=[held.id, good.id])
    desk.settle()
    desk.exactly_once(good)


def test_sending_again_sends_nothing(desk: Desk) -> None:
    """The same form posted once more finds nothing to send."""
    entry = desk.track()
    desk.send_all()
    again = desk.post("/runs", expected=1, all_ready="1")
    assert "Nothing is selected" in words(again)
    desk.settle()
    desk.exactly_once(entry)


def test_changed_numbers_are_asked_about_again(desk: Desk) -> None:
    """If there is more to send than was confirmed, the dialog comes back."""
    desk.track()
    assert "Send 1 entry" in desk.confirm()
    desk.track(JOHN)
    answer = desk.post("/runs", expected=1, all_ready="1")
    assert "Entries have changed in the meantime" in words(answer)
    assert "Send 2 entries" in words(answer)
    assert not desk.rows


@pytest.mark.parametrize(
    ("minutes", "amount"), [(61, None), (None, Decimal("45.01")), (59, Decimal(45))]
)
def test_other_hours_or_money_than_confirmed_are_asked_about_again(
    desk: Desk, minutes: int | None, amount: Decimal | None
) -> None:
    """As many entries as before, but other hours or another amount: not sent."""
    desk.track()
    with desk.world.inside() as here, pytest.raises(Changed):
        runs.start(
            desk.world.outside,
            desk.world.viewer(here),
            PERIOD,
            EVERYTHING,
            expected=1,
            minutes=minutes,
            amount=amount,
        )


def test_the_confirmed_hours_and_money_go(desk: Desk) -> None:
    """Nothing has changed, so the run begins."""
    desk.track()
    with desk.world.inside() as here:
        viewer = desk.world.viewer(here)
        run = runs.start(
            desk.world.outside, viewer, PERIOD, EVERYTHING, 1, 60, Decimal(45)
        )
        assert run.state == RunState.CHOOSING


@pytest.mark.parametrize("path", ["/runs", "/runs/confirmation"])
def test_members_cannot_send(desk: Desk, path: str) -> None:
    """A team member may look, and nothing else."""
    desk.track(EMILY)
    answer = desk.post(path, name=EMILY, expected=1, all_ready="1")
    assert answer.status_code == 403
    desk.once()
    assert not desk.rows


@on_every_store
def test_two_admins_and_double_clicks_give_one_activity_each(desk: Desk) -> None:
    """Four times Send at the same moment: each entry is there once."""
    entries = [desk.track(minutes=60 + number) for number in range(20)]

    def press(name: str) -> None:
        desk.post("/runs", name=name, expected=20, all_ready="1")

    names = (OLIVIA, "Adam Ashe", OLIVIA, "Adam Ashe")
    threads = [threading.Thread(target=press, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.settle()
    desk.exactly_once(*entries)
    states = desk.states()
    assert states.count(PieceState.RECORDED) == 20
    assert set(states) <= {PieceState.RECORDED, PieceState.ALREADY}


@on_every_store
def test_two_overlapping_runs_send_what_they_share_once(desk: Desk) -> None:
    """The second run says of the shared entries that another one has them."""
    shared, first, second = desk.track(), desk.track(JOHN), desk.track(PAM)
    one = desk.begin_beside(shared, first)
    two = desk.begin_beside(shared, second)
    desk.settle()
    assert desk.progress(one).sent == 2
    later = desk.progress(two)
    assert (later.sent, later.already) == (1, 1)
    [group] = later.groups
    assert "sent before" in group.text or "Another run" in group.text
    desk.exactly_once(shared, first, second)


def test_what_was_just_sent_cannot_be_chosen_again_and_the_rest_can(
    desk: Desk,
) -> None:
    """Whoever comes second is told so, and need not wait with other hours."""
    first = desk.track()
    one = desk.begin()
    told = desk.confirm()
    assert "Nothing to send" in told
    assert "A transfer that you started is still going on." in told
    assert "Nothing is selected" in words(desk.post("/runs", expected=1, all_ready="1"))
    second = desk.track(JOHN)
    told = desk.confirm()
    assert "Send 1 entry" in told
    assert "you started is still going on. These entries do not wait" in told
    two = desk.begin()
    desk.settle()
    assert desk.progress(one).sent == desk.progress(two).sent == 1
    desk.exactly_once(first, second)


def test_an_entry_deleted_before_its_turn_is_not_sent_and_said(desk: Desk) -> None:
    """What Clockify no longer lists does not reach QuickBooks."""
    kept, gone = desk.track(), desk.track(JOHN)
    number = desk.begin()
    desk.world.workspace.delete_entry(gone.id)
    desk.settle()
    done = desk.progress(number)
    assert (done.sent, done.held) == (1, 1)
    assert "does not list this entry any more" in done.groups[0].text
    desk.exactly_once(kept)


def test_the_numbers_of_a_run_add_up(desk: Desk) -> None:
    """Sent, held, refused and the rest are together what was chosen."""
    for _ in range(5):
        desk.track()
    victim = desk.track(JOHN)
    number = desk.begin()
    desk.world.workspace.delete_entry(victim.id)
    desk.settle()
    done = desk.progress(number)
    parts = (done.sent, done.already, done.held, done.refused, done.dropped)
    assert sum(parts) + done.remaining == done.total == 6
    assert done.percent == 100


def test_stopping_before_anything_was_sent_sends_nothing(desk: Desk) -> None:
    """Stop means stop."""
    desk.track()
    number = desk.begin()
    token = desk.world.token(OLIVIA)
    assert desk.world.ask("DELETE", f"/runs/{number}", token=token).ok
    desk.settle()
    assert not desk.rows
    done = desk.progress(number)
    assert (done.state, done.sent) == (RunState.STOPPED, 0)
    desk.send_all()
    assert len(desk.rows) == 1


def test_stopping_a_run_that_waits_for_a_connection_ends_it(desk: Desk) -> None:
    """A run that nothing has left does not wait for ever to be stopped."""
    desk.track()
    number = desk.begin()
    desk.company.disconnect()
    desk.once()
    assert desk.progress(number).state is RunState.PAUSED
    desk.world.ask("DELETE", f"/runs/{number}", token=desk.world.token(OLIVIA))
    desk.once()
    assert desk.progress(number).state is RunState.STOPPED


@on_every_store
def test_stopping_in_the_middle_keeps_what_is_there_and_drops_the_rest(
    desk: Desk,
) -> None:
    """What QuickBooks may have is brought to its end; nothing else follows."""
    from addon.sandbox.trouble import drop_after

    for _ in range(40):
        desk.track()
    desk.trouble.next(method="POST", path="batch", effect=drop_after())
    number = desk.begin()
    desk.world.work()
    desk.world.ask("DELETE", f"/runs/{number}", token=desk.world.token(OLIVIA))
    desk.settle()
    done = desk.progress(number)
    assert done.state is RunState.STOPPED
    assert (done.sent, done.dropped) == (30, 10)
    assert set(desk.receipts().values()) == {row["Id"] for row in desk.rows}
