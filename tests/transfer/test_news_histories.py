"""P7: whatever becomes of the news on its way, both lists end right."""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gossip import Letter, Street
from tests.world import Clock, World

HISTORIES = int(os.environ.get("HISTORIES", "100"))
# A new world now and then, because a company never forgets a record.
PER_WORLD = 50
LOST, TWICE, FORGED, LATE = 0.1, 0.3, 0.2, 0.15


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
        yield Street(world, random.Random(seed))


def on_its_way(street: Street, letters: list[Letter]) -> list[Letter]:
    """Lose, double, forge, delay and shuffle what was sent."""
    dice = street.dice
    arriving = [each for each in street.late if dice.random() < 0.5]
    street.late = [each for each in street.late if each not in arriving]
    for letter in letters:
        if dice.random() < LOST:
            continue
        if dice.random() < LATE:
            street.late.append(letter)
            continue
        times = dice.randint(2, 5) if dice.random() < TWICE else 1
        arriving += [letter] * times
        if dice.random() < FORGED:
            arriving.append(street.forged(letter))
    dice.shuffle(arriving)
    return arriving


def live_through(street: Street, *, asking: bool) -> list[str]:
    """Let one history happen, reconcile once, and look for differences."""
    for _ in range(street.dice.randint(1, 3)):
        for _ in range(street.dice.randint(1, 3)):
            street.happen()
        for letter in on_its_way(street, street.letters()):
            answer = street.bring(letter)
            assert answer < 500, letter
        if street.dice.random() < 0.3:
            street.world.work(most=street.dice.randint(1, 3))
    street.reconcile()
    return street.differences(asking=asking)


def test_p7_every_history_of_news_ends_right_after_one_reconciliation(capsys):
    """Lost, doubled, reordered, delayed and forged news: an hour later all is right."""
    began = time.perf_counter()
    done = 0
    while done < HISTORIES:
        with street(seed=done) as here:
            for number in range(min(PER_WORLD, HISTORIES - done)):
                wrong = live_through(here, asking=number % 25 == 0)
                assert not wrong, f"history {done + number}: {wrong[:3]}"
        done += min(PER_WORLD, HISTORIES - done)
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f"\nP7: {done} histories, none wrong ({took:.0f} s)")


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
