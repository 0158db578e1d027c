"""Many small notes share one commit, and nobody pays for somebody else's trouble."""

import threading

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from addon.records import db
from addon.records.together import together
from tests.world import World


@pytest.fixture(name="world")
def _world(tmp_path):
    with World(tmp_path, entries=0) as world:
        with world.app.app_context():
            db.session.execute(text("CREATE TABLE told (number INTEGER)"))
            db.session.commit()
        yield world


def tell_at_once(world: World, numbers: range) -> list[str]:
    """Have each number written by a thread of its own; give what went wrong."""
    wrong: list[str] = []
    start = threading.Barrier(len(numbers))

    def tell(number: int) -> None:
        table = "told" if number >= 0 else "nowhere"
        asked = text(f"INSERT INTO {table} VALUES ({number})")
        with world.app.app_context():
            start.wait()
            try:
                together(lambda: db.session.execute(asked))
            except OperationalError as problem:
                db.session.rollback()
                wrong.append(f"{number}: {type(problem).__name__}")

    threads = [threading.Thread(target=tell, args=(each,)) for each in numbers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return wrong


def told(world: World) -> list[int]:
    with world.app.app_context():
        found = db.session.execute(text("SELECT number FROM told ORDER BY number"))
        return [number for (number,) in found]


def test_whoever_waits_together_is_written_with_one_commit(world):
    """Forty calls at once are all kept, with fewer waits for the disk than calls."""
    commits: list[int] = []
    with world.app.app_context():
        event.listen(db.engine, "commit", lambda _: commits.append(1))
    assert not tell_at_once(world, range(40))
    assert told(world) == list(range(40))
    assert len(commits) < 40


def test_one_that_cannot_be_written_does_not_take_others_along(world):
    """Of calls that wait together, only those that fail by themselves are refused."""
    wrong = tell_at_once(world, range(-3, 20))
    assert sorted(each.split(":")[0] for each in wrong) == ["-1", "-2", "-3"]
    assert told(world) == list(range(20))
