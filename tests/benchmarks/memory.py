"""
Measure how much memory a worker needs for runs of two sizes; run by hand.

    python -m tests.benchmarks.memory [entries] [times]

A worker process of its own sends a run of so many entries, another one a run of
`times` as many; the figure is the most memory it ever held (Linux: VmHWM). QuickBooks
answers at once and keeps no limits, and the clock runs so fast that nobody waits. The
dialog's limit of 20,000 entries is passed by: the run is written down directly.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crowd import Crowd

# By this clock a turn for a batch comes every few milliseconds.
FACTOR = 300.0
SEED = 1


def peak(entries: int) -> tuple[float, float, float]:
    """Send so many entries; give the worker's MB before and at most, and its CPU."""
    with tempfile.TemporaryDirectory() as folder:
        one = Crowd(Path(folder), FACTOR)
        with one.open(limits=False):
            books = one.world.sandbox.quickbooks
            books.latency = books.item_latency = 0.0
            number = one.start_one()
            one.rest()
            idle = _peak(number)
            ids = one.track(entries, random.Random(SEED))
            one.world.workspace.steady = True
            one.press_send(ids)
            while not one.settle(5):
                _forget(one)
            wrong = one.wrong(ids)
            assert not wrong, wrong[:5]
            return idle, _peak(number), one.used()


def _forget(one: Crowd) -> None:
    """Let the pretend services forget the calls they saw: their memory is not meant."""
    for service in (one.world.sandbox.quickbooks, one.world.sandbox.clockify):
        del service.requests[:-10]


def _peak(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


def main(entries: int, times: int) -> None:
    """Print the peaks and their ratio."""
    peaks = []
    for size in (entries, entries * times):
        begun = time.monotonic()
        idle, most, cpu = peak(size)
        peaks.append(most)
        print(
            f"{size:9,} entries: peak {most:.1f} MB ({idle:.1f} MB before the run),"
            f" {cpu * 1000 / size:.2f} ms of CPU an entry,"
            f" {time.monotonic() - begun:.0f} s",
            flush=True,
        )
    print(f"ratio: {peaks[1] / peaks[0]:.2f} (seed {SEED}, factor {FACTOR:g})")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given or [10_000, 10]))
