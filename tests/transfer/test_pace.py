"""Intuit's limits are kept, by all workers of all machines together."""

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from addon import create_app, records
from addon.config import Settings
from addon.records import db
from addon.records.pace import close_gate, take_turn
from addon.sandbox import Sandbox, trouble
from addon.sandbox.quickbooks.throttle import Limits
from addon.transfer import refresh
from addon.transfer.pace import BETWEEN_BATCHES, batch_turn
from tests.desk import Desk, a_desk
from tests.traffic import Traffic
from tests.weather import MONDAY

MINUTE = timedelta(minutes=1)
# A whole day by hand: P29_HOURS=24.
HOURS = float(os.environ.get("P29_HOURS", "0.05"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def turns(desk: Desk, machines: int, hours: float, seed: int) -> list[datetime]:
    """Let machines with clocks of their own ask for turns; list those given."""
    dice = random.Random(seed)
    skews = [timedelta(seconds=dice.uniform(-0.5, 0.5)) for _ in range(machines)]
    now, end, given = MONDAY, MONDAY + timedelta(hours=hours), []
    with desk.world.app.app_context():
        while now < end:
            wait = take_turn("batch:x", BETWEEN_BATCHES, 1, now + dice.choice(skews))
            db.session.commit()
            if wait <= timedelta(0):
                given.append(now)
            now += timedelta(seconds=dice.choice((0.0, 0.05, 0.2)))
    return given


def test_p29_four_machines_never_exceed_forty_batches_a_minute(desk: Desk) -> None:
    """In no minute do all machines together make more calls than Intuit takes."""
    given = turns(desk, machines=4, hours=0.25, seed=1)
    most = max(
        sum(1 for at in given if first <= at < first + MINUTE) for first in given
    )
    assert most <= 40
    assert len(given) > 0.9 * 900 / BETWEEN_BATCHES.total_seconds()


@pytest.mark.parametrize("seed", [29])
def test_p29_four_machines_keep_all_limits_for_hours(desk: Desk, seed: int) -> None:
    """Reads and batches together break none of Intuit's limits; a 429 stops all."""
    with desk.world.app.app_context():
        event.listen(db.engine, "connect", _hurry)
        db.engine.dispose()
        traffic = Traffic(desk.world.outside, random.Random(seed), HOURS)
        traffic.run()
    print(f"P29: seed {seed}, {HOURS} h, {dict(traffic.calls)}, {traffic.wrong[:3]}")
    assert not traffic.wrong
    assert min(traffic.calls["batches"], traffic.calls["reads"]) > 1000 * HOURS


def test_p29_a_429_on_a_read_stops_the_batches_too(desk: Desk) -> None:
    """QuickBooks asks a reader to slow down: no run calls for a minute either."""
    desk.track()
    number = desk.begin()
    desk.trouble.next(method="GET", path="query", effect=trouble.throttled_xml())
    with desk.world.inside() as here:
        refresh.ask(desk.world.outside, here)
        refresh.refresh(desk.world.outside, here.id)
    asked = desk.time.now
    desk.settle()
    assert desk.progress(number).sent == 1
    calls = [one for one in desk.world.sandbox.quickbooks.requests if one.at > asked]
    assert calls[0].at - asked >= MINUTE


def _hurry(connection: Any, _record: Any) -> None:
    # Power cuts are not what is tested here.
    connection.execute("PRAGMA synchronous=OFF").close()


def test_p29_a_closed_gate_lets_nobody_through_before_its_time(desk: Desk) -> None:
    """After an outside 429 nobody calls for a minute."""
    with desk.world.app.app_context():
        close_gate("batch:x", MONDAY + MINUTE)
        close_gate("batch:x", MONDAY + timedelta(seconds=5))
        db.session.commit()
        assert take_turn("batch:x", BETWEEN_BATCHES, 1, MONDAY) == MINUTE
        assert not take_turn("batch:x", BETWEEN_BATCHES, 1, MONDAY + MINUTE)
        db.session.commit()


def test_p29_a_long_run_causes_no_429(desk: Desk) -> None:
    """Sixty full batches under Intuit's own limits: none is refused for haste."""
    quickbooks = desk.world.sandbox.quickbooks
    quickbooks.limits = Limits()
    for number in range(60 * 30):
        desk.track(minutes=1 + number % 200)
    done = desk.send_all()
    assert done.sent == 1800
    calls = [one for one in quickbooks.requests if one.path.endswith("/batch")]
    assert len(calls) == 60
    assert {one.status for one in calls} == {200}
    assert all(b.at - a.at >= timedelta(seconds=1.5) for a, b in pairwise(calls))


def test_p29_machines_whose_clocks_differ_agree_on_the_time(
    database: str, tmp_path: Path
) -> None:
    """Gates go by the database's clock: one that is fast gets no turn too early."""
    sandbox = Sandbox()
    sandbox.start()
    environ = {
        **sandbox.environ("http://localhost:1"),
        "DATABASE_URL": database,
        "QUEUE_URL": f"sqlite:///{tmp_path / 'queue.sqlite'}",
    }
    app = create_app(Settings.from_environ(environ))
    records.migrate(app)
    try:
        with app.app_context():
            usual = app.extensions["outside"]
            fast = replace(usual, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
            assert abs(fast.common_now() - datetime.now(UTC)) < timedelta(seconds=30)
            assert batch_turn(usual, "x") == 0
            assert 0 < batch_turn(fast, "x") < 1.55
            db.session.remove()
            db.engine.dispose()
    finally:
        sandbox.stop()
