"""
Measure how fast hours are sent, what that costs and whether it is fair; run by hand.

    python -m tests.benchmarks.throughput [entries] [factor] [part ...]

Parts: `pace` (1, 2 and 4 workers beside a sequential sender), `crowd` (1, 10 and 50
companies at one worker), `fair` (20 companies, one of which sends 10,000 entries).
QuickBooks keeps Intuit's limits and takes 300 ms for a call and 100 ms more for each
item of a batch, one after another. Time runs `factor` times as fast in `pace`; in the
other two so fast that two cores keep up. Linux only: CPU is read from /proc.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from addon.quickbooks.client import Client
from addon.records.connection import current
from tests.crowd import Crowd, Outcome

CEILING = 40 * 30
PARTS = ("pace", "crowd", "fair")
# In these parts the sandbox shares two cores with the workers.
SLOWLY = {"crowd": 0.5, "fair": 1.0}
SEED = 1


@contextmanager
def crowd(factor: float, firms: int = 1) -> Iterator[Crowd]:
    """Open a world with so many firms."""
    with tempfile.TemporaryDirectory() as folder:
        made = Crowd(Path(folder), factor)
        with made.open():
            made.found(firms)
            yield made


def pace(entries: int, factor: float) -> None:
    """Print entries a minute for some workers, and for a sequential sender."""
    with crowd(factor) as one:
        alone = sequential(one, min(entries // 10, 300))
    print(f"(a) the ceiling   : {CEILING:,} entries a minute")
    print(f"(b) one by one    : {alone:,.0f} entries a minute", flush=True)
    for workers in (1, 2, 4):
        with crowd(factor) as one:
            one.start(workers)
            one.rest()
            seen, cpu, _ = sent(one, entries)
        rate = seen.per_minute(entries)
        click = (seen.first - seen.pressed).total_seconds()
        print(
            f"{workers} worker(s)       : {rate:,.0f} a minute ="
            f" {rate / CEILING:.1%} of (a), {rate / alone:.1f} x (b);"
            f" {seen.calls} calls, {seen.throttled} x 429, {seen.failed} failed;"
            f" first batch {click:.1f} s after the click ({click / factor:.1f} s"
            f" of ours); {cpu * 1000 / entries:.2f} ms of CPU an entry",
            flush=True,
        )


def sent(one: Crowd, entries: int) -> tuple[Outcome, float, float]:
    """Let every firm send; give what came of it, CPU seconds of workers and of us."""
    one.world.sandbox.quickbooks.requests.clear()
    used, ours = one.used(), time.process_time()
    runs, ids = one.send_all(entries, random.Random(SEED))
    assert one.settle(3600), "not done within an hour"
    cpu, ours = one.used() - used, time.process_time() - ours
    wrong = one.wrong(ids)
    assert not wrong, wrong[:5]
    return one.outcome(runs), cpu, ours


def sequential(one: Crowd, entries: int) -> float:
    """
    Send one entry with each request, each after the answer to the last.

    It is spared the limit of 40 batches a minute, which it would break.
    """
    books, outside = one.world.sandbox.quickbooks, one.world.outside
    books.limits = None
    with one.world.inside():
        held = current()
        assert held is not None
        realm, token = held.company.realm, held.access_token
    client = Client(outside.http, outside.settings.api_url, realm, lambda _new: token)
    employee = next(iter(books.company.tables["Employee"]))
    draft = {
        "TxnDate": one.clock().date().isoformat(),
        "NameOf": "Employee",
        "EmployeeRef": {"value": employee},
        "Hours": 1,
        "Minutes": 0,
    }
    begun = one.clock()
    for number in range(entries):
        client.record_batch(f"one-{number}", {"1": draft})
    return entries * 60 / (one.clock() - begun).total_seconds()


def many(entries: int) -> None:
    """Print what an entry costs for 1, 10 and 50 companies at one worker."""
    factor = SLOWLY["crowd"]
    for firms in (1, 10, 50):
        with crowd(factor, firms) as one:
            one.start(1)
            one.rest()
            seen, cpu, ours = sent(one, entries)
            slowest = min(
                one.outcome([number]).per_minute(entries)
                for number in range(1, firms + 1)
            )
        total = entries * firms
        print(
            f"{firms:3} companies     : {cpu * 1000 / total:.2f} ms of CPU an entry,"
            f" {seen.calls / firms:.1f} calls a company; slowest company"
            f" {slowest:,.0f} entries a minute; {seen.throttled} x 429,"
            f" {seen.failed} failed; the pretend services took"
            f" {ours * 1000 / total:.2f} ms an entry (factor {factor})",
            flush=True,
        )


def fair(large: int, firms: int = 20, small: int = 300) -> None:
    """Print how long a small company's run takes alone, and beside a large one."""
    factor, dice = SLOWLY["fair"], random.Random(SEED)
    with crowd(factor, firms) as one:
        one.start(1)
        one.rest()
        sizes = [large, *[2 * small] * (firms - 2)]
        waiting = [
            one.track(size, dice, firm.workspace)
            for size, firm in zip(sizes, one.firms, strict=False)
        ]
        ids = [one.track(small, dice, one.firms[-1].workspace) for _ in range(2)]
        alone = _time(one, one.press_send(ids[0], one.firms[-1].workspace))
        for firm, tracked in zip(one.firms, waiting, strict=False):
            one.press_send(tracked, firm.workspace)
        beside = _time(one, one.press_send(ids[1], one.firms[-1].workspace))
    print(
        f"fairness          : {small} entries take {alone:.1f} s alone and"
        f" {beside:.1f} s beside {firms - 1} companies, one of which sends {large:,}:"
        f" {beside / alone:.2f} x (factor {factor})",
        flush=True,
    )


def _time(one: Crowd, run_id: int) -> float:
    """Wait for one run's end; give the seconds from the click."""
    end = time.monotonic() + 600
    while time.monotonic() < end:
        if one.is_over(run_id):
            seen = one.outcome([run_id])
            return (seen.ended - seen.pressed).total_seconds()
        time.sleep(0.25)
    raise AssertionError("a run has no end")


def main(entries: int, factor: float, parts: list[str]) -> None:
    """Print the figures of these parts."""
    print(f"{entries:,} entries, seed {SEED}, factor {factor:g}", flush=True)
    if "pace" in parts:
        pace(entries, factor)
    if "crowd" in parts:
        many(min(entries, 600))
    if "fair" in parts:
        fair(min(2 * entries, 10_000))


if __name__ == "__main__":
    given = sys.argv[1:]
    numbers = [float(each) for each in given if each not in PARTS]
    main(
        int(numbers[0]) if numbers else 5000,
        numbers[1] if len(numbers) > 1 else 5.0,
        [each for each in given if each in PARTS] or list(PARTS),
    )
