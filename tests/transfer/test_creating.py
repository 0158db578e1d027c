"""Missing records created in QuickBooks: listed, checked, made once, linked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from addon.records.directory import Side, directory
from addon.records.link import LinkKind
from addon.sandbox import trouble
from tests.transfer.test_linking import allow_creating, choose, linked_to, press, row
from tests.world import World


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, entries=0) as world:
        world.sandbox.clockify.rate_limit = None
        world.install()
        world.connect()
        yield world


def count(world: World, entity: str) -> int:
    return len(world.company.rows(entity))


def create(world: World, kind: LinkKind, name: str, what: str = "vendor") -> str:
    key = row(world, kind, name).clockify_id
    form = {"create": key, f"what-{key}": what}
    answer = press(world, "POST", f"/creating/{kind}", **form)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_nothing_is_created_until_an_admin_allows_it(world):
    """Creating is off at first: neither offered nor done."""
    assert "Create in QuickBooks" not in press(world, "GET", "/links/user").text
    before = count(world, "Vendor")
    key = row(world, LinkKind.USER, "Mia Member").clockify_id
    answer = press(world, "POST", "/creating/user", create=key)
    assert answer.status_code == 422
    assert "switched off" in answer.text
    assert count(world, "Vendor") == before


def test_choosing_to_create_asks_first(world):
    """The chooser's last choice opens a question; nothing is made yet."""
    allow_creating(world)
    before = count(world, "Employee")
    dialog = choose(world, LinkKind.USER, "Mia Member", "create:")
    assert "Create in QuickBooks?" in dialog
    assert '<option value="employee">' in dialog
    assert count(world, "Employee") == before


def test_an_employee_is_created_and_linked(world):
    """After the question the record exists once and is linked at once."""
    allow_creating(world)
    answer = create(world, LinkKind.USER, "Mia Member", "employee")
    assert "1 record created in QuickBooks and linked." in answer
    made = world.company.find("Employee", "Mia Member")
    assert made["PrimaryEmailAddr"]["Address"].startswith("mia.member@")
    assert row(world, LinkKind.USER, "Mia Member").target == f"employee:{made['Id']}"
    world.work()
    assert row(world, LinkKind.USER, "Mia Member").target == f"employee:{made['Id']}"


def test_companies_with_payroll_get_vendors_instead(world):
    """No employee is ever made where payroll needs details that only a person has."""
    world.company.set_payroll(True)
    press(world, "POST", "/directory/refresh")
    world.work()
    allow_creating(world)
    dialog = choose(world, LinkKind.USER, "Mia Member", "create:")
    assert "This company uses payroll" in dialog
    assert '<option value="employee">' not in dialog
    before = count(world, "Employee")
    create(world, LinkKind.USER, "Mia Member", "employee")
    assert count(world, "Employee") == before
    wanted = linked_to(world, "Vendor", "Mia Member")
    assert row(world, LinkKind.USER, "Mia Member").target == wanted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Roof: north", "takes no name with a colon"),
        ("COOL  cars", "already has the customer"),
        ("Pam seitz", "already has the vendor"),
        ("x" * 200, "parts of QuickBooks show"),
    ],
)
def test_names_are_checked_before_anything_is_called(world, name, words):
    """Forbidden signs and names that anybody bears already are told in the list."""
    allow_creating(world)
    world.workspace.add_project(name)
    press(world, "POST", "/directory/refresh")
    world.work()
    key = row(world, LinkKind.PROJECT, name).clockify_id
    dialog = press(world, "PUT", f"/links/project/{key}", target="create:").text
    assert words in dialog.replace("&#39;", "'")
    if "parts of" not in words:
        before = count(world, "Customer")
        assert words in create(world, LinkKind.PROJECT, name, "customer")
        assert count(world, "Customer") == before


def test_a_project_goes_under_its_clients_customer_which_is_made_first(world):
    """Client and project become customer and sub-customer, each made once."""
    allow_creating(world)
    world.workspace.add_client("Norrland AB")
    for name in ("Mast", "Bridge 7"):
        world.workspace.add_project(name, "Norrland AB")
    press(world, "POST", "/directory/refresh")
    world.work()
    before = count(world, "Customer")
    keys = [
        row(world, LinkKind.PROJECT, name).clockify_id for name in ("Mast", "Bridge 7")
    ]
    dialog = press(world, "GET", "/creating/project").text
    assert "customer under Norrland AB, which is created too" in dialog
    press(world, "POST", "/creating/project", create=keys)
    assert count(world, "Customer") == before + 3
    parent = world.company.id_of("Customer", "Norrland AB")
    assert world.company.find("Customer", "Mast")["ParentRef"]["value"] == parent
    found = row(world, LinkKind.PROJECT, "Bridge 7")
    assert found.target_name == "Norrland AB:Bridge 7"


def test_a_lost_answer_does_not_create_twice(world):
    """When QuickBooks' answer is lost, pressing again finds the same record."""
    allow_creating(world)
    before = count(world, "Vendor")
    world.sandbox.quickbooks.trouble.drop_answer_after_write()
    answer = create(world, LinkKind.USER, "Mia Member")
    assert "Try again: nothing is created twice." in answer
    assert count(world, "Vendor") == before + 1
    answer = create(world, LinkKind.USER, "Mia Member")
    assert "1 record created in QuickBooks and linked." in answer
    assert count(world, "Vendor") == before + 1
    wanted = linked_to(world, "Vendor", "Mia Member")
    assert row(world, LinkKind.USER, "Mia Member").target == wanted


def test_what_quickbooks_refuses_is_told_and_can_be_tried_again(world):
    """A name taken meanwhile is told in words; the next attempt is a new one."""
    allow_creating(world)
    number = world.company.add_vendor("Mia Member")
    answer = create(world, LinkKind.USER, "Mia Member")
    assert "already has somebody or something of this name" in answer
    world.company.rename("Vendor", number, "Mia Other")
    assert "1 record created" in create(world, LinkKind.USER, "Mia Member")


TROUBLE = {
    "busy": (trouble.throttled_xml(300), "QuickBooks asked us to slow down"),
    "disconnected": (
        trouble.answer(401, {"fault": {"error": [], "type": "AUTHENTICATION"}}),
        "QuickBooks no longer accepts the connection",
    ),
    "unclear": (trouble.html_502(), "QuickBooks did not answer"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_what_was_created_before_the_trouble_is_told_and_stays(world, name):
    """The second of three comes to nothing: the first is counted, linked and read."""
    allow_creating(world)
    for project in ("Mast", "Bridge 7", "Lamp"):
        world.workspace.add_project(project)
    press(world, "POST", "/directory/refresh")
    world.work()
    effect, said = TROUBLE[name]
    before = count(world, "Customer")
    world.sandbox.quickbooks.trouble.always(
        method="POST", path="/customer$", effect=effect, nth=2
    )
    names = ("Mast", "Bridge 7", "Lamp")
    keys = [row(world, LinkKind.PROJECT, each).clockify_id for each in names]
    answer = press(world, "POST", "/creating/project", create=keys)
    assert answer.status_code == 200
    assert "1 record created in QuickBooks and linked." in answer.text
    assert said in answer.text
    assert count(world, "Customer") == before + 1
    linked = [row(world, LinkKind.PROJECT, each).target for each in names]
    assert sum(bool(each) for each in linked) == 1
    with world.inside() as here:
        assert directory(here.id)[Side.QUICKBOOKS].stale_since is not None
