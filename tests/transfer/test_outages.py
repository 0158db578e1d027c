"""The database or the queue stops under load, and everything goes on afterwards."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.drill import Drill
from tests.durable import Post
from tests.outages import Callers, OwnPostgres, OwnRedis, accepts, own_postgres, until
from tests.records.test_durable import EVENTS, free_port, noted

# Calls that were under way when the database stopped have had their answers by then.
MOMENT = 0.5
PATIENCE = 90


@dataclass
class Load:
    """Two workers, a web process with two hands, and somebody who is only heard of."""

    drill: Drill
    cluster: OwnPostgres
    bell: OwnRedis
    web: Any
    port: int
    quiet: Any

    def callers(self) -> Callers:
        """Let Clockify call the web process all the time."""
        post = Post(self.drill.world.sandbox.clockify)
        return Callers([self.port], [post.webhook(self.quiet, e) for e in EVENTS], 4)

    def noted(self) -> int:
        """Count the news that the database holds of the quiet workspace."""
        address = self.cluster.address.replace("postgresql:", "postgresql+psycopg:")
        return int(noted(address)[self.quiet.id])

    def health(self) -> Any:
        """Ask the web process how it is."""
        return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=30)


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """Firms that send, on a PostgreSQL and a Redis that may be stopped."""
    folder = tmp_path_factory.mktemp("outages")
    with own_postgres(free_port()) as cluster, OwnRedis(free_port()) as bell:
        yield from _loaded(folder, cluster, bell)


def _loaded(folder: Path, cluster: OwnPostgres, bell: OwnRedis) -> Iterator[Load]:
    environ = {"DATABASE_URL": cluster.address, "QUEUE_URL": bell.address}
    drill = Drill(folder, random.Random(1), factor=10, environ=environ)
    with drill.ready(2):
        quiet = drill.world.sandbox.clockify.add_workspace("other")
        drill.world.install(quiet)
        quiet.disable()
        port = free_port()
        load = Load(drill, cluster, bell, drill.nursery.begin("web", port), port, quiet)
        drill.start(2)
        try:
            assert until(lambda: _is_well(load)), drill.said.read_text()
            yield load
        finally:
            load.web.kill()
            load.web.wait()


def _is_well(load: Load) -> bool:
    try:
        return load.health().status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.postgres
@pytest.mark.redis
def test_p32_postgresql_stops_under_load_and_nothing_acknowledged_is_lost(
    load: Load,
) -> None:
    """The database crashes and comes back: 503 meanwhile, and every promise kept."""
    drill, before, workers = load.drill, load.noted(), set(load.drill.workers)
    drill.send_for(drill.firms[0], 60)
    with load.callers() as callers:
        time.sleep(1)
        load.cluster.stop()
        down = time.monotonic()
        time.sleep(2)
        assert load.health().json()["database"] == "unreachable"
        up = time.monotonic()
        load.cluster.start()
        assert until(lambda: accepts(load.cluster.address))
        recovered = callers.wait_for_good(time.monotonic())
    assert recovered is not None
    assert recovered <= 5
    print(f"back after {recovered:.2f} s; {callers.acknowledged.total()} acknowledged")
    assert set(callers.between(down + MOMENT, up)) == {503}
    acknowledged, sent = callers.acknowledged.total(), callers.sent.total()
    assert acknowledged > 0
    assert before + acknowledged <= load.noted() <= before + sent
    assert drill.settle(PATIENCE), drill.said.read_text()[-2000:]
    assert drill.wrong_here() == []
    assert set(drill.workers) == workers
    assert all(each.lives for each in drill.workers.values())  # type: ignore[attr-defined]


@pytest.mark.postgres
@pytest.mark.redis
def test_p32_the_queue_stops_and_only_time_is_lost(load: Load) -> None:
    """Without its doorbell the add-on still notes everything; later it is all done."""
    drill, before, workers = load.drill, load.noted(), set(load.drill.workers)
    load.bell.stop()
    with load.callers() as callers:
        # Pressed while nobody can be rung for.
        drill.send_for(drill.firms[0], 40)
        assert load.health().json()["queue"] == "unreachable"
        time.sleep(1.5)
    assert set(callers.between(0, time.monotonic())) == {204}
    assert load.noted() == before + callers.acknowledged.total()
    load.bell.start()
    assert until(lambda: _is_well(load))
    assert drill.settle(PATIENCE), drill.said.read_text()[-2000:]
    assert drill.wrong_here() == []
    assert set(drill.workers) == workers
    assert all(each.lives for each in drill.workers.values())  # type: ignore[attr-defined]
