"""A sending that is interrupted: by people, by machines, by another company."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from addon.records import db
from addon.records.lease import Lease
from addon.records.run import PieceState, RunState
from addon.sandbox import trouble
from addon.transfer.outside import Outside
from addon.transfer.pool import Pool
from tests.desk import EMILY, JOHN, OLIVIA, Desk
from tests.stores import on_every_store

BATCH = "/batch$"


def disconnect(desk: Desk) -> None:
    """Press Disconnect in the settings."""
    token = desk.world.token(OLIVIA)
    desk.world.ask("DELETE", "/connection", token=token).raise_for_status()
    desk.world.work()


class Interrupted(Pool):
    """Lets something happen while the first call is under way."""

    def __init__(self, most: int, deed: Any) -> None:
        super().__init__(most)
        self._deeds = [deed]

    def wait(self, calls: Any, seconds: float) -> Any:
        """Do the deed once, then wait as usual."""
        while self._deeds:
            self._deeds.pop()()
        return super().wait(calls, seconds)


def interrupted(desk: Desk, deed: Any) -> Outside:
    """A process in whose first call something happens."""
    return replace(desk.world.outside, pool=lambda most: Interrupted(most, deed))


@pytest.mark.parametrize("moment", ["before choosing", "during a call", "after one"])
def test_disconnecting_pauses_a_run_and_connecting_lets_it_go_on_by_itself(
    desk: Desk, moment: str
) -> None:
    """Disconnect at any moment: nothing is lost, and connecting is all it takes."""
    entries = [desk.track(minutes=10 + number) for number in range(40)]
    number = desk.begin()
    if moment == "before choosing":
        disconnect(desk)
    elif moment == "during a call":
        desk.send(interrupted(desk, lambda: disconnect(desk)))
    else:
        refuse = trouble.throttled_xml(300)
        desk.trouble.next(method="POST", path=BATCH, nth=2, effect=refuse)
        desk.send()
        disconnect(desk)
    desk.once()
    desk.time.forward(400)
    desk.once()
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert "Not connected to" in seen.text
    assert "goes on by itself" in seen.text
    before = len(desk.rows)
    desk.time.forward(600)
    desk.once()
    assert len(desk.rows) == before
    desk.world.connect()
    desk.world.work()
    assert desk.progress(number).state is not RunState.PAUSED
    desk.settle()
    assert desk.progress(number).sent == 40
    desk.exactly_once(*entries)


def test_disconnecting_at_quickbooks_pauses_and_says_who_must_act(desk: Desk) -> None:
    """Somebody removes the app in QuickBooks: an admin has to reconnect."""
    entries = [desk.track(), desk.track(JOHN)]
    number = desk.begin()
    desk.company.disconnect()
    desk.once()
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert "must be renewed" in seen.text
    desk.world.connect()
    desk.settle()
    desk.exactly_once(*entries)


@on_every_store
def test_a_restart_in_the_middle_goes_on_through_the_sweep(desk: Desk) -> None:
    """The process ends and a new one begins: the sweep finds what is owed."""
    entries = [desk.track(minutes=10 + number) for number in range(70)]
    desk.begin()

    def end() -> None:
        desk.world.outside.halt.set()

    desk.send(interrupted(desk, end))
    assert 0 < len(desk.receipts()) < 70
    desk.world.restart()
    desk.settle()
    desk.exactly_once(*entries)


def test_a_run_begun_whose_ring_got_lost_is_found_by_the_sweep(desk: Desk) -> None:
    """A lost ring costs a minute, not hours."""
    entry = desk.track()
    desk.begin()
    desk.world.app.extensions["queue"].huey.flush()
    desk.settle()
    desk.exactly_once(entry)


@on_every_store
def test_a_worker_that_lost_its_lease_writes_nothing(desk: Desk) -> None:
    """A worker slept for too long; another has taken over and done it all."""
    entries = [desk.track(minutes=10 + number) for number in range(3)]
    desk.begin()

    def sleep_while_another_works() -> None:
        desk.time.forward(700)
        desk.settle()

    desk.send(interrupted(desk, sleep_while_another_works))
    desk.settle()
    assert desk.states() == [PieceState.RECORDED] * 3
    desk.exactly_once(*entries)


def test_only_one_worker_is_at_a_company_at_a_time(desk: Desk) -> None:
    """Whoever comes second leaves at once."""
    desk.track()
    desk.begin()
    seen: list[float] = []

    def another_comes() -> None:
        begun = desk.time.now
        desk.send()
        seen.append((desk.time.now - begun).total_seconds())

    desk.send(interrupted(desk, another_comes))
    assert seen == [0]
    calls = desk.world.sandbox.quickbooks.requests
    assert len([one for one in calls if one.path.endswith("/batch")]) == 1


def test_no_transaction_stays_open_while_a_call_is_under_way(desk: Desk) -> None:
    """QuickBooks may take two minutes; meanwhile everybody else can write."""
    desk.track()
    desk.begin()
    seen: list[bool] = []

    def write() -> None:
        with desk.world.app.app_context():
            db.session.execute(db.text("PRAGMA busy_timeout=200"))
            now = desk.time.now
            db.session.add(Lease(name="mine", owner="me", until=now))
            db.session.commit()
            seen.append(True)

    desk.send(interrupted(desk, write))
    assert seen == [True]


@on_every_store
def test_a_worker_that_died_is_followed_within_five_minutes(desk: Desk) -> None:
    """After kill -9 in the middle of a call the next worker finishes soon."""
    entries = [desk.track(), desk.track(JOHN)]
    desk.begin()
    died = desk.time.now

    class Died(BaseException):
        """As kill -9."""

    def die() -> None:
        raise Died

    with pytest.raises(Died):
        desk.send(interrupted(desk, die))
    name = f"send:{digest(desk)}"
    with desk.world.inside():
        # The dead do not tidy up: their lease is still there.
        until = died + timedelta(seconds=150)
        db.session.add(Lease(name=name, owner="the dead", until=until))
        db.session.commit()
    desk.settle()
    desk.exactly_once(*entries)
    assert desk.time.now - died < timedelta(minutes=5)


def digest(desk: Desk) -> str:
    """Our name for the company's number."""
    from addon.records.connection import Company

    company_id = desk.company_id
    with desk.world.inside():
        found = db.session.get(Company, company_id)
        assert found is not None
        return found.realm_digest


