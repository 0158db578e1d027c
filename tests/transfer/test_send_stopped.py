"""Whoever presses Stop, or goes away, has nothing more sent."""

from datetime import timedelta

from addon.records import db
from addon.records.run import RunState
from addon.sandbox import trouble
from tests.desk import JOHN, OLIVIA, Desk, lose_the_permission, words
from tests.journeys.test_sending_interrupted import interrupted
from tests.stores import on_every_store

BATCH = "/batch$"


def forty(desk: Desk) -> None:
    """Track more than goes with one call."""
    for _ in range(40):
        desk.track()


def press_stop(desk: Desk, number: int) -> None:
    """Press Stop in the report."""
    token = desk.world.token(OLIVIA)
    desk.world.ask("DELETE", f"/runs/{number}", token=token).raise_for_status()


@on_every_store
def test_what_never_left_is_left_alone_at_once_also_without_a_connection(
    desk: Desk,
) -> None:
    """Only what may have arrived is still open, and the words say nothing else."""
    forty(desk)
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    number = desk.begin()
    desk.once()
    lose_the_permission(desk)
    press_stop(desk, number)
    desk.once()
    seen = desk.progress(number)
    assert seen.state is RunState.STOPPING
    assert (seen.dropped, seen.remaining) == (10, 30)
    assert seen.text.startswith("Nothing more is sent. 30 may have arrived")
    assert "goes on" not in seen.text


def test_whoever_waits_for_an_unclear_answer_reads_until_when(desk: Desk) -> None:
    """The run says when it looks what arrived, and says it no more afterwards."""
    desk.track()
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    number = desk.begin()
    desk.world.work()
    looks_at = desk.progress(number).looks_at
    assert looks_at is not None
    assert timedelta(0) < looks_at - desk.time.now < timedelta(minutes=3)
    token = desk.world.token(OLIVIA)
    said = words(desk.world.ask("GET", f"/runs/{number}", token=token))
    assert f"is looked up at {looks_at:%-d %b %Y, %H:%M} UTC." in said
    desk.settle()
    assert desk.progress(number).looks_at is None


@on_every_store
def test_what_a_look_up_shows_to_be_missing_is_not_sent_after_stop(desk: Desk) -> None:
    """The call did not arrive: after Stop it is not made again."""
    forty(desk)
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_before())
    number = desk.begin()
    desk.once()
    press_stop(desk, number)
    desk.settle()
    seen = desk.progress(number)
    assert seen.state is RunState.STOPPED
    assert (seen.sent, seen.dropped) == (0, 40)
    assert seen.text == "0 out of 40 entries had been sent. 40 left alone."
    assert desk.rows == []


def test_what_had_arrived_is_recorded_after_stop(desk: Desk) -> None:
    """An answer that was lost is looked up all the same, and counts as sent."""
    forty(desk)
    desk.trouble.next(method="POST", path=BATCH, effect=trouble.drop_after())
    number = desk.begin()
    desk.once()
    press_stop(desk, number)
    desk.settle()
    seen = desk.progress(number)
    assert (seen.sent, seen.dropped) == (30, 10)
    assert len(desk.rows) == 30
    assert desk.send_all().sent == 10


def test_uninstalling_in_the_middle_of_a_call_leaves_the_company_free(
    desk: Desk,
) -> None:
    """Another workspace of the same company can send at once."""
    desk.track(JOHN)
    desk.begin()
    desk.send(interrupted(desk, desk.world.workspace.uninstall))
    assert len(desk.rows) == 1
    with desk.world.app.app_context():
        left = db.session.execute(
            db.text("SELECT name FROM lease WHERE name LIKE 'send:%'")
        ).all()
        db.session.commit()
    assert left == []
