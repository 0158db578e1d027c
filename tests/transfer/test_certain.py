"""Links are worked out while others go on, and never on what is no longer so."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from addon.records import connection as connections
from addon.records import db
from addon.records.link import LinkKind, link_of, links
from addon.transfer import link
from addon.transfer.certain import link_what_is_certain
from addon.transfer.refresh import LEASE
from tests.gossip import Street
from tests.indoors import cut_the_wires
from tests.weather import Killed, Killer
from tests.world import Clock, World

DEATHS = 6


@pytest.fixture(name="street")
def _street(tmp_path: Path) -> Iterator[Street]:
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock, sleep=clock.forward) as world:
        world.sandbox.clockify.rate_limit = None
        world.install()
        world.connect()
        cut_the_wires(world)
        yield Street(world, random.Random(1))


def link_of_user(street: Street, user_id: str) -> str:
    with street.world.inside():
        held = connections.current()
        assert held is not None
        found = link_of(held.company_id, LinkKind.USER, user_id)
        return found.value if found else ""


def newcomer(street: Street, name: str) -> tuple[str, str]:
    """Let somebody join on both sides; give both ids, the second as links have it."""
    user = street.workspace.add_user(name)
    number = street.company.add_vendor(name)
    return user.id, f"vendor:{number}"


def bring_all(street: Street) -> None:
    for letter in street.letters():
        assert street.bring(letter) < 300


@contextmanager
def once(engine: Any, name: str, deed: Callable[[], None]) -> Iterator[list[str]]:
    """Let something happen at the first such event of an engine, in another thread."""
    done: list[str] = []

    def listen(*_: object) -> None:
        if not done:
            done.append(name)
            other = threading.Thread(target=deed)
            other.start()
            other.join()

    event.listen(engine, name, listen)
    try:
        yield done
    finally:
        event.remove(engine, name, listen)


def test_whoever_dies_after_reading_has_not_lost_the_links(street):
    """However a reading ends, the next one links whom it had read."""
    world, killer = street.world, Killer()
    with world.app.app_context():
        killer.watch(db.engine)
    reached = 0
    for number in range(DEATHS):
        user_id, value = newcomer(street, f"Newcomer {number}")
        bring_all(street)
        killer.steps, killer.at = 0, 25 + 15 * number
        try:
            street.answer_rings()
        except Killed:
            reached += 1
        killer.at, killer.steps = None, 0
        with world.app.app_context():
            db.session.remove()
            # A dead process's connections are gone with whatever they had begun.
            db.engine.dispose()
        street.reconcile(LEASE.total_seconds() + 3601)
        assert link_of_user(street, user_id) == value, number
    assert reached > DEATHS / 2


def test_a_person_who_chooses_meanwhile_is_not_overruled(street):
    """While it is worked out who is who, an admin links somebody: that stays."""
    world = street.world
    user_id, _ = newcomer(street, "Una Usual")
    other = street.company.add_vendor("Somebody Else")
    bring_all(street)
    with world.inside():
        held = connections.current()
        assert held is not None
        company_id = held.company_id
    street.answer_rings()
    with world.inside():
        row = link_of(company_id, LinkKind.USER, user_id)
        db.session.delete(row)
        db.session.commit()

    def choose() -> None:
        with world.inside() as here:
            wish = link.Wish(LinkKind.USER, user_id, f"vendor:{other}", "somebody")
            link.change(here, company_id, wish, world.clock())
            db.session.commit()

    with world.inside() as here:
        db.session.commit()
        with once(db.engine, "commit", choose) as done:
            link_what_is_certain(here, company_id, LinkKind, world.clock())
        assert done
        assert links(company_id, LinkKind.USER)[user_id].value == f"vendor:{other}"
