"""What a lost ring has left undone is found within minutes."""

from addon.records import db
from addon.records.directory import Side, directory
from addon.records.installation import Authorization
from addon.transfer.refresh import expect_news
from addon.transfer.sweep import OFTEN, sweep
from tests.world import Clock, World


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
            assert directory(here.id, Side.CLOCKIFY).stale_since is not None


def test_a_workspace_that_is_switched_off_is_not_woken(tmp_path):
    """A workspace whose admin has switched us off waits until it is on again."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.install()
        world.workspace.disable()
        clock.forward(OFTEN.total_seconds() * 2)
        assert swept(world) == []


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
