"""A connected workspace and company whose news a test brings by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from addon.records import connection as connections
from addon.records import db, installation
from addon.records import link as linking
from addon.records.directory import Kind, listings
from addon.records.link import LinkKind
from addon.transfer.sweep import sweep
from tests.gossip import INTUIT
from tests.world import Clock, World


@contextmanager
def connected(folder: Path) -> Iterator[World]:
    """A workspace and a company that are connected; nothing is waiting."""
    clock = Clock()
    with World(folder, entries=0, clock=clock, sleep=clock.forward) as one:
        one.sandbox.clockify.rate_limit = None
        one.workspace.hooks.hold = True
        one.install()
        one.connect()
        clock.forward(5)
        one.sandbox.clockify.requests.clear()
        one.sandbox.quickbooks.requests.clear()
        yield one


def tell(
    world: World, since: int = 0, form: str = "cloudevents", times: int = 1
) -> None:
    """Let Intuit tell the company's changes from the given one on."""
    notices = world.sandbox.quickbooks.notices
    notices.format = form
    changes = world.company.changes[since:]
    body = notices.body([(world.company.realm, change) for change in changes])
    headers = {"intuit-signature": notices.signature(body)}
    for _ in range(times):
        done = world.ask("POST", INTUIT, data=body, headers=headers)
        assert done.status_code == 200


def reads(world: World) -> list[str]:
    """Name the reads that Intuit has counted, and forget them."""
    found = [
        each.path.split("/")[-1]
        for each in world.sandbox.quickbooks.requests
        if "/company/" in each.path
    ]
    world.sandbox.quickbooks.requests.clear()
    return found


def lists(world: World) -> set[str]:
    """Name the lists that Clockify was asked for, and forget it."""
    found = {
        each.path.rpartition("/")[2]
        for each in world.sandbox.clockify.requests
        if each.path.startswith("/api")
    }
    world.sandbox.clockify.requests.clear()
    return found


def names(world: World, kind: Kind) -> set[str]:
    """Name what is listed and active of one kind."""
    with world.inside():
        held = connections.current()
        assert held is not None
        ours = kind in {Kind.USER, Kind.CLIENT, Kind.PROJECT, Kind.TASK, Kind.TAG}
        found = listings(kind, company_id=0 if ours else held.company_id)
        return {row.name for row in found if not row.gone and row.active}


def pulse(world: World) -> int:
    """Give the number that open panels look at."""
    with world.inside() as here:
        return installation.pulse_of(here.id)


def hour_later(world: World, hours: float = 1.01) -> None:
    """Let an hour pass, sweep and do what rings."""
    world.clock.forward(hours * 3600)
    with world.app.app_context():
        sweep(world.outside)
        db.session.remove()
    world.work()


def say(world: World, change: Any) -> None:
    """Let Intuit tell one change."""
    notices = world.sandbox.quickbooks.notices
    body = notices.body([(world.company.realm, change)])
    headers = {"intuit-signature": notices.signature(body)}
    assert world.ask("POST", INTUIT, data=body, headers=headers).status_code == 200


def target(world: World, clockify_id: str) -> tuple[str, str]:
    """Say what a project is linked to."""
    with world.inside():
        held = connections.current()
        assert held is not None
        link = linking.links(held.company_id, LinkKind.PROJECT)[clockify_id]
        return link.target, link.target_id
