"""What changed since the last look is read with one call, or known to be unknown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from addon.quickbooks.changes import Changes, changed_since
from addon.quickbooks.client import PATIENCE, Client
from addon.quickbooks.errors import Malformed, Unreachable
from addon.rules.entry import Label
from addon.sandbox import trouble
from tests.sandbox.intuit_app import connected

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def app() -> Iterator:
    """Open Craig's company, a while after everything in it was made."""
    with connected() as made:
        made.clock.pass_(minutes=45)
        yield made


@pytest.fixture
def client(app, http: requests.Session) -> Client:
    """Speak to the company."""
    token = app.tokens["access_token"]
    return Client(http, app.server.origin, app.realm, lambda renew: token)


def look(client, app, *entities):
    now = app.clock.time
    return client.changed_since(now - HOUR / 2, *entities, now=now)


def test_nothing_changed_costs_one_read(client, app):
    """A quiet company is known to be quiet."""
    found = look(client, app)

    assert found == Changes(as_of=app.clock.time)
    assert (client.calls.reads, client.calls.writes) == (1, 0)


def test_what_changed_is_read_at_once(client, app):
    """New, renamed, inactive and merged records come with one metered read."""
    company = app.company
    zoe = company.add_employee("Zoe Zander")
    company.rename("Customer", "3", "Cooler Cars")
    company.deactivate("Vendor", "30")
    company.add_item("Digging", 40)
    company.merge("Customer", "5", "4")
    north = company.add("Class", Name="North")
    hall = company.add("Department", Name="Hall", Active=False)

    found = look(client, app)

    assert {(p.id, p.active) for p in found.people} == {(zoe, True), ("30", False)}
    customers = {c.id: c for c in found.customers}
    assert customers["3"].name == "Cooler Cars"
    assert (customers["4"].active, customers["5"].active) == (True, False)
    assert [item.name for item in found.items] == ["Digging"]
    assert found.classes == (Label(north, "North", "North"),)
    assert found.departments == (Label(hall, "Hall", "Hall", active=False),)
    assert found.deleted == {}
    assert found.complete
    assert client.calls.reads == 1


def test_what_is_gone_is_told_by_its_id(client, app):
    """A record that vanished is not mistaken for one without a name."""
    app.company.delete("Customer", "5")
    app.company.delete("Employee", "54")

    found = look(client, app)

    assert found.deleted == {"Customer": {"5"}, "Employee": {"54"}}
    assert (found.people, found.customers) == ((), ())


def test_products_are_no_services(client, app):
    """Only what can stand on a time activity counts as an item."""
    app.company.add_item("Fountain", 40, Type="NonInventory")

    assert look(client, app).items == ()


def test_only_what_was_asked_for_is_told(client, app):
    """News of customers does not bring news of people."""
    app.company.rename("Customer", "3", "Cooler Cars")
    app.company.deactivate("Vendor", "30")

    found = look(client, app, ["Customer"])

    assert [c.id for c in found.customers] == ["3"]
    assert found.people == ()


def test_a_thousand_changes_may_be_more(client, app):
    """QuickBooks stops at a thousand without a word, so we read everything anew."""
    for number in range(600):
        app.company.add_customer(f"C{number}")
    for number in range(399):
        app.company.add_vendor(f"V{number}")
    assert look(client, app).complete

    app.company.add_vendor("One more")
    assert not look(client, app).complete


def test_too_long_ago_is_not_asked(client, app):
    """QuickBooks forgets after thirty days, so we read everything anew."""
    now = app.clock.time
    found = client.changed_since(now - timedelta(days=29, seconds=1), now=now)

    assert found == Changes(complete=False)
    assert client.calls.reads == 0
    assert client.changed_since(now - timedelta(days=29), now=now).complete


def test_a_broken_line_is_tried_a_few_times(client, app):
    """Looking twice does no harm; then we say that QuickBooks cannot be reached."""
    app.server.trouble.next(effect=trouble.drop_before(), path="cdc")
    assert look(client, app).complete

    app.server.trouble.next(
        effect=trouble.drop_before(), path="cdc", times=len(PATIENCE)
    )
    with pytest.raises(Unreachable):
        look(client, app)


def test_the_moment_is_written_without_its_zone(wire, connect):
    """QuickBooks is asked in its own way of writing moments, never too late."""
    wire.say({"CDCResponse": [{"QueryResponse": [{}]}]})
    since = datetime.fromisoformat("2026-11-03T12:00:00.9+02:00")

    connect(wire.origin).changed_since(since, ["Class", "Class", "Item"], now=NOW)

    assert wire.heard[0].path.endswith("/cdc")
    assert wire.heard[0].question == {
        "entities": "Class,Item",
        "changedSince": "2026-11-03T10:00:00Z",
        "minorversion": "75",
    }


def ask(answer, *entities):
    return changed_since(
        lambda path, question: answer, NOW - HOUR, entities or ["Customer"], now=NOW
    )


@pytest.mark.parametrize("entities", [["TimeActivity"], [""], []])
def test_changes_nobody_can_tell_are_not_asked_for(entities):
    """Time activities are looked up by their day instead."""
    with pytest.raises(ValueError, match="no changes"):
        changed_since(lambda path, question: {}, NOW - HOUR, entities, now=NOW)


@pytest.mark.parametrize(
    "sections",
    [
        [{"Customer": [{"Id": "3", "DisplayName": "A"}], "totalCount": 2}],
        [{"Fault": {"Error": [{"code": "10000", "Message": "x"}]}}],
    ],
)
def test_a_part_that_was_kept_back_is_noticed(sections):
    """Half the news is not taken for all of it."""
    assert not ask({"CDCResponse": [{"QueryResponse": sections}]}).complete


def test_a_refused_part_is_noticed():
    """Half the news is not taken for all of it."""
    fault = {"Fault": {"Error": [{"code": "4001"}]}}

    assert not ask({"CDCResponse": [{"QueryResponse": [{}]}, fault]}).complete


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"CDCResponse": []},
        {"CDCResponse": {}},
        {"CDCResponse": ["text"]},
        {"CDCResponse": [{}]},
        {"CDCResponse": [{"QueryResponse": {}}]},
        {"CDCResponse": [{"QueryResponse": ["text"]}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": {}}]}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": ["text"]}]}]},
        {"CDCResponse": [{"QueryResponse": [{"Customer": [{"Name": "no id"}]}]}]},
    ],
)
def test_a_strange_answer_is_not_taken_for_no_news(answer):
    """An answer we cannot read is reported, not guessed at."""
    with pytest.raises(Malformed):
        ask(answer)


@pytest.mark.parametrize("moment", [None, "soon", "2026-11-03T10:00:00", 5])
def test_a_time_we_cannot_read_is_unknown(moment):
    """The next look then starts from our own clock."""
    answer = {"CDCResponse": [{"QueryResponse": [{}]}], "time": moment}

    assert ask(answer).as_of is None


def test_classes_and_locations_are_read_with_their_full_names(client, app):
    """The inactive ones too, so that a choice made long ago keeps its name."""
    north = app.company.add("Class", Name="North")
    parent = {"value": north}
    app.company.add("Class", Name="Coast", SubClass=True, ParentRef=parent)
    hall = app.company.add("Department", Name="Hall")
    app.company.deactivate("Department", hall)

    assert [label.path for label in client.classes()] == ["North", "North:Coast"]
    (found,) = client.departments()
    assert (found.id, found.active) == (hall, False)
