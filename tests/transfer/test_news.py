"""What changes on either side is known at once, at the price of very few calls."""

import uuid
from datetime import timedelta

import pytest

from addon.records import connection as connections
from addon.records import db, meter, notice
from addon.records.directory import Kind, Side, Topic, listings, rows_of
from addon.transfer.news import EVENTS
from addon.web.manifest import manifest
from tests.gossip import INTUIT
from tests.newsroom import connected, hour_later, lists, names, pulse, reads, tell


@pytest.fixture
def world(tmp_path):
    """A workspace and a company that are connected; nothing is waiting."""
    with connected(tmp_path) as one:
        yield one


def clear(topic: Topic) -> set[str]:
    """Which of Clockify's lists news of a topic makes us read."""
    return {
        Topic.USERS: {"users"},
        Topic.CLIENTS: {"clients", "projects"},
        Topic.PROJECTS: {"projects"},
        Topic.TASKS: {"projects"},
        Topic.ENTRIES: set(),
    }[topic]


def test_our_manifest_asks_for_exactly_the_events_we_know():
    """Twenty events, one path each, and each of them is news of something."""
    asked = [each["event"] for each in manifest()["webhooks"]]
    paths = {each["path"] for each in manifest()["webhooks"]}
    assert sorted(asked) == sorted(EVENTS)
    assert len(asked) == len(paths) == 20


def test_every_event_makes_us_read_what_it_is_about_and_nothing_else(world):
    """A renamed user costs a look at the users, not at three thousand projects."""
    one = world.workspace.installation
    for event, topic in EVENTS.items():
        headers = {
            "clockify-signature": one.webhook_tokens[event],
            "clockify-webhook-event-type": event,
        }
        path = f"/webhooks/{event.lower().replace('_', '-')}"
        done = world.ask("POST", path, headers=headers, json={"id": "1"})
        assert done.status_code == 204
        world.work()
        assert lists(world) == clear(topic), event
    with world.inside() as here:
        rows = {row.topic: row for row in rows_of(here.id, Side.CLOCKIFY)}
        assert rows[Topic.ENTRIES].news == 6
        assert not rows[Topic.ENTRIES].is_stale
    assert not reads(world)


def test_tasks_and_tags_are_known_too(world):
    """Tasks come with their projects, tags with the hour."""
    project = next(iter(world.workspace.projects.values()))
    world.workspace.add_task(project, "Digging")
    world.workspace.add_tag("Overtime")
    world.workspace.hooks.release()
    world.workspace.hooks.flush()
    world.work()
    assert "Digging" in names(world, Kind.TASK)
    hour_later(world)
    assert "Overtime" in names(world, Kind.TAG)


@pytest.mark.parametrize("form", ["cloudevents", "legacy"])
def test_news_from_intuit_costs_one_call_and_is_known_at_once(world, form):
    """A new, a renamed and a deactivated record arrive with one metered read."""
    since = len(world.company.changes)
    before = pulse(world)
    world.company.add_vendor("Vera Vendor")
    car = world.company.id_of("Customer", "Cool Cars")
    world.company.rename("Customer", car, "Cooler Cars")
    world.company.deactivate("Employee", world.company.id_of("Employee", "Emily Platt"))
    tell(world, since, form)
    world.work()
    assert reads(world) == ["cdc"]
    assert "Vera Vendor" in names(world, Kind.VENDOR)
    assert "Cooler Cars" in names(world, Kind.CUSTOMER)
    assert "Emily Platt" not in names(world, Kind.EMPLOYEE)
    assert pulse(world) > before


def test_news_of_the_settings_leaves_no_hole_in_what_is_known(world):
    """What changed in the lists is found although only the settings were read since."""
    world.company.add_vendor("Vera Vendor")
    since = len(world.company.changes)
    world.clock.forward(1200)
    world.company.set_payroll(True)
    tell(world, since)
    world.work()
    assert "cdc" not in reads(world)
    hour_later(world)
    assert "Vera Vendor" in names(world, Kind.VENDOR)


def test_a_renamed_customer_takes_along_what_lies_below_it(world):
    """Sub-customers are shown under their customer's new name at once."""
    top = world.company.add_customer("Orchard")
    world.company.add_customer("Pears", parent=top)
    tell(world)
    world.work()
    since = len(world.company.changes)
    world.company.rename("Customer", top, "Old Orchard")
    tell(world, since)
    world.work()
    with world.inside():
        held = connections.current()
        found = listings(Kind.CUSTOMER, company_id=held.company_id)
        assert "Old Orchard:Pears" in {row.path for row in found}


def test_a_replay_of_news_costs_nothing(world):
    """The same delivery a hundred times is the same as once."""
    since = len(world.company.changes)
    world.company.add_vendor("Vera Vendor")
    notices = world.sandbox.quickbooks.notices
    notices.format = "cloudevents"
    body = notices.body([(world.company.realm, world.company.changes[since])])
    headers = {"intuit-signature": notices.signature(body)}
    for _ in range(20):
        assert world.ask("POST", INTUIT, data=body, headers=headers).status_code == 200
        world.work()
    assert reads(world) == ["cdc"]


def test_news_we_cannot_place_is_answered_and_forgotten(world):
    """Companies we do not know and records we do not keep change nothing."""
    since = len(world.company.changes)
    world.company.add_vendor("Vera Vendor")
    notices = world.sandbox.quickbooks.notices
    body = notices.body([("4711", world.company.changes[since])])
    headers = {"intuit-signature": notices.signature(body)}
    assert world.ask("POST", INTUIT, data=body, headers=headers).status_code == 200
    world.work()
    assert not reads(world)


def test_what_is_kept_of_news_is_dropped_after_thirty_days(world):
    """We remember what we have heard for as long as Intuit may bring it again."""
    since = len(world.company.changes)
    world.company.add_vendor("Vera Vendor")
    tell(world, since)
    with world.inside():
        assert db.session.query(notice.Notice).count() == 1
    hour_later(world, hours=24 * 31)
    with world.inside():
        assert db.session.query(notice.Notice).count() == 0


def test_a_day_without_any_news_ends_right_and_its_calls_are_counted(world, capsys):
    """When every notice of a day is lost, each hour's sweep puts it right."""
    names_told = []
    for hour in range(24):
        mark = uuid.UUID(int=hour).hex[-4:]
        world.workspace.add_project(f"Silent {mark}")
        world.company.add_vendor(f"Quiet {mark}")
        world.workspace.hooks.forget()
        hour_later(world)
        assert f"Silent {mark}" in names(world, Kind.PROJECT)
        assert f"Quiet {mark}" in names(world, Kind.VENDOR)
        names_told += reads(world)
    calls, changes = len(names_told), names_told.count("cdc")
    with world.inside():
        held = connections.current()
        today = world.clock().date()
        days = [today - timedelta(days=back) for back in range(3)]
        counted = sum(meter.reads_on(held.company_id, day) for day in days)
    with capsys.disabled():
        print(f"\na day without news: {calls} metered reads, {changes} of changes")
    assert calls <= 24 + 14
    # Connecting and the first reading were counted on the same days.
    assert counted >= calls
