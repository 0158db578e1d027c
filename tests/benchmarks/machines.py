"""
Several machines that die and freeze while hours are sent; run by hand.

    python -m tests.benchmarks.machines [--queue redis|postgresql] [--schedules 1000]
        [--firms 10] [--webs 3] [--workers 3] [--factor 30] [--seed N]

A schedule is one firm that sends a dozen entries, Send being pressed at two web
processes at once, while one process dies or is frozen for longer than its lease.
PostgreSQL and Redis are its own, started for the while.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machines import ENTRIES, Machines
from tests.outages import OwnRedis, own_postgres
from tests.records.test_durable import free_port


@contextmanager
def environ_for(queue: str) -> Iterator[dict[str, str]]:
    """Say which database and queue the add-on is to use."""
    with own_postgres(free_port()) as cluster, OwnRedis(free_port()) as bell:
        rings = {"redis": bell, "postgresql": cluster}
        yield {"DATABASE_URL": cluster.address, "QUEUE_URL": rings[queue].address}


def main(asked: argparse.Namespace) -> int:
    """Strike and compare; 0 where nothing was lost and nothing doubled."""
    print(f"seed {asked.seed}, queue {asked.queue}, factor {asked.factor:g}")
    with tempfile.TemporaryDirectory() as folder, environ_for(asked.queue) as environ:
        machines = Machines(
            Path(folder),
            random.Random(asked.seed),
            factor=asked.factor,
            environ=environ,
        )
        with machines.running(asked.firms, asked.webs, asked.workers):
            return _rounds(machines, asked)


def _rounds(machines: Machines, asked: argparse.Namespace) -> int:
    began, done, settled = time.monotonic(), 0, True
    while settled and done < asked.schedules:
        settled = machines.round(asked.patience)
        done += asked.firms
        if not settled or done % (5 * asked.firms) == 0 or done >= asked.schedules:
            wrong = machines.wrong_here()
            _say(machines, done, time.monotonic() - began, wrong)
            if wrong:
                return 1
    print(f"everything settled: {settled}")
    return 0 if settled else 1


def _say(machines: Machines, done: int, took: float, wrong: list[str]) -> None:
    print(
        f"{done} schedules, {done * ENTRIES} entries: {machines.arrived} activities, "
        f"{machines.receipts()} receipts; {dict(machines.struck)}, "
        f"{machines.hits} with a call under way; {machines.lease_losses()} came back "
        f"late and were refused; answers {dict(machines.answers)}; "
        f"wrong: {len(wrong)} {wrong[:10]}; {took:.0f} s",
        flush=True,
    )


def asked_for(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip())
    parser.add_argument("--queue", choices=["redis", "postgresql"], default="redis")
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--firms", type=int, default=10)
    parser.add_argument("--webs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--factor", type=float, default=30.0)
    parser.add_argument("--patience", type=float, default=180.0, help="seconds")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(asked_for(sys.argv[1:])))
