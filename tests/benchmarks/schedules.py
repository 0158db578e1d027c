"""
Live thousands of random schedules on all cores, and print what came of them.

    python -m tests.benchmarks.schedules [schedules] [seed] [processes]

One schedule again: SEED=seed FIRST=number SCHEDULES=1 pytest -k no_hour_is_lost.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import structlog

from tests.life import a_life
from tests.schedules import Firm

# Memory is the fastest place for a database that nobody keeps.
PLACE = "/dev/shm" if Path("/dev/shm").is_dir() else None
SLICE = 50


def live(seed: str, first: int, last: int) -> tuple[int, int, int, list[str]]:
    """Live some schedules; give how many, faults, persons asked, and what is wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wrong: list[str] = []
    struck = unclear = 0
    with (
        tempfile.TemporaryDirectory(dir=PLACE) as folder,
        Firm(Path(folder)).open() as firm,
    ):
        for number in range(first, last):
            life = a_life(f"{seed}/{number}")
            found = firm.live(life)
            wrong += [f"SEED={seed}, schedule {number}: {each}" for each in found]
            struck += len(life.struck) + len(firm.hands.before)
            unclear += life.unclear
    return last - first, struck, unclear, wrong


def main(schedules: int, seed: str, processes: int) -> int:
    """Print the figures as they come; give how many things are wrong."""
    begun, done, struck, unclear = time.monotonic(), 0, 0, 0
    wrong: list[str] = []
    with ProcessPoolExecutor(processes, max_tasks_per_child=1) as pool:
        starts = range(0, schedules, SLICE)
        calls = [
            pool.submit(live, seed, first, min(first + SLICE, schedules))
            for first in starts
        ]
        for number, call in enumerate(calls, start=1):
            some, faults, asked, found = call.result()
            done, struck, unclear = done + some, struck + faults, unclear + asked
            wrong += found
            print(*found, sep="\n", end="\n" if found else "")
            if number % 10 == 0 or number == len(calls):
                minutes = (time.monotonic() - begun) / 60
                print(
                    f"seed {seed}: {done} schedules, {struck} faults and edits,"
                    f" {unclear} entries for a person to look at, {len(wrong)} wrong,"
                    f" {minutes:.1f} minutes",
                    flush=True,
                )
    return len(wrong)


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    sys.exit(
        min(
            1,
            main(
                int(given.get(0, "10000")),
                given.get(1, "0"),
                int(given.get(2, str(os.cpu_count() or 1))),
            ),
        )
    )
