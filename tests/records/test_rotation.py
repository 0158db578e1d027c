"""Keys are changed while the add-on works, and being cut off does no harm."""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from addon import records
from addon.cli import main
from addon.records import db
from addon.records.farewell import Farewell
from addon.records.sealed import Sealed
from tests.processes import Child
from tests.records import busy
from tests.world import World

# The whole: ROTATION_ROWS=10000 ROTATION_KILLS=100 ROTATION_BUSY=2
ROWS = int(os.environ.get("ROTATION_ROWS", "1500"))
KILLS = int(os.environ.get("ROTATION_KILLS", "2"))
BUSY = int(os.environ.get("ROTATION_BUSY", "1"))
SEED = int(os.environ.get("ROTATION_SEED", "7"))


def environ(world: World, keys: Sequence[str]) -> dict[str, str]:
    settings = world.outside.settings
    return {
        **world.sandbox.environ(world.url),
        "DATABASE_URL": settings.database_url,
        "QUEUE_URL": settings.queue_url,
        "ADDON_SECRET_KEYS": ",".join(keys),
    }


class Crowd:
    """Processes that work with secrets, each with keys of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.those: list[Child] = []
        self.done: Counter[str] = Counter()

    def follow(self, keys: Sequence[str]) -> None:
        """Start as many with these keys, and only then let the others go."""
        settings = environ(self._world, keys)
        fresh = [Child(busy.work, each, BUSY, **settings) for each in range(BUSY)]
        for each in fresh:
            assert each.hear() == "ready"
        self.end()
        self.those = fresh
        for each in fresh:
            each.tell("begin")

    def end(self) -> None:
        """Let all of them go, and hear what they have done."""
        for each in self.those:
            told = each.hush()
            self.done.update(json.loads(told) if told.startswith("{") else {"died": 1})
        self.those = []


@contextmanager
def crowd_of(world: World) -> Iterator[Crowd]:
    """Leave no process behind."""
    crowd = Crowd(world)
    try:
        yield crowd
    finally:
        for each in crowd.those:
            each.kill()


def test_p22_keys_change_without_downtime_and_after_kills(database, tmp_path, capsys):
    """Keys can be changed while the add-on works, even if the change is cut off."""
    old, middle, new = keys = [Fernet.generate_key().decode() for _ in range(3)]
    dice = random.Random(SEED)
    settings = {"DATABASE_URL": database, "ADDON_SECRET_KEYS": ",".join(keys)}
    with (
        World(tmp_path, environ=settings, entries=0) as world,
        crowd_of(world) as crowd,
    ):
        world.install()
        assert world.connect().status_code == 200
        fill(world, ROWS)
        crowd.follow(keys)
        rates = [measured(world, [middle, new, old])]
        kills: Counter[str] = Counter()
        for turn in range(KILLS):
            # Each time another key is the newest, so that there is work to cut off.
            order = [keys[(turn + step) % 3] for step in range(3)]
            cut_off(world, order, dice.uniform(0, ROWS / rates[0]))
            kills[state_of(world, order[0])] += 1
        # As the README has it: the new key comes first everywhere, then one command.
        crowd.follow([new, middle, old])
        rates.append(measured(world, [new, middle, old]))
        again = measured(world, [new, middle, old])
        crowd.follow([new])
        time.sleep(0.3)
        crowd.end()
        values = stored(world)
        unreadable = [value for value in values if not opens(Fernet(new), value)]
    with capsys.disabled():
        print(
            f"\nP22, {database.partition(':')[0]}, seed {SEED}: {len(values)} rows,"
            f" {KILLS} kills {dict(kills)}, {len(unreadable)} undecryptable;"
            f" {', '.join(f'{rate:,.0f}' for rate in rates)} rows/s,"
            f" {again:,.0f} where nothing is left to do; meanwhile {dict(crowd.done)}"
        )
    assert unreadable == []
    assert not any(crowd.done[name] for name in ("unreadable", "wrong", "died"))
    assert crowd.done["written"] > 0 < crowd.done["renewed"]


def fill(world: World, count: int) -> None:
    until = datetime(2100, 1, 1, tzinfo=UTC)
    with world.app.app_context():
        db.session.add_all(Farewell(token=f"t{n}", until=until) for n in range(count))
        db.session.commit()
        db.session.remove()


def cut_off(world: World, keys: Sequence[str], seconds: float) -> None:
    """Start the command and kill it so long after it has begun."""
    command = Child(main, ["rotate-keys"], **environ(world, keys))
    while "rotation.begun" not in command.hear():
        assert command.code is None
    time.sleep(seconds)
    command.kill()


def measured(world: World, keys: Sequence[str]) -> float:
    """Change the keys in this process; give how many rows went through in a second."""
    world._environ = {**world._environ, "ADDON_SECRET_KEYS": ",".join(keys)}
    app = world.make_app()
    began = time.monotonic()
    records.rotate(app)
    took = time.monotonic() - began
    with app.app_context():
        db.engine.dispose()
    return len(stored(world)) / took


def state_of(world: World, newest: str) -> str:
    """Say how far a change of keys has come."""
    key = Fernet(newest)
    fresh = sum(opens(key, value) for value in stored(world))
    if fresh < ROWS // 50:
        return "at the start"
    return "in the middle" if fresh < ROWS * 49 // 50 else "at the end"


def stored(world: World) -> list[str]:
    """Give every sealed value as it lies on the disk."""
    values: list[str] = []
    with world.app.app_context(), records.everywhere(), records.reading():
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Sealed):
                    plain = sa.type_coerce(column, sa.String)
                    values += db.session.execute(sa.select(plain)).scalars()
        db.session.remove()
    return values


def opens(key: Fernet, value: str) -> bool:
    try:
        return bool(key.decrypt(value.encode()))
    except InvalidToken:
        return False
