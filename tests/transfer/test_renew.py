"""Tokens are renewed once, by one worker, and a connection is never lost by it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import connection as connections
from addon.records import db, within
from addon.records.connection import Connection, Health
from addon.sandbox.trouble import drop_after, html_502, slow
from addon.transfer.renew import access_token, bearer
from addon.transfer.status import connection_view
from tests.processes import Child
from tests.transfer.renewing import nap, want_tokens
from tests.world import Clock, World

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CROWD = 8


def connected(tmp_path, database="", **more) -> World:
    environ = {"DATABASE_URL": database} if database else {}
    return World(tmp_path, entries=0, sleep=nap, environ=environ, **more)


def begin(world: World, *, grace: timedelta) -> None:
    world.install()
    assert world.connect().status_code == 200
    grants = world.sandbox.quickbooks.grants
    grants.rotate_every_refresh, grants.grace = True, grace


def expire(world: World) -> None:
    """Let the access token end, for us and for Intuit."""
    with world.app.app_context():
        table = Connection.__table__
        db.session.execute(sa.update(table).values(access_expires_at=LONG_AGO))
        db.session.commit()
        db.session.remove()
    world.sandbox.quickbooks.grants.expire_access()


def held(world: World) -> Connection:
    with world.inside():
        found = connections.current()
        assert found is not None
        db.session.commit()  # what was read stays readable afterwards
        return found


def crowd(world: World, prepare: Callable[[], Callable[[], str]]) -> list[str]:
    """Let many workers ask at the same moment, each in a context of its own."""
    line = threading.Barrier(CROWD)

    def one(_number: int) -> str:
        with world.app.app_context(), within(1):
            ask = prepare()
            line.wait(timeout=30)
            try:
                return ask()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


@pytest.mark.parametrize("grace", [timedelta(0), timedelta(hours=24)])
def test_p23_a_crowd_of_workers_renews_an_expired_token_once(
    grace, database, tmp_path, capsys
):
    """However many workers find a token expired, Intuit is asked once."""
    rounds = 25
    with connected(tmp_path, database) as world:
        begin(world, grace=grace)
        for _ in range(rounds):
            expire(world)
            before = world.sandbox.quickbooks.refreshes
            tokens = crowd(world, lambda: lambda: access_token(world.outside, 1))
            assert len(set(tokens)) == 1
            assert world.sandbox.quickbooks.refreshes == before + 1
        assert held(world).works
    with capsys.disabled():
        print(f"\nP23: {rounds} expiries, {CROWD} workers, {rounds} renewals")


def test_p23_a_crowd_whose_token_is_refused_renews_it_once(database, tmp_path):
    """When QuickBooks refuses a token before its time, it is renewed once for all."""
    with connected(tmp_path, database) as world:
        begin(world, grace=timedelta(0))
        before = world.sandbox.quickbooks.refreshes

        def prepare() -> Callable[[], str]:
            access = bearer(world.outside, 1)
            access(False)
            return lambda: access(True)

        assert len(set(crowd(world, prepare))) == 1
        assert world.sandbox.quickbooks.refreshes == before + 1


@pytest.mark.parametrize(
    ("grace", "health"),
    [(timedelta(hours=24), Health.CONNECTED), (timedelta(0), Health.RECONNECT)],
)
def test_p23_a_worker_killed_between_answer_and_commit(grace, health, tmp_path):
    """With Intuit's grace nothing is lost; without it a person has to reconnect."""
    clock = Clock()
    with connected(tmp_path, clock=clock) as world:
        begin(world, grace=grace)
        expire(world)
        books = world.sandbox.quickbooks
        before = books.refreshes
        books.trouble.next(path="tokens/bearer", effect=slow(60, after=True))
        victim = Child(
            want_tokens,
            tmp_path / "clock",
            **world.sandbox.environ(world.url),
            DATABASE_URL=world.outside.settings.database_url,
            QUEUE_URL=world.outside.settings.queue_url,
        )
        victim.tell("now")
        last = time.monotonic() + 20
        while books.refreshes == before and time.monotonic() < last:
            time.sleep(0.01)
        victim.kill()
        assert books.refreshes == before + 1
        clock.forward(61)
        with world.inside():
            if health is Health.CONNECTED:
                assert access_token(world.outside, 1)
            else:
                with pytest.raises(Disconnected):
                    access_token(world.outside, 1)
        assert held(world).health == health


def test_a_withdrawn_permission_is_asked_for_once_and_then_never_again(tmp_path):
    """When the permission is gone, a person is asked; Intuit is not pestered."""
    with connected(tmp_path) as world:
        begin(world, grace=timedelta(hours=24))
        expire(world)
        world.company.disconnect()
        before = world.sandbox.quickbooks.refreshes
        for _ in range(3):
            with world.inside(), pytest.raises(Disconnected):
                access_token(world.outside, 1)
        assert world.sandbox.quickbooks.refreshes == before + 1
        with world.inside() as here:
            assert connection_view(here).state == "reconnect"
        assert world.connect().status_code == 200
        with world.inside() as here:
            assert connection_view(here).state == "connected"
            assert access_token(world.outside, 1)


@pytest.mark.parametrize("effect", [html_502(), drop_after()])
def test_p23_trouble_at_intuit_never_looks_like_a_lost_permission(effect, tmp_path):
    """If Intuit is away, we try again later and nobody has to reconnect."""
    with connected(tmp_path) as world:
        begin(world, grace=timedelta(hours=24))
        expire(world)
        trouble = world.sandbox.quickbooks.trouble
        trouble.always(path="tokens/bearer", effect=effect)
        with world.inside(), pytest.raises(QuickBooksError) as problem:
            access_token(world.outside, 1)
        assert not isinstance(problem.value, Disconnected)
        trouble.clear()
        with world.inside():
            assert access_token(world.outside, 1)
        assert held(world).works


def test_a_person_who_reconnects_during_a_renewal_wins(database, tmp_path):
    """A fresh permission is never overwritten by a renewal that began before it."""
    with connected(tmp_path, database) as world:
        begin(world, grace=timedelta(hours=24))
        expire(world)
        books = world.sandbox.quickbooks
        before = books.refreshes
        books.trouble.next(path="tokens/bearer", effect=slow(1.5, after=True))
        found: list[str] = []

        def renew() -> None:
            with world.app.app_context(), within(1):
                found.append(access_token(world.outside, 1))
                db.session.remove()

        worker = threading.Thread(target=renew)
        worker.start()
        while books.refreshes == before:
            time.sleep(0.005)
        begun = world.ask(
            "POST", "/connection/authorization", token=world.token("Olivia Owen")
        )
        callback = books.approve(begun.json()["address"])
        assert world.ask("GET", callback.removeprefix(world.url)).status_code == 200
        fresh = held(world).refresh_token
        worker.join()
        assert held(world).refresh_token == fresh
        assert books.grants.realm_of(f"Bearer {found[0]}") == world.company.realm
