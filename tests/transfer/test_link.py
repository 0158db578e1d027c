"""Who is who stays as people decided it, whatever is renamed on either side."""

import pytest

from addon.records import connection as connections
from addon.records import link as linking
from addon.records.directory import Kind, listings
from addon.records.link import LinkKind
from addon.transfer.link import choose
from addon.transfer.linked import NOBODY, LinkRow, link_page
from addon.transfer.outside import Refused
from addon.transfer.refresh import ask
from tests.world import Clock, World


def ready(tmp_path, database="") -> World:
    environ = {"DATABASE_URL": database} if database else {}
    clock = Clock()
    return World(tmp_path, entries=0, clock=clock, sleep=clock.forward, environ=environ)


def begin(world: World) -> None:
    world.install()
    assert world.connect().status_code == 200


def again(world: World) -> None:
    world.workspace.hooks.flush()
    with world.inside() as here:
        ask(world.outside, here)
    world.work(most=5)


def rows(world: World, kind: LinkKind) -> dict[str, LinkRow]:
    """Read the rows of the settings, by name."""
    with world.inside():
        held = connections.current()
        assert held is not None
        return {row.name: row for row in link_page(held.company_id, kind).rows}


def link(world: World, kind: LinkKind, name: str, target: str) -> LinkRow:
    clockify_id = rows(world, kind)[name].clockify_id
    with world.inside() as here:
        return choose(world.outside, world.viewer(here), kind, clockify_id, target)


def target_of(world: World, entity: str, name: str) -> str:
    return f"{entity.lower()}:{world.company.id_of(entity, name)}"


def test_what_is_certain_is_linked_by_itself_and_says_why(database, tmp_path):
    """After connecting, equal e-mails, names and paths are linked, with the reason."""
    with ready(tmp_path, database) as world:
        begin(world)
        users = rows(world, LinkKind.USER)
        assert users["Emily Platt"].target == target_of(
            world, "Employee", "Emily Platt"
        )
        assert users["Emily Platt"].origin == "email"
        assert users["Pam Seitz"].target == target_of(world, "Vendor", "Pam Seitz")
        assert users["Adam Ashe"].target == ""
        assert users["Adam Ashe"].is_waiting
        projects = rows(world, LinkKind.PROJECT)
        lane = projects["55 Twin Lane"]
        assert (lane.origin, lane.target_name) == (
            "path",
            "Freeman Sporting Goods:55 Twin Lane",
        )
        assert projects["Rondonuwu Fruit & Veg"].target == ""


def test_renaming_on_either_side_breaks_no_link(database, tmp_path):
    """Links are kept by id, so new names on both sides change nothing."""
    with ready(tmp_path, database) as world:
        begin(world)
        before = {name: row.target for name, row in rows(world, LinkKind.USER).items()}
        world.workspace.rename_user("Emily Platt", "E. Platt-Jones")
        world.workspace.change_email("E. Platt-Jones", "new@mail.example")
        emily = world.company.id_of("Employee", "Emily Platt")
        world.company.rename("Employee", emily, "Emily Jones")
        world.workspace.rename_project("55 Twin Lane", "Twin Lane, new wing")
        again(world)
        after = rows(world, LinkKind.USER)
        assert after["E. Platt-Jones"].target == before["Emily Platt"]
        assert after["E. Platt-Jones"].target_name == "Emily Jones"
        lane = rows(world, LinkKind.PROJECT)["Twin Lane, new wing"]
        assert lane.target == target_of(world, "Customer", "55 Twin Lane")


def test_a_pair_that_was_parted_is_never_linked_again_by_itself(database, tmp_path):
    """What a person took apart stays apart until a person joins it again."""
    with ready(tmp_path, database) as world:
        begin(world)
        assert link(world, LinkKind.USER, "Emily Platt", "").target == ""
        for _ in range(3):
            again(world)
            assert rows(world, LinkKind.USER)["Emily Platt"].target == ""
        target = target_of(world, "Employee", "Emily Platt")
        row = link(world, LinkKind.USER, "Emily Platt", target)
        assert (row.target, row.origin) == (target, "hand")
        again(world)
        assert rows(world, LinkKind.USER)["Emily Platt"].origin == "hand"


