"""Entries alike but for a service: each one's activity is found and is its own."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from addon.records import db
from addon.records.receipt import Receipt
from addon.sandbox.trouble import Effect, Ending
from addon.transfer.send import send
from tests.office import DAYS, Office
from tests.world import Clock, World

BATCH = "/batch$"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A company with services, whose clock is moved by hand."""
    with World(tmp_path, clock=Clock(), sleep=time.sleep, entries=0) as world:
        yield Office(world)


@pytest.mark.parametrize("is_remembered", [True, False])
@pytest.mark.parametrize("plain_first", [True, False])
def test_p1_who_names_no_service_leaves_what_was_made_for_another(
    office: Office, plain_first: bool, is_remembered: bool
) -> None:
    """Two hours alike but for the service overtake each other: each is there once."""
    world, books = office.world, office.world.sandbox.quickbooks
    books.forget_request_ids(not is_remembered)
    office.choose("item", "task", office.task.id, office.design)
    facts = [{}, {"task_id": office.task.id}]
    plain, named = [
        office.track(**each) for each in (facts if plain_first else facts[::-1])
    ][:: 1 if plain_first else -1]
    form = {**DAYS, "all_ready": "1", "expected": "2"}
    assert "/runs/1" in office.ask("POST", "/runs", data=form).text

    def later(answer):
        world.clock.forward(3)
        return answer

    overtakes = Effect("overtakes", change=later, ending=Ending.DROPPED)
    is_slow = Effect("is slow", wait_before=4.0, ending=Ending.DROPPED)
    books.trouble.next(method="POST", path=BATCH, body='"ItemRef"', effect=overtakes)
    books.trouble.next(method="POST", path=BATCH, effect=is_slow)
    one_by_one = replace(world.outside, parcel=1)
    for _ in range(60):
        with world.app.app_context():
            send(one_by_one, office.company_id)
        world.clock.forward(30)
    rows = {row["Id"]: row for row in world.company.activities}
    with world.inside():
        found = db.session.scalars(db.select(Receipt)).all()
        receipts = {each.entry_id: rows[each.activity_id] for each in found}
    assert len(rows) == len(receipts) == 2
    assert receipts[named.id]["ItemRef"]["value"] == office.design
    assert receipts[plain.id].get("ItemRef", {}).get("value") != office.design
