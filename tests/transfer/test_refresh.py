"""Lists of names follow both services, and trouble is told in words."""

import threading
import time

import pytest

from addon.records import db
from addon.records.directory import Kind, Side, directory, listings
from addon.sandbox.trouble import answer, html_502, slow, throttled_xml
from addon.transfer.refresh import ask, expect_news
from addon.transfer.status import connection_view
from tests.world import Clock, World


def ready(tmp_path, database="", **more) -> World:
    environ = {"DATABASE_URL": database} if database else {}
    clock = more.pop("clock", None) or Clock()
    return World(
        tmp_path, entries=0, clock=clock, sleep=clock.forward, environ=environ, **more
    )


def begin(world: World) -> None:
    world.install()
    assert world.connect().status_code == 200


def again(world: World) -> None:
    """Ask for a reading, as the button does, and do it once."""
    with world.inside() as here:
        ask(world.outside, here)
    world.work(most=3)


def names(world: World, kind: Kind, *, gone: bool = False) -> set[str]:
    with world.inside() as here:
        view = connection_view(here)
        ours = kind in (Kind.USER, Kind.CLIENT, Kind.PROJECT)
        company_id = 0 if ours else view.company_id or 0
        return {
            row.name
            for row in listings(kind, company_id=company_id)
            if row.gone == gone
        }


def test_what_changes_on_either_side_is_known_after_a_refresh(database, tmp_path):
    """New, renamed and removed people and projects arrive by themselves."""
    with ready(tmp_path, database) as world:
        begin(world)
        world.workspace.rename_user("Emily Platt", "Emily Platt-Jones")
        world.workspace.add_project("Orchard")
        world.workspace.add_client("New Client")
        world.company.add_vendor("Vera Vendor")
        world.company.rename(
            "Customer", world.company.id_of("Customer", "Cool Cars"), "Cooler Cars"
        )
        world.workspace.hooks.flush()
        again(world)
        assert "Emily Platt-Jones" in names(world, Kind.USER)
        assert "Emily Platt" not in names(world, Kind.USER)
        assert "Orchard" in names(world, Kind.PROJECT)
        assert "New Client" in names(world, Kind.CLIENT)
        assert "Vera Vendor" in names(world, Kind.VENDOR)
        assert "Cooler Cars" in names(world, Kind.CUSTOMER)


def test_news_that_arrives_during_a_reading_is_read_too(database, tmp_path):
    """A change that comes while lists are being read is not swallowed."""
    with ready(tmp_path, database) as world:
        begin(world)
        trouble = world.sandbox.clockify.trouble
        trouble.next(path="/projects", method="GET", effect=slow(1.0, after=True))
        with world.inside() as here:
            expect_news(here.id, Side.CLOCKIFY, world.clock())
            db.session.commit()
            world.outside.ring("refresh", here.id)
        worker = threading.Thread(target=world.work, kwargs={"most": 1})
        worker.start()
        while "slow after" not in trouble.struck:
            time.sleep(0.005)
        world.workspace.add_project("Late Orchard")
        world.workspace.hooks.flush()
        worker.join()
        with world.inside() as here:
            lists = directory(here.id)[Side.CLOCKIFY]
            assert lists.stale_since is not None
            assert lists.news > lists.settled
        world.work()
        assert "Late Orchard" in names(world, Kind.PROJECT)
        with world.inside() as here:
            assert directory(here.id)[Side.CLOCKIFY].stale_since is None


def test_no_news_is_lost_when_many_arrive_at_once(database, tmp_path):
    """Fifty webhooks at the same moment are fifty pieces of news."""
    with ready(tmp_path, database) as world:
        world.install()
        with world.inside() as here:
            before = directory(here.id)[Side.CLOCKIFY].news
        threads = [threading.Thread(target=webhooks, args=(world,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with world.inside() as here:
            assert directory(here.id)[Side.CLOCKIFY].news == before + 50


def webhooks(world: World) -> None:
    one = world.workspace.installation
    hook = one.manifest["webhooks"][0]
    headers = {
        "clockify-signature": one.webhook_tokens[hook["event"]],
        "clockify-webhook-event-type": hook["event"],
    }
    for _ in range(10):
        done = world.ask("POST", hook["path"], headers=headers, json={})
        assert done.status_code == 204


@pytest.mark.parametrize(
    ("side", "effect", "word"),
    [
        ("clockify", html_502(), "Clockify could not be read"),
        ("clockify", answer(403, {"code": 403, "message": "no"}), "does not let"),
        ("quickbooks", html_502(), "QuickBooks could not be read"),
        ("quickbooks", throttled_xml(), "slow down"),
    ],
)
def test_trouble_on_either_side_is_told_in_words_and_then_over(
    side, effect, word, tmp_path
):
    """If one service cannot be read, the panel says so, and stops saying it after."""
    with ready(tmp_path) as world:
        begin(world)
        before = names(world, Kind.CUSTOMER), names(world, Kind.USER)
        server = getattr(world.sandbox, side)
        server.trouble.always(effect=effect)
        again(world)
        with world.inside() as here:
            view = connection_view(here)
        assert word in view.problem
        assert view.state == "connected"
        assert (names(world, Kind.CUSTOMER), names(world, Kind.USER)) == before
        server.trouble.clear()
        # QuickBooks is not called for a minute after it has asked us to slow down.
        world.clock.forward(61)
        again(world)
        with world.inside() as here:
            view = connection_view(here)
            assert not view.problem
            assert not view.refreshing


def test_a_dead_clockify_token_is_told_as_such(tmp_path):
    """When Clockify says the add-on is gone (4017), we say so and call no more."""
    with ready(tmp_path) as world:
        begin(world)
        dead = answer(401, {"code": 4017, "message": "Token invalid"})
        world.sandbox.clockify.trouble.always(effect=dead)
        again(world)
        with world.inside() as here:
            assert "no longer installed" in connection_view(here).problem
            assert here.unreachable_since is not None
        world.sandbox.clockify.trouble.clear()
        again(world)
        with world.inside() as here:
            assert here.unreachable_since is None


def test_a_permission_withdrawn_at_intuit_asks_for_a_reconnection(tmp_path):
    """When the company has disconnected us, the panel asks to reconnect."""
    with ready(tmp_path) as world:
        begin(world)
        world.company.disconnect()
        again(world)
        with world.inside() as here:
            assert connection_view(here).state == "reconnect"


def test_a_workspace_that_is_switched_off_is_not_read(tmp_path):
    """While an admin has switched the add-on off, nothing is asked."""
    with ready(tmp_path) as world:
        begin(world)
        world.workspace.disable()
        before = len(world.sandbox.clockify.requests)
        world.app.extensions["queue"].ring("refresh", 1)
        world.work()
        assert len(world.sandbox.clockify.requests) == before