def test_between_two_candidates_nobody_is_chosen(tmp_path):
    """Two equal customers, or two equal people, are left to a person."""
    with ready(tmp_path) as world:
        world.company.add_vendor(
            "Adam Ashe", PrimaryEmailAddr={"Address": "a@a.example"}
        )
        world.company.add_employee("Adam  Ashe")
        world.workspace.add_project("Twin")
        first = world.company.id_of("Customer", "Cool Cars")
        second = world.company.id_of("Customer", "Mark Cho")
        world.company.add_customer("Twin", parent=first)
        world.company.add_customer("Twin", parent=second)
        begin(world)
        assert rows(world, LinkKind.USER)["Adam Ashe"].target == ""
        assert rows(world, LinkKind.PROJECT)["Twin"].target == ""


def test_inactive_and_unknown_records_cannot_be_chosen(tmp_path):
    """A record that is inactive or gone in QuickBooks is refused in words."""
    with ready(tmp_path) as world:
        begin(world)
        bill = world.company.id_of("Employee", "Bill Lucchini")
        world.company.deactivate("Employee", bill)
        again(world)
        with pytest.raises(Refused, match="inactive in QuickBooks"):
            link(world, LinkKind.USER, "Adam Ashe", f"employee:{bill}")
        for target in ("employee:999", "customer:1", "nonsense", NOBODY, "item:1"):
            with pytest.raises((Refused, ValueError), match="does not list"):
                link(world, LinkKind.USER, "Adam Ashe", target)
        assert rows(world, LinkKind.USER)["Adam Ashe"].target == ""


def test_a_linked_person_who_becomes_inactive_is_pointed_out(tmp_path):
    """A link whose record was made inactive stays, and says that it needs a choice."""
    with ready(tmp_path) as world:
        begin(world)
        emily = world.company.id_of("Employee", "Emily Platt")
        world.company.deactivate("Employee", emily)
        again(world)
        row = rows(world, LinkKind.USER)["Emily Platt"]
        assert row.target == f"employee:{emily}"
        assert "is inactive in QuickBooks" in row.trouble
        world.company.reactivate("Employee", emily)
        again(world)
        assert rows(world, LinkKind.USER)["Emily Platt"].trouble == ""


def test_a_refused_choice_leaves_the_link_as_it_was(tmp_path):
    """A choice that is refused over HTTP changes nothing at all."""
    with ready(tmp_path) as world:
        begin(world)
        before = rows(world, LinkKind.USER)["Emily Platt"]
        answer = world.ask(
            "PUT",
            f"/links/user/{before.clockify_id}",
            token=world.token("Olivia Owen"),
            data={"target": "employee:999"},
        )
        assert answer.status_code == 422
        assert "does not list" in answer.text
        assert rows(world, LinkKind.USER)["Emily Platt"] == before


def test_a_project_without_a_customer_is_a_choice_of_its_own(tmp_path):
    """Inner work can be linked to nobody, on purpose."""
    with ready(tmp_path) as world:
        begin(world)
        row = link(world, LinkKind.PROJECT, "Office and yard", NOBODY)
        assert (row.target, row.is_waiting) == (NOBODY, False)
        again(world)
        assert rows(world, LinkKind.PROJECT)["Office and yard"].target == NOBODY


def test_another_company_begins_without_links_and_the_first_keeps_its_own(tmp_path):
    """Connecting another company mixes nothing up; coming back finds all links."""
    with ready(tmp_path) as world:
        second = world.sandbox.quickbooks.add_company("other")
        begin(world)
        first_links = {n: r.target for n, r in rows(world, LinkKind.USER).items()}
        answer = world.connect(realm=second.realm)
        assert "another company than before" in answer.text
        assert not any(row.target for row in rows(world, LinkKind.USER).values())
        with world.inside():
            held = connections.current()
            assert held is not None
            ours = listings(Kind.EMPLOYEE, company_id=held.company_id)
            assert {row.name for row in ours} == {"Hanna Harbor", "Hugo Harbor"}
            assert linking.links(held.company_id, LinkKind.USER) == {}
        world.connect(realm=world.company.realm)
        assert {
            n: r.target for n, r in rows(world, LinkKind.USER).items()
        } == first_links
