"""Coming, staying and going, in whatever order the calls arrive."""

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from addon.records import db
from addon.records.farewell import Farewell
from tests.indoors import cut_the_wires
from tests.lifecycle import manifest, stored, tell
from tests.world import Clock, World

# For each position of DELETED.
HISTORIES = int(os.environ.get("INSTALLS", "4"))


def late_events(world: World, one, chance: random.Random) -> list:
    """What may still be on its way, in any order, when an add-on is taken away."""
    body = world.workspace.status_body(one)
    user = world.token("Olivia Owen")
    hook = one.manifest["webhooks"][0]

    def webhook() -> int:
        headers = {
            "clockify-signature": one.webhook_tokens[hook["event"]],
            "clockify-webhook-event-type": hook["event"],
        }
        url = world.url + hook["path"]
        return requests.post(url, json={}, headers=headers, timeout=30).status_code

    def panel() -> int:
        return world.ask("GET", "/settings/panel", token=user).status_code

    events = [
        lambda: tell(world, "installed", one),
        lambda: tell(world, "status-changed", one),
        webhook,
        panel,
        lambda: world.work(most=5),
    ]
    assert body["addonId"] == one.addon_id
    chance.shuffle(events)
    return events


@contextmanager
def brisk() -> Iterator[World]:
    """A world whose disk need not last, with an add-on that calls without sockets."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        World(Path(folder), entries=0) as world,
    ):
        world.sandbox.clockify.rate_limit = None
        cut_the_wires(world)
        yield world


@pytest.mark.parametrize("position", range(6))
def test_p8_deleted_wins_whatever_comes_late(position, capsys):
    """After uninstalling, no late call brings anything back or uses a dead token."""
    revived = dead = unclean = 0
    with brisk() as world:
        chance = random.Random(position)
        for _ in range(HISTORIES):
            world.install()
            one = world.workspace.installation
            unclean += list(stored(world)) != [one.addon_id]
            events = late_events(world, one, chance)
            for event in events[:position]:
                event()
            world.workspace.uninstall()
            began = len(world.sandbox.clockify.requests)
            for event in events[position:]:
                event()
            assert tell(world, "deleted", one) == 204
            world.work()
            revived += len(stored(world))
            dead += len(world.sandbox.clockify.requests[began:])
            # A workspace never forgets who was installed, and would grow slow.
            world.workspace.former.clear()
            world.sandbox.clockify.requests.clear()
        world.install()
        assert list(stored(world)) == [world.workspace.installation.addon_id]
    with capsys.disabled():
        print(
            f"\nP8: DELETED at position {position} of {HISTORIES} histories: {revived}"
            f" rows revived, {dead} calls with a dead token, {unclean} unclean tenants"
        )
    assert (revived, dead, unclean) == (0, 0, 0)


def test_deleted_that_overtakes_installed_is_not_forgotten(tmp_path):
    """An uninstallation that arrives first keeps its installation out for good."""
    with World(tmp_path, entries=0) as world:
        world.install()
        one = world.workspace.uninstall()
        assert tell(world, "installed", one) == 204
        assert stored(world) == {}


def test_a_newer_installation_replaces_one_whose_end_we_never_heard(tmp_path):
    """When DELETED is lost, installing again still leaves one clean installation."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock) as world:
        world.install()
        world.connect()
        old = world.workspace.installations.popitem()[1]
        clock.forward(60)
        world.install()
        new = world.workspace.installation
        assert list(stored(world)) == [new.addon_id]
        with world.inside():
            assert db.session.scalar(sa.select(sa.func.count(Farewell.id))) == 0
        assert not world.sandbox.quickbooks.grants.connected(world.company.realm)
        assert tell(world, "installed", old) == 204
        assert list(stored(world)) == [new.addon_id]


def test_the_older_of_two_installations_changes_nothing(tmp_path):
    """An old INSTALLED that arrives last does not push out the newer one."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock) as world:
        old = world.workspace._installation(manifest(world), f"{world.url}/m", None)
        clock.forward(60)
        world.install()
        assert tell(world, "installed", old) == 204
        assert list(stored(world)) == [world.workspace.installation.addon_id]


def test_switching_off_and_on_is_followed_and_unknown_ones_are_told_so(tmp_path):
    """While an admin has switched the add-on off, its panels say so."""
    with World(tmp_path, entries=0) as world:
        world.install()
        world.workspace.disable()
        token = world.token("Olivia Owen")
        assert world.ask("GET", "/settings/panel", token=token).status_code == 403
        world.workspace.enable()
        assert world.ask("GET", "/settings/panel", token=token).status_code == 200
        gone = world.workspace.uninstall()
        assert tell(world, "status-changed", gone) == 404


def test_an_installation_token_of_somebody_else_is_refused(tmp_path):
    """A body whose token belongs to another workspace is refused, and not stored."""
    with World(tmp_path, entries=0) as world:
        other = world.sandbox.clockify.add_workspace("other")
        mine = world.workspace._installation(manifest(world), f"{world.url}/m", None)
        theirs = other._installation(manifest(world), f"{world.url}/m", None)
        mine.auth_token = theirs.auth_token
        assert tell(world, "installed", mine) == 422
        assert stored(world) == {}
