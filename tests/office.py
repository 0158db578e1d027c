"""An office whose company has classes, locations and services to choose from."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from requests import Response

from addon.records import connection, db
from addon.records.directory import Kind, Listing
from tests.world import World

MONDAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAYS = {"start": "2026-11-01", "end": "2026-11-23"}
OLIVIA, EMILY, CARS = "Olivia Owen", "Emily Platt", "Cool Cars"


class Office:
    """A connected workspace whose company has classes, locations and two services."""

    def __init__(self, world: World) -> None:
        self.world = world
        company = world.company
        company.settings.classes = company.settings.departments = True
        self.design = company.add_item("Site design", 75)
        self.west = company.add("Class", Name="West")
        self.shop = company.add("Department", Name="Shop")
        world.install()
        world.connect()
        self.project = next(
            each for each in world.workspace.projects.values() if each.name == CARS
        )
        self.task = world.workspace.add_task(self.project, "Drawing")
        self.tag = world.workspace.add_tag("Outdoors")
        with world.inside():
            held = connection.current()
            assert held is not None
            self.company_id = held.company_id
        self.list(Kind.TASK, self.task.id, "Drawing", parent_id=self.project.id)
        self.list(Kind.TAG, self.tag.id, "Outdoors")
        self.list(Kind.CLASS, self.west, "West", company_id=self.company_id)
        self.list(Kind.DEPARTMENT, self.shop, "Shop", company_id=self.company_id)

    def list(self, kind: Kind, number: str, name: str, **facts: Any) -> None:
        """Put a line into the lists as reading them would."""
        wanted = {"company_id": 0, **facts}
        with self.world.inside() as here:
            found = db.session.scalar(
                db.select(Listing).where(
                    Listing.kind == kind, Listing.foreign_id == number
                )
            )
            row = found or Listing(
                installation_id=here.id, kind=kind, foreign_id=number, **wanted
            )
            row.name = name
            for each, value in facts.items():
                setattr(row, each, value)
            db.session.add(row)
            db.session.commit()

    def track(self, project: str | None = CARS, **facts: Any) -> Any:
        """Emily tracks an hour."""
        start = MONDAY - timedelta(days=3)
        return self.world.workspace.add_entry(
            EMILY, project, start=start, length=timedelta(hours=1), **facts
        )

    def ask(self, method: str, path: str, **more: Any) -> Response:
        """Press something as Olivia."""
        return self.world.ask(method, path, token=self.world.token(OLIVIA), **more)

    def choose(self, dimension: str, source: str, number: str, target: str) -> Response:
        """Choose a field's record in the settings."""
        form = {
            "dimension": dimension,
            "source": source,
            "source_id": number,
            "target": target,
        }
        return self.ask("PUT", "/preferences/fields", data=form)

    def listed(self, state: str = "ready") -> str:
        """Open a tab of the report."""
        answer = self.ask("GET", "/entries", params={**DAYS, "state": state})
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def send(self) -> dict[str, Any]:
        """Send everything; give the one activity that arrived."""
        form = {**DAYS, "all_ready": "1"}
        asked = self.ask("POST", "/runs/confirmation", data=form)
        expected = re.search(r'name="expected" value="(\d+)"', asked.text)
        assert expected, asked.text
        sent = self.ask("POST", "/runs", data={**form, "expected": expected[1]})
        assert sent.status_code == 200, sent.text
        self.world.work()
        [row] = self.world.company.activities
        return dict(row)


def words(markup: str) -> str:
    """Give what a person reads of a page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)))
