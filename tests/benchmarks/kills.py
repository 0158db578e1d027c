"""
Kill workers at random moments while hours are sent, and count; run by hand.

    python -m tests.benchmarks.kills [--database sqlite|postgresql] [--entries 20000]
        [--kills 200] [--workers 3] [--firms 8] [--factor 20] [--seed N]

Real processes, real sockets, kill -9. PostgreSQL and Redis are those of
TEST_POSTGRES_URL and TEST_REDIS_URL. A twenty-fifth of all answers is lost after
QuickBooks has written; half of the companies forget request ids.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import a_database, a_redis
from tests.drill import Drill

# The share of batches whose answer is lost.
LOST = 0.04


@contextmanager
def environ_for(database: str) -> Iterator[dict[str, str]]:
    """Say which database and queue the add-on is to use."""
    if database == "sqlite":
        yield {}
        return
    with a_database() as address, a_redis() as queue:
        yield {"DATABASE_URL": address, "QUEUE_URL": queue}


def main(asked: argparse.Namespace) -> int:
    """Send, kill and compare; 0 where nothing was lost and nothing doubled."""
    print(f"seed {asked.seed}, {asked.database}, factor {asked.factor:g}", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        environ_for(asked.database) as environ,
    ):
        dice = random.Random(asked.seed)
        drill = Drill(Path(folder), dice, factor=asked.factor, environ=environ)
        with drill.ready(asked.firms):
            return _drill(drill, asked)


def _drill(drill: Drill, asked: argparse.Namespace) -> int:
    share = -(-asked.entries // asked.firms)
    for firm in drill.firms:
        drill.send_for(firm, share)
    entries = share * asked.firms
    drill.lose_answers(LOST, entries // 25)
    began = time.monotonic()
    drill.start(asked.workers)
    settled = drill.kill_along(asked.kills, entries, asked.patience)
    took = time.monotonic() - began
    wrong = drill.wrong_here()
    lost = drill.world.sandbox.quickbooks.trouble.struck
    print(
        f"{drill.kills} kills, {drill.hits} of them with a call under way; "
        f"{entries} entries in {drill.runs} runs of {asked.firms} firms: "
        f"{drill.arrived} activities, {drill.receipts()} receipts, "
        f"{len(lost)} answers lost; {took:.0f} s"
    )
    print(f"wrong: {len(wrong)} {wrong[:10]}; everything settled: {settled}")
    return 0 if settled and not wrong else 1


def asked_for(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip())
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.set_defaults(database="sqlite")
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--firms", type=int, default=8)
    parser.add_argument("--factor", type=float, default=20.0)
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(asked_for(sys.argv[1:])))
