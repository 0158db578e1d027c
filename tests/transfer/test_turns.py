"""Who sends when: runs of one company, and companies that wait for each other."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from addon.jobs import Lane
from addon.records import db, everywhere
from addon.records.connection import current
from addon.records.lease import Lease
from addon.records.run import Piece, PieceState, Run
from addon.sandbox.trouble import Answer, Effect
from addon.transfer.pool import Pool
from addon.transfer.send import MOST_FLIGHTS, TURN, send
from tests.begun import a_run
from tests.desk import JOHN, PAM, Desk, a_desk
from tests.fleet import Fleet


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


class OneByOne(Pool):
    """Carries each call out before the next one, however slow this machine is."""

    def submit(self, call: Callable[[], object]) -> Future[Any]:
        """Do it now."""
        done = super().submit(call)
        super().wait([done], 60)
        return done


def batches(desk: Desk) -> list[int]:
    """Say how many activities went with each call."""
    calls = desk.world.sandbox.quickbooks.requests
    return [one.body.count(b'"bId"') for one in calls if one.path.endswith("/batch")]


def test_a_short_run_does_not_wait_for_a_long_one(desk: Desk) -> None:
    """Two admins send: the few hours of one are through long before the other's."""
    many = [desk.track(minutes=10 + number) for number in range(150)]
    few = [desk.track(JOHN), desk.track(PAM)]
    long = desk.press(expected=150, entry=[each.id for each in many])
    short = desk.press(expected=2, entry=[each.id for each in few])
    assert long is not None
    assert short is not None
    desk.settle()
    desk.exactly_once(*many, *few)
    assert batches(desk) == [30, 2, 30, 30, 30, 30]
    ends = [desk.progress(number).finished_at for number in (short, long)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] < ends[1]


def test_slow_answers_make_batches_smaller_and_quick_ones_larger(desk: Desk) -> None:
    """A QuickBooks that takes a minute gets less at once, until it is quick again."""
    entries = [desk.track(minutes=10 + number) for number in range(300)]

    def dawdle(given: Answer) -> Answer:
        desk.time.forward(50)
        return given

    slow = Effect("slow", change=dawdle)
    # As many as may be under way at once: a quick one that lands together with slow
    # ones lets the next ones grow again.
    desk.trouble.next(method="POST", path="/batch$", effect=slow, times=MOST_FLIGHTS)
    desk.begin()
    desk.send(replace(desk.world.outside, pool=OneByOne))
    desk.exactly_once(*entries)
    # The last one carries what is left over.
    *sizes, _ = batches(desk)
    smallest = min(sizes)
    assert smallest <= 15
    assert max(sizes[sizes.index(smallest) :]) > smallest


@pytest.mark.parametrize("books", ["the same", "other"])
def test_who_has_waited_gets_a_turn(desk: Desk, books: str) -> None:
    """Another workspace waits for half a minute, not until thousands are sent."""
    quickbooks, clockify = (
        desk.world.sandbox.quickbooks,
        desk.world.sandbox.clockify,
    )
    other = clockify.add_workspace("craig", entries=0)
    realm = desk.company.realm
    if books == "other":
        realm = quickbooks.add_company("craig").realm
    desk.world.install(other)
    desk.world.connect(realm=realm, workspace=other)
    for grant in quickbooks.grants.grants:
        grant.revoked = False
    mine = [desk.track(minutes=10 + number) for number in range(40)]
    long = desk.begin()
    their_company = _begin(desk, other)
    begun = desk.time.now
    rings: list[int] = []

    def ring(_task: str, number: int, delay: float = 0) -> None:
        del delay
        rings.append(number)

    desk.send(replace(desk.world.outside, parcel=1, ring=ring))
    assert TURN <= desk.time.now - begun < 2 * TURN
    assert 0 < desk.progress(long).sent < len(mine)
    assert rings == [their_company, desk.company_id]
    with desk.world.app.app_context():
        send(desk.world.outside, their_company)
        with everywhere():
            runs = db.session.scalars(db.select(Run.state).order_by(Run.id)).all()
        db.session.rollback()
    assert runs == ["sending", "done"]
    desk.settle()
    assert desk.progress(long).sent == len(mine)


def _begin(desk: Desk, workspace: Any) -> int:
    """Begin a run over one entry of another workspace; give its company's number."""
    entry = workspace.add_entry(
        "Pam Seitz", "Cool Cars", start=desk.time.now - timedelta(days=2)
    )
    with desk.world.inside(workspace) as here:
        held = current()
        assert held is not None
        a_run(here.id, held.company_id, [entry.id], desk.time.now)
        return held.company_id


def test_a_full_lane_says_so_and_keeps_no_other_lane_waiting() -> None:
    """Work of one kind that takes long never holds up work of another kind."""
    import threading

    slow, quick = Lane("slow", 2), Lane("quick", 1)
    go_on, done = threading.Event(), threading.Event()
    assert slow.begin(lambda: go_on.wait(10) and None)
    assert slow.begin(lambda: go_on.wait(10) and None)
    assert not slow.begin(done.set)
    assert quick.begin(done.set)
    assert done.wait(10)
    go_on.set()
    slow.close()
    assert not slow.begin(done.set)
    quick.close()


def test_a_deploy_hands_over_at_once(tmp_path: Path) -> None:
    """A worker that is asked to leave ends its calls, and the next one goes on."""
    fleet = Fleet(tmp_path, 4)
    books = fleet.world.sandbox.quickbooks
    with fleet.open():
        ids = fleet.track(130, Random(1))
        fleet.press_send(ids)
        number = fleet.start_one()
        while not any(one.path.endswith("/batch") for one in books.requests):
            fleet.clock.sleep(0.2)
        leaving = fleet.workers.pop(number)
        leaving.send_signal(signal.SIGTERM)
        assert leaving.wait(30) == 0
        left = fleet.clock()
        assert fleet.open_runs() == 1
        with fleet.world.inside():
            announced = db.select(Piece.id).where(Piece.state == PieceState.ANNOUNCED)
            assert not db.session.scalars(announced).all()
            sending = db.select(Lease.name).where(Lease.name.startswith("send:"))
            assert not db.session.scalars(sending).all()
        fleet.start(1)
        assert fleet.settle(60)
        assert not fleet.wrong(ids)
        # A lease that was not given back would have cost two and a half minutes.
        assert fleet.clock() - left < timedelta(seconds=140)
