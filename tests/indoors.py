"""A world without wires: the same calls and rows, at a fraction of the time."""

import random
from typing import Any

from sqlalchemy import event

from addon.records import db
from tests.weather import Direct, Killer, Time, Weather
from tests.world import World


class Patient(Killer):
    """Lets everything go on, however long it takes."""

    def step(self) -> None:
        """Do nothing."""


def cut_the_wires(world: World, *, hurry: bool = True) -> None:
    """
    Let the add-on reach both pretend services without sockets, its disk without waits.

    Requests are made and answered as over the wire, by the same applications. What
    survives a power cut is not asked here; without `hurry` the disk is waited for.
    """
    books, clockify = world.sandbox.quickbooks, world.sandbox.clockify
    apps = {
        each.origin: each._listener._server.app  # type: ignore[attr-defined]
        for each in (books, clockify)
    }
    fine = Weather(Time(), random.Random(0), Patient())
    world.outside.http.mount("http://", Direct(apps, fine))
    if not hurry:
        return
    with world.app.app_context():
        engine = db.engine
        engine.dispose()

        @event.listens_for(engine, "connect")
        def _hurry(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF").close()
