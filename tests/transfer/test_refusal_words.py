"""A refusal names the records that were sent, as QuickBooks calls them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from addon.records import db
from addon.records.directory import Kind, Listing
from addon.records.run import Piece
from addon.sandbox import trouble
from addon.transfer.progress import Progress, progress
from tests.office import CARS, DAYS, EMILY, MONDAY, Office
from tests.world import Clock, World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose time goes with a service, a class and a location."""
    clock = Clock(MONDAY)
    with World(tmp_path, clock=clock, sleep=clock.forward, entries=0) as world:
        made = Office(world)
        made.choose("item", "task", made.task.id, made.design)
        made.choose("class", "tag", made.tag.id, made.west)
        made.choose("location", "fixed", "all", made.shop)
        yield made


def track(office: Office) -> None:
    office.track(task_id=office.task.id, tag_ids=[office.tag.id])


def refusing(code: str) -> trouble.Effect:
    """Refuse every item of a batch."""

    def change(given: trouble.Answer) -> trouble.Answer:
        error = {"Message": "No", "Detail": "Not this", "code": code}
        items = [
            {"bId": item["bId"], "Fault": {"Error": [error], "type": "ValidationFault"}}
            for item in json.loads(given.body)["BatchItemResponse"]
        ]
        return trouble.Answer(200, json.dumps({"BatchItemResponse": items}).encode())

    return trouble.Effect("all refused", change=change)


def refused(office: Office, code: str) -> Progress:
    """Send everything; QuickBooks takes none of it."""
    effect = refusing(code)
    office.world.sandbox.quickbooks.trouble.always(
        method="POST", path="/batch$", effect=effect
    )
    form = {**DAYS, "all_ready": "1"}
    asked = office.ask("POST", "/runs/confirmation", data=form)
    expected = re.search(r'name="expected" value="(\d+)"', asked.text)
    assert expected, asked.text
    office.ask("POST", "/runs", data={**form, "expected": expected[1]})
    office.world.work()
    return looked_at(office)


def looked_at(office: Office) -> Progress:
    with office.world.inside():
        found = progress(1, office.world.outside.common_now())
    assert found is not None
    return found


def renamed_in_quickbooks(office: Office) -> None:
    """Let the lists of QuickBooks have names that Clockify does not know."""
    company = office.world.company
    for kind, entity, name, new in (
        (Kind.EMPLOYEE, "Employee", EMILY, "Platt, Emily (deleted)"),
        (Kind.CUSTOMER, "Customer", CARS, "Cool Cars Ltd (deleted)"),
    ):
        number = company.id_of(entity, name)
        company.rename(entity, number, new)
        office.list(kind, number, new, path=new, company_id=office.company_id)


@pytest.mark.parametrize("count", [1, 2], ids=["alone", "in a group"])
def test_a_refusal_names_what_was_really_sent(office: Office, count: int) -> None:
    """The service of the task, the class of the tag and the location are named."""
    renamed_in_quickbooks(office)
    for _ in range(count):
        track(office)
    [group] = refused(office, "2500").groups
    assert group.count == count
    assert (
        "Platt, Emily, Cool Cars Ltd, Site design, class West or location Shop is not a"
        " record it knows." in group.text
    )
    assert "Platt, Emily's time for Cool Cars Ltd on 20 November 2026" in group.text
    assert "Users, Projects, Service or More fields" in group.cure


def test_what_was_sent_stays_named_though_the_choices_change(office: Office) -> None:
    """A link that is changed later changes nothing about what was refused."""
    track(office)
    track(office)
    assert "Site design" in refused(office, "2500").groups[0].text
    office.choose("item", "task", office.task.id, "")
    assert "Site design" in looked_at(office).groups[0].text


def test_a_record_that_no_list_holds_is_named_by_its_number(office: Office) -> None:
    """Clockify's name stands in for a customer; a service has its number."""
    track(office)
    track(office)
    refused(office, "2500")
    with office.world.inside():
        db.session.execute(
            db.delete(Listing).where(
                Listing.company_id == office.company_id,
                Listing.kind.in_((Kind.ITEM, Kind.CUSTOMER, Kind.CLASS)),
            )
        )
        db.session.commit()
    [group] = looked_at(office).groups
    assert f"{CARS}, service item number {office.design}, class number" in group.text


def test_an_inactive_location_is_found_to_be_the_culprit(office: Office) -> None:
    """The one record that is away is named alone, a location like any other."""
    track(office)
    refused(office, "610")
    office.list(
        Kind.DEPARTMENT,
        office.shop,
        "Shop (deleted)",
        active=False,
        company_id=office.company_id,
    )
    [group] = looked_at(office).groups
    assert group.text == "Shop is inactive in QuickBooks."
    assert group.cure.startswith("Make Shop active again in QuickBooks")


def test_looking_at_many_refusals_asks_for_their_names_once(office: Office) -> None:
    """The panel asks every few seconds: one query whatever the number of entries."""
    for _ in range(12):
        track(office)
    refused(office, "2500")
    asked: list[str] = []

    def look(*told: object) -> None:
        asked.append(str(told[2]))

    with office.world.inside():
        event.listen(db.engine, "before_cursor_execute", look)
        found = progress(1, office.world.outside.common_now())
        event.remove(db.engine, "before_cursor_execute", look)
    assert found is not None
    assert [group.count for group in found.groups] == [12]
    assert len([each for each in asked if "FROM listing" in each]) == 1


def test_a_refusal_of_time_without_a_customer_names_its_project(
    office: Office,
) -> None:
    """No customer was named, so none is missing; the project says which time it is."""
    office.track()
    office.track()
    refused(office, "2500")
    with office.world.inside():
        for piece in db.session.scalars(db.select(Piece)):
            body = json.loads(piece.body or "{}")
            del body["CustomerRef"]
            piece.body = json.dumps(body)
        db.session.commit()
    [group] = looked_at(office).groups
    assert f"time for {CARS} on" in group.text
    assert f": {EMILY} or location Shop is not" in group.text
