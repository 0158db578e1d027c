"""P7: whatever becomes of the news on its way, both lists end right."""

import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.gossip import Letter, Street
from tests.indoors import cut_the_wires
from tests.world import Clock, World

HISTORIES = int(os.environ.get("HISTORIES", "60"))
FIRST = int(os.environ.get("FIRST", "0"))
# A new world now and then, because a company never forgets a record.
PER_WORLD = 50
LOST, TWICE, FORGED, LATE = 0.1, 0.3, 0.2, 0.15
# What is late comes within a day, at whatever moment that is.
DAY = 24 * 3600


@contextmanager
def street(seed: int) -> Iterator[Street]:
    """A workspace and a company that are connected, on a disk that need not last."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    clock = Clock()
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        World(Path(folder), entries=0, clock=clock, sleep=clock.forward) as world,
    ):
        world.sandbox.clockify.rate_limit = None
        world.install()
        world.connect()
        cut_the_wires(world)
        yield Street(world, random.Random(seed))


def on_its_way(
    street: Street, letters: list[Letter], met: Counter[str]
) -> list[Letter]:
    """Lose, double, forge, delay and shuffle what was sent."""
    dice, now = street.dice, street.now()
    arriving = [each for each in street.late if each.at <= now]
    street.late = [each for each in street.late if each.at > now]
    met["came late"] += len(arriving)
    for letter in letters:
        if dice.random() < LOST:
            met["lost"] += 1
            continue
        if dice.random() < LATE:
            due = replace(letter, at=now + dice.random() * DAY)
            street.late.append(due)
            met["delayed"] += 1
            continue
        times = dice.randint(2, 5) if dice.random() < TWICE else 1
        met["repeated"] += times - 1
        arriving += [letter] * times
        if dice.random() < FORGED:
            arriving.append(street.forged(letter))
            met["forged"] += 1
    before = list(arriving)
    dice.shuffle(arriving)
    met["out of order"] += sum(
        a is not b for a, b in zip(before, arriving, strict=True)
    )
    return arriving


def live_through(street: Street, met: Counter[str], *, asking: bool) -> list[str]:
    """Let one history happen, reconcile once, and look for differences."""
    for _ in range(street.dice.randint(1, 3)):
        for _ in range(street.dice.randint(1, 3)):
            street.happen()
            met["things happened"] += 1
        for letter in on_its_way(street, street.letters(), met):
            answer = street.bring(letter)
            assert answer < 500, letter
            met["arrived"] += 1
        if street.dice.random() < 0.3:
            street.answer_rings(most=street.dice.randint(1, 3))
    street.reconcile()
    return street.differences(asking=asking)


def test_p7_every_history_of_news_ends_right_after_one_reconciliation(capsys):
    """Lost, doubled, reordered, delayed and forged news: an hour later all is right."""
    began, met = time.process_time(), Counter[str]()
    done, last = FIRST, FIRST + HISTORIES
    while done < last:
        with street(seed=done) as here:
            for number in range(min(PER_WORLD, last - done)):
                wrong = live_through(here, met, asking=number % 25 == 0)
                assert not wrong, f"history {done + number}: {wrong[:3]}"
        done += min(PER_WORLD, last - done)
    took = time.process_time() - began
    with capsys.disabled():
        print(
            f"\nP7: histories {FIRST} to {last - 1}, none wrong ({took:.0f} s of CPU)"
        )
        print(", ".join(f"{what} {number}" for what, number in sorted(met.items())))
    assert HISTORIES < PER_WORLD or min(met.values()) > 0


def test_p7_the_comparison_notices_what_nobody_has_read(tmp_path):
    """Without the reconciliation the same comparison finds what was lost."""
    with street(seed=1) as here:
        assert not here.differences()
        here.workspace.add_project("Orchard")
        here.company.add_vendor("Vera Vendor")
        here.letters()
        for asking in (True, False):
            found = here.differences(asking=asking)
            assert [each.split(",")[0] for each in found] == [
                "('project'",
                "('vendor'",
            ]
        here.reconcile()
        assert not here.differences()