def test_clockify_being_away_while_choosing_is_waited_for(desk: Desk) -> None:
    """Choosing is begun again until every entry has been read."""
    entries = [desk.track(), desk.track(EMILY, minutes=30)]
    number = desk.begin()
    away = trouble.html_502()
    desk.world.sandbox.clockify.trouble.next(path="reports", effect=away, times=30)
    desk.world.work()
    assert not desk.rows
    desk.settle()
    assert desk.progress(number).sent == 2
    desk.exactly_once(*entries)


@pytest.mark.parametrize("status", [401, 403])
def test_clockify_refusing_while_choosing_pauses_and_then_chooses_all(
    desk: Desk, status: int
) -> None:
    """Whatever paused the choosing, nothing chosen is forgotten afterwards."""
    entries = [desk.track(), desk.track(JOHN)]
    number = desk.begin()
    refusal = trouble.answer(status, {"message": "no", "code": 4003})
    clockify = desk.world.sandbox.clockify
    clockify.trouble.next(effect=refusal, times=3)
    desk.world.work()
    assert not desk.rows
    desk.settle()
    assert desk.progress(number).sent == 2
    desk.exactly_once(*entries)


def test_the_seam_for_calls_runs_four_at_a_time() -> None:
    """Real runs keep up to four calls under way."""
    import threading

    barrier = threading.Barrier(4, timeout=10)
    with Pool(4) as pool:
        calls = {pool.submit(barrier.wait) for _ in range(4)}
        done = set()
        while calls - done:
            done |= pool.wait(calls - done, 10)
    assert len(done) == 4
