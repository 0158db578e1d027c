"""Real workers are killed while hours are sent, and every hour arrives once."""

import random
from pathlib import Path

import pytest

from addon.records import db, everywhere
from addon.records.receipt import Receipt
from tests.drill import Drill

# The whole of P2 is `python -m tests.benchmarks.kills`.
FIRMS, ENTRIES, KILLS, WORKERS, SEED = 4, 320, 4, 3, 20261125


@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.redis]),
    ],
)
def test_p2_kill_9_at_random_moments_loses_nothing_and_doubles_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    """Three workers die and are replaced again and again: each hour is there once."""
    environ = {}
    if database == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("fresh_postgres_url")
        environ["QUEUE_URL"] = request.getfixturevalue("redis_url")
    drill = Drill(tmp_path, random.Random(SEED), factor=15, environ=environ)
    with drill.ready(FIRMS):
        for firm in drill.firms:
            drill.send_for(firm, ENTRIES // FIRMS)
        drill.lose_answers(0.1, ENTRIES // 25)
        drill.start(WORKERS)
        settled = drill.kill_along(KILLS, ENTRIES, 120)
        print(f"seed {SEED}: {drill.kills} kills, {drill.hits} of them in a call")
        assert drill.wrong_here() == []
        assert settled, drill.said.read_text()[-2000:]
        assert drill.kills == KILLS
        assert_it_would_have_been_noticed(drill)


def assert_it_would_have_been_noticed(drill: Drill) -> None:
    """Check the check: a lost receipt and a doubled activity are both named."""
    first, second = drill.firms[:2]
    entry = next(iter(first.entries.values()))
    with drill.world.app.app_context(), everywhere():
        db.session.execute(db.delete(Receipt).where(Receipt.entry_id == entry.id))
        db.session.commit()
    second.company.insert("TimeActivity", second.company.rows("TimeActivity")[0])
    said = drill.wrong_here()
    assert [each for each in said if each == f"lost: {entry.id}"]
    assert [each for each in said if each.startswith("there 2 times")]
