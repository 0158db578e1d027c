"""Several web processes and workers on one PostgreSQL behave as one."""

import os
import random
from pathlib import Path

import pytest

from tests.benchmarks.machines import environ_for
from tests.machines import ENTRIES, Machines

# How many schedules; all of P33's thousand are `python -m tests.benchmarks.machines`.
SCHEDULES = int(os.environ.get("MACHINE_SCHEDULES", "2"))
FIRMS, SEED = 4, 20261125


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.parametrize("queue", ["redis", "postgresql"])
def test_p33_machines_that_die_or_freeze_lose_nothing_and_double_nothing(
    tmp_path: Path, queue: str
) -> None:
    """Send is pressed at two machines while others fail: each hour goes once."""
    dice = random.Random(SEED)
    with (
        environ_for(queue) as environ,
        Machines(tmp_path, dice, factor=20, environ=environ).running(
            FIRMS, webs=3, workers=3
        ) as machines,
    ):
        rounds = max(1, SCHEDULES // FIRMS // 2)
        for _ in range(rounds):
            assert machines.round(120), machines.said.read_text()[-2000:]
        print(f"seed {SEED}: {dict(machines.struck)}")
        assert machines.wrong_here() == []
        assert machines.arrived == rounds * FIRMS * ENTRIES
