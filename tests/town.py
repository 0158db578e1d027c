"""Two workspaces, three companies, and who is to be connected to what."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
import sqlalchemy as sa

from addon.records import db, everywhere
from addon.records.connection import Company, Connection
from addon.records.farewell import Farewell
from addon.records.installation import Installation
from addon.records.sealed import digest
from addon.transfer.connect import LIFETIME
from tests.world import Clock, World


@dataclass
class Journey:
    """One begun journey and what its states and codes are still worth."""

    workspace: str
    user: str
    address: str
    begun: datetime
    is_used: bool = False


@dataclass
class Oracle:
    """What must be connected to what, kept beside the add-on."""

    joined: dict[str, tuple[str, str]] = field(default_factory=dict)
    journeys: list[Journey] = field(default_factory=list)


@dataclass
class Town:
    """Two workspaces, three companies, and a clock to wait with."""

    world: World
    clock: Clock
    workspaces: dict[str, object]
    people: dict[str, tuple[str, ...]]
    realms: list[str]

    def begin(self, oracle: Oracle, chance: random.Random) -> None:
        name = chance.choice(list(self.workspaces))
        person = chance.choice(self.people[name])
        workspace = self.workspaces[name]
        token = self.world.token(person, workspace)
        answer = self.world.ask("POST", "/connection/authorization", token=token)
        user = self.world.user_id(person, workspace)
        address = answer.json()["address"]
        oracle.journeys.append(Journey(name, user, address, self.clock()))

    def callback(self, **query: str) -> int:
        return requests.get(
            f"{self.world.url}/quickbooks/callback?{urlencode(query)}", timeout=30
        ).status_code

    def state_of(self, journey: Journey) -> str:
        return dict(parse_qsl(urlsplit(journey.address).query))["state"]

    def approve(self, journey: Journey, realm: str, decision="connect") -> dict:
        back = self.world.sandbox.quickbooks.approve(journey.address, realm, decision)
        return dict(parse_qsl(urlsplit(back).query))

    def is_good(self, journey: Journey) -> bool:
        young = self.clock() - journey.begun < LIFETIME
        return young and not journey.is_used

    def joined(self) -> dict[str, tuple[str, str]]:
        """Read who is connected to what, straight from the tables."""
        with self.world.app.app_context(), everywhere():
            rows = db.session.execute(
                sa.select(
                    Installation.__table__.c.workspace_id,
                    Company.__table__.c.realm_digest,
                    Connection.__table__.c.connected_by,
                ).select_from(
                    Connection.__table__.join(Company.__table__).join(
                        Installation.__table__,
                        Installation.__table__.c.id
                        == Connection.__table__.c.installation_id,
                    )
                )
            ).all()
            db.session.remove()
        names = {each.id: name for name, each in self.workspaces.items()}
        realms = {digest(realm): realm for realm in self.realms}
        return {names[ws]: (realms[realm], user) for ws, realm, user in rows}

    def forget(self) -> None:
        with self.world.app.app_context():
            for model in (Connection, Company, Farewell):
                db.session.execute(sa.delete(model.__table__))
            db.session.commit()
            db.session.remove()


def town(tmp_path) -> Town:
    clock = Clock()
    world = World(tmp_path, entries=0, clock=clock, sleep=clock.forward)
    harbor = world.sandbox.clockify.add_workspace("other", entries=0)
    books = world.sandbox.quickbooks
    books.add_company("other")
    books.add_company("simple-start")
    return Town(
        world=world,
        clock=clock,
        workspaces={"craig": world.workspace, "harbor": harbor},
        people={"craig": ("Olivia Owen", "Adam Ashe"), "harbor": ("Hanna Harbor",)},
        realms=list(books.companies),
    )
