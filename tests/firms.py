"""Two firms in one add-on, each with marked data, its own company and a run."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from werkzeug.test import TestResponse

from tests.doors import Doors
from tests.world import World

# Shorter texts stand in many places and prove nothing.
SHORTEST_MARK = 6


@dataclass
class Firm:
    """One workspace with the company it sends to, as somebody of it sees both."""

    world: World
    workspace: Any
    company: Any
    owner: str

    @property
    def token(self) -> str:
        """Give a fresh token of the owner."""
        return self.world.token(self.owner, self.workspace)

    @property
    def installation_id(self) -> int:
        """Give our own number of the installation."""
        with self.world.inside(self.workspace) as here:
            return here.id

    @cached_property
    def company_id(self) -> int:
        """Give our own number of the company."""
        return int(self._numbers("company")[0])

    @cached_property
    def run_ids(self) -> list[int]:
        """Give our own numbers of the runs."""
        return self._numbers("run")

    @property
    def days(self) -> dict[str, str]:
        """Give a period that holds all entries."""
        today = self.world.clock().date()
        return {"start": f"{today - timedelta(days=90)}", "end": f"{today}"}

    @cached_property
    def marks(self) -> frozenset[str]:
        """Give every word that nobody but this firm may ever read."""
        own = [self.workspace.id, self.workspace.name, self.company.name]
        for things in (self.workspace.users, self.workspace.clients):
            own += [text for one in things.values() for text in (one.id, one.name)]
        own += [one.email for one in self.workspace.users.values() if one.email]
        for things in (self.workspace.projects, self.workspace.entries):
            own += list(things)
        own += [one.name for one in self.workspace.projects.values()]
        own += [self.workspace.installation.addon_id, self.company.realm]
        return frozenset(text for text in own if len(text) >= SHORTEST_MARK)

    def seen_in(self, text: str) -> set[str]:
        """Give the marks of this firm that stand in a text."""
        return {mark for mark in self.marks if mark in text}

    def rows(self) -> str:
        """Give everything the add-on keeps for this firm, as one text."""
        number = self.installation_id
        with sqlite3.connect(self.world.folder / "addon.sqlite") as database:
            names = database.execute(
                "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
                " WHERE m.type = 'table' AND c.name = 'installation_id'"
            ).fetchall()
            rows = [
                database.execute(
                    f'SELECT * FROM "{name}" WHERE installation_id = ?', (number,)
                ).fetchall()
                for (name,) in names
            ]
        database.close()
        return repr(rows)

    def _numbers(self, table: str) -> list[int]:
        with sqlite3.connect(self.world.folder / "addon.sqlite") as database:
            found = database.execute(
                f'SELECT id FROM "{table}" WHERE installation_id = ? ORDER BY id',
                (self.installation_id,),
            ).fetchall()
        database.close()
        return [number for (number,) in found]


class Firms:
    """Craig's landscapers and Harbor Marine Repair, in one add-on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.doors = Doors(world)
        harbor = world.sandbox.clockify.add_workspace("other")
        self.craig = Firm(world, world.workspace, world.company, "Olivia Owen")
        self.harbor = Firm(
            world, harbor, world.sandbox.quickbooks.add_company("other"), "Hanna Harbor"
        )
        for firm in (self.craig, self.harbor):
            world.install(firm.workspace)
            self.connect(firm)
            self.send(firm)

    @property
    def pairs(self) -> tuple[tuple[Firm, Firm], ...]:
        """Give each firm with the other one."""
        return (self.craig, self.harbor), (self.harbor, self.craig)

    def connect(self, firm: Firm) -> None:
        """Connect a firm to its own company."""
        answer = self.world.connect(
            firm.owner, realm=firm.company.realm, workspace=firm.workspace
        )
        assert answer.status_code == 200, answer.text

    def send(self, firm: Firm) -> None:
        """Send everything of a firm that is ready."""
        form = {**firm.days, "all_ready": "1"}
        asked = self.ask(firm, "POST", "/runs/confirmation", data=form)
        found = re.search(r'name="expected" value="([1-9]\d*)"', asked.text)
        assert found, asked.text
        form["expected"] = found[1]
        assert self.ask(firm, "POST", "/runs", data=form).status_code == 200
        self.world.work()

    def ask(self, firm: Firm, method: str, path: str, **more: Any) -> TestResponse:
        """Ask as the owner of a firm."""
        return self.doors.ask(method, path, token=firm.token, **more)
