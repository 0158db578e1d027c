"""What a lost ring has left undone is found within minutes."""

from datetime import timedelta

from addon.records import db
from addon.records.directory import Side, directory
from addon.records.installation import Authorization
from addon.sandbox.trouble import html_502
from addon.transfer.idle import keep_alive
from addon.transfer.refresh import expect_news
from addon.transfer.renew import access_token
from addon.transfer.status import connection_view
from addon.transfer.sweep import OFTEN, sweep
from addon.web.formats import day
from tests.world import Clock, World

DAY = timedelta(days=1).total_seconds()


def swept(world: World) -> list[tuple[str, int]]:
    """Sweep, and say for what it rang."""
    with world.app.app_context():
        sweep(world.outside)
        db.session.remove()
    huey = world.app.extensions["queue"].huey
    rung = []
    while (task := huey.dequeue()) is not None:
        rung.append(tuple(task.args))
    return rung


def test_a_quiet_workspace_is_left_in_peace_for_an_hour(tmp_path):
    """Lists are read again after an hour without news, not before."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.connect()
        assert swept(world) == []
        clock.forward(OFTEN.total_seconds() + 1)
        assert swept(world) == [("refresh", 1)]


def test_news_whose_ring_was_lost_is_found(tmp_path):
    """News that was noted is read, even if nobody was told of it."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        with world.inside() as here:
            expect_news(here.id, Side.CLOCKIFY, clock())
            db.session.commit()
        assert swept(world) == [("refresh", 1)]
        with world.inside() as here:
            assert directory(here.id)[Side.CLOCKIFY].stale_since is not None


def test_a_workspace_that_is_switched_off_is_not_woken(tmp_path):
    """A workspace whose admin has switched us off waits until it is on again."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.workspace.disable()
        clock.forward(OFTEN.total_seconds() * 2)
        assert swept(world) == []


def test_p23_a_connection_that_nobody_uses_does_not_run_out(tmp_path):
    """Whoever switches the add-on off for half a year need not connect again."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.connect()
        world.workspace.disable()
        assert swept(world) == []
        renewed = world.sandbox.quickbooks.refreshes
        for _ in range(26):
            clock.forward(DAY * 7 + 3700)
            assert swept(world) == [("renew", 1)]
            renew(world)
            assert swept(world) == []
        assert world.sandbox.quickbooks.refreshes == renewed + 26
        with world.inside():
            assert access_token(world.outside, 1)


def test_p23_an_unused_connection_is_tried_once_a_day_while_intuit_is_away(tmp_path):
    """Trouble at Intuit is no reason to ask it every minute."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.connect()
        world.workspace.disable()
        clock.forward(DAY * 8)
        trouble = world.sandbox.quickbooks.trouble
        trouble.always(path="tokens/bearer", effect=html_502())
        for _ in range(3):
            clock.forward(3600)
            assert swept(world) == [("renew", 1)]
            renew(world)
        assert trouble.struck == ["html 502"]
        trouble.clear()
        clock.forward(DAY)
        renew(world)
        assert swept(world) == []


def test_the_end_of_a_permission_is_told_long_before(tmp_path):
    """Intuit's five years end on a day that an admin has read in the settings."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.connect()
        for days in (5 * 365 - 90, 40):
            with world.inside() as here:
                assert connection_view(here).ends_at is None
            # Used all the while, which is too long to be played here.
            values = world.sandbox.quickbooks.grants.grants[-1].values
            values[-1].dies_at = clock() + timedelta(days=days + 1)
            clock.forward(days * DAY)
            renew(world)
        with world.inside() as here:
            ends_at = connection_view(here).ends_at
        assert ends_at is not None
        assert timedelta(days=49) < ends_at - clock() < timedelta(days=51)
        token = world.token("Olivia Owen")
        page = world.ask("GET", "/settings/panel", token=token).text
        assert f"Please reconnect before {day(ends_at)}" in page
        assert "Reconnect QuickBooks" in page
        assert world.connect().status_code == 200
        with world.inside() as here:
            assert connection_view(here).ends_at is None


def renew(world: World) -> None:
    with world.app.app_context():
        keep_alive(world.outside, 1)
        db.session.remove()


def test_permissions_still_to_be_given_back_are_remembered(tmp_path):
    """A permission that could not be given back is tried again."""
    with World(tmp_path, entries=0) as world:
        world.install()
        world.connect()
        world.workspace.uninstall()
        assert ("farewell", 0) in swept(world)


def test_journeys_to_intuit_that_were_never_finished_are_dropped(tmp_path):
    """Expired states do not pile up."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock) as world:
        world.install()
        token = world.token("Olivia Owen")
        world.ask("POST", "/connection/authorization", token=token)
        clock.forward(601)
        swept(world)
        with world.app.app_context():
            assert db.session.query(Authorization).count() == 0
            db.session.remove()
