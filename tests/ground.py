"""The pretend world in which schedules happen: set up once, begun anew for each."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import requests
from sqlalchemy import delete, event, select

from addon.records import db, everywhere
from addon.records.connection import Connection, current
from addon.records.dimension import Dimension, DimensionLink
from addon.records.lease import Lease
from addon.records.pace import Gate
from addon.records.receipt import Receipt
from addon.records.run import Piece, Run
from addon.rules.resolving import Source
from tests.hands import Hands
from tests.life import DRAWING, Life
from tests.weather import MOST_STEPS, WRITES, Direct, Killer, Time, Weather
from tests.world import World

PERMISSION = (
    "health",
    "access_token",
    "refresh_token",
    "access_expires_at",
    "refresh_expires_at",
)


class Ground:
    """Two workspaces that send to one company, with the weather between."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.time = Time()
        self.world = World(
            folder,
            clock=self.time,
            sleep=self.time.forward,
            entries=0,
            environ={"DATABASE_URL": database} if database else {},
        )
        self.killer = Killer()
        self.weather = Weather(self.time, random.Random(0), self.killer)
        self.hands = Hands(self.world.company, self.weather)
        self.weather.made = self.hands.made
        self.rings: list[tuple[datetime, int]] = []
        self.workspaces: list[Any] = []
        self.homes: list[int] = []
        self.company_ids: list[int] = []

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Install in two workspaces, connect both to one company."""
        with self.world as world:
            self._watch()
            world.sandbox.clockify.rate_limit = None
            self.service = world.company.add_item("Site design", 75)
            self.workspaces = [world.workspace]
            self.workspaces.append(world.sandbox.clockify.add_workspace("craig"))
            for each in self.workspaces:
                each.entries.clear()
                world.install(each)
                world.connect(workspace=each)
                world.work()
                with world.inside(each) as here:
                    self.homes.append(here.id)
                    held = current()
                    assert held is not None
                    self.company_ids.append(held.company_id)
                self._choose_a_service(each)
            # Both permissions stay alive, as where two of a firm's workspaces connect.
            for grant in world.sandbox.quickbooks.grants.grants:
                grant.revoked = False
            self._remember()
            self.http = self._session()
            yield self

    def _choose_a_service(self, workspace: Any) -> None:
        """Let what is labelled as drawing be sent under a service of its own."""
        label = workspace.add_tag(DRAWING)
        with self.world.inside(workspace) as here:
            db.session.add(
                DimensionLink(
                    installation_id=here.id,
                    company_id=self.company_ids[-1],
                    dimension=Dimension.ITEM,
                    source_kind=Source.TAG,
                    source_id=label.id,
                    target_id=self.service,
                    since=self.time.now,
                )
            )
            db.session.commit()

    def _remember(self) -> None:
        """Keep the first day's permissions, so that every life begins on it."""
        self._grants = deepcopy(self.world.sandbox.quickbooks.grants.grants)
        with self.world.app.app_context(), everywhere():
            rows = db.session.scalars(select(Connection)).all()
            self._connections = {
                row.id: {name: getattr(row, name) for name in PERMISSION}
                for row in rows
            }

    def _begin_the_day(self) -> None:
        self.time.begin()
        self.world.sandbox.quickbooks.grants.grants = deepcopy(self._grants)
        for row in db.session.scalars(select(Connection)):
            for name, value in self._connections[row.id].items():
                setattr(row, name, value)

    def _watch(self) -> None:
        with self.world.app.app_context():
            engine = db.engine
            engine.dispose()
            self.killer.watch(engine)

            @event.listens_for(engine, "connect")
            def _hurry(connection: Any, _record: Any) -> None:
                # Power cuts are not what is tested here.
                if engine.dialect.name == "sqlite":
                    connection.execute("PRAGMA synchronous=OFF").close()
                else:
                    connection.execute("SET synchronous_commit TO off").close()
                    connection.commit()

    def _session(self) -> requests.Session:
        books, clockify = self.world.sandbox.quickbooks, self.world.sandbox.clockify
        apps = {
            books.origin: books._listener._server.app,
            clockify.origin: clockify._listener._server.app,
        }
        http = requests.Session()
        http.trust_env = False
        http.mount("http://", Direct(apps, self.weather))
        return http

    def clean(self, life: Life) -> None:
        self.killer.at, self.killer.steps = None, 0
        books = self.world.sandbox.quickbooks
        self.rings.clear()
        books.requests.clear()
        self.world.sandbox.clockify.requests.clear()
        books.forget_request_ids(life.forget)
        for each in books.replays.values():
            each._answers.clear()
        self.world.company.tables["TimeActivity"].clear()
        self.world.company.now = lambda: self.time.now - timedelta(seconds=life.lag)
        self.hands.begin(life.hands)
        self._place_people(is_misplaced=life.misplaced)
        for workspace in self.workspaces:
            workspace.entries.clear()
        with self.world.app.app_context(), everywhere():
            for table in (Receipt, Piece, Run, Lease, Gate):
                db.session.execute(delete(table))
            self._begin_the_day()
            db.session.commit()
        self.weather.troubles = life.troubles
        usual = self.weather.dice.choice((0.1, 0.3, 0.7))
        self.weather.chance = usual if life.chance is None else life.chance
        self.weather.struck, self.weather.script = [], life.script
        # Tidying up after another life is no step of this one.
        self.killer.steps, self.killer.most = 0, MOST_STEPS + 50 * life.entries
        self.weather.kinds, self.weather.reads = life.only or WRITES, life.only
        self.hands.created = 0

    def _place_people(self, *, is_misplaced: bool) -> None:
        """Let Emily's number belong to a customer, as a merged company may have it."""
        tables = self.world.company.tables
        for name, away in (("Employee", is_misplaced), ("Customer", not is_misplaced)):
            if away:
                tables[name].pop("55", None)
        here = "Customer" if is_misplaced else "Employee"
        row = {"Id": "55", "DisplayName": "Emily Platt", "Active": True}
        tables[here].setdefault("55", {**row, "SyncToken": "0"})
