"""Further fields: chosen by people, shown with their rule, and sent as shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon.records import connection, db
from addon.records.dimension import dimension_links, follow_merge
from addon.records.directory import Kind, Listing
from addon.records.journal import JournalLine
from addon.records.link import Link, LinkKind
from addon.records.preferences import preferences
from addon.transfer.facts import facts_of
from tests.office import EMILY, MONDAY, Office
from tests.world import Clock, World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The office, before anybody has tracked or chosen anything."""
    clock = Clock(MONDAY)
    with World(tmp_path, clock=clock, sleep=clock.forward, entries=0) as world:
        yield Office(world)


def test_what_the_preview_shows_is_what_arrives(office):
    """Service, class and location are shown with their rule and arrive as shown."""
    for choice in (
        ("item", "task", office.task.id, office.design),
        ("class", "tag", office.tag.id, office.west),
        ("location", "fixed", "all", office.shop),
    ):
        answer = office.choose(*choice)
        assert answer.status_code == 200, answer.text
        assert "Saved." in answer.text
    office.track(task_id=office.task.id, tag_ids=[office.tag.id])
    shown = office.listed()
    for line in (
        "Site design (Task “Drawing”)",
        "West (Tag “Outdoors”)",
        "Shop (Fixed for all time)",
        "Cool Cars (Project “Cool Cars”)",
    ):
        assert line in shown
    row = office.send()
    assert row["ItemRef"]["value"] == office.design
    assert row["ClassRef"]["value"] == office.west
    assert row["DepartmentRef"]["value"] == office.shop


def test_without_choices_nothing_more_is_sent(office):
    """Whoever never opens these settings gets time without class and location."""
    office.track()
    shown = office.listed()
    assert "None sent (QuickBooks puts its own default)" in shown
    assert "Nothing says which class this entry of Emily Platt has." in shown
    row = office.send()
    assert not {"ClassRef", "DepartmentRef"} & set(row)


def test_time_without_a_class_waits_where_one_is_needed(office):
    """Insisting on a class holds such time until a class is chosen."""
    office.track()
    form = {"dimension": "class", "needed": "yes"}
    answer = office.ask("PUT", "/preferences/needed", data=form)
    assert 'value="yes" checked' in answer.text
    held = office.listed("attention")
    assert "Nothing says which class this entry of Emily Platt has." in held
    office.choose("class", "project", office.project.id, office.west)
    assert "West (Project “Cool Cars”)" in office.listed()
    form["needed"] = ""
    answer = office.ask("PUT", "/preferences/needed", data=form)
    assert "checked" not in answer.text


def test_a_company_that_tracks_no_classes_is_not_asked_about_them(office):
    """Classes that QuickBooks would refuse are neither offered nor sent."""
    office.choose("class", "fixed", "all", office.west)
    office.world.company.settings.classes = False
    with office.world.inside():
        held = connection.current()
        held.company.facts = {**held.company.facts, "tracks_classes": False}
        db.session.commit()
        assert facts_of(held.company).tracks_classes is False
    page = office.ask("GET", "/preferences/fields", params={"dimension": "class"})
    assert "This company does not track classes" in page.text
    assert 'name="target"' not in page.text
    office.track()
    assert "ClassRef" not in office.send()


def test_a_new_project_of_a_known_client_uses_its_fallback(office):
    """Before anybody links a new project its time goes to the client's customer."""
    workspace = office.world.workspace
    client = workspace.add_client("Weiskopf Consulting")
    project = workspace.add_project("Hedge", client=client)
    office.list(Kind.CLIENT, client.id, client.name)
    office.track(project, billable=False)
    assert "is not linked to a customer" in office.listed("attention")
    customer = office.world.company.id_of("Customer", "Weiskopf Consulting")
    office.choose("customer", "client", client.id, customer)
    assert "(Fallback of client “Weiskopf Consulting”)" in office.listed()
    assert office.send()["CustomerRef"]["value"] == customer


@pytest.mark.parametrize("facts", [{"active": False}, {"gone": True, "active": False}])
def test_a_choice_that_is_no_longer_active_holds_its_time(office, facts):
    """A retired service is named as the reason, and another can be chosen."""
    office.choose("item", "project", office.project.id, office.design)
    office.list(Kind.ITEM, office.design, "Site design", **facts)
    office.track()
    held = office.listed("attention")
    assert "The service Site design is inactive in QuickBooks." in held
    page = office.ask("GET", "/preferences/fields", params={"dimension": "item"})
    assert "Choose another one." in page.text


def test_a_default_that_is_not_listed_is_never_replaced_in_silence(office):
    """Time is held rather than sent under a service that nobody chose."""
    office.track()
    with office.world.inside() as here:
        kept = preferences(here.id, office.company_id)
        kept.item_id = "4711"
        db.session.add(kept)
        db.session.commit()
    assert "is inactive in QuickBooks" in office.listed("attention")


@pytest.mark.parametrize(
    ("dimension", "source", "number", "target", "said"),
    [
        ("item", "project", "unknown", "1", "Clockify does not list this one"),
        ("item", "client", "unknown", "1", "Clockify does not list this one"),
        ("class", "fixed", "always", "1", "Clockify does not list this one"),
        ("class", "fixed", "all", "4711", "QuickBooks does not list this record"),
        ("class", "fixed", "all", "a\0b", "QuickBooks does not list this record"),
        ("colour", "fixed", "all", "1", "This field does not exist"),
        ("item", "planet", "all", "1", "This field does not exist"),
    ],
)
def test_nonsense_is_refused_in_words(office, dimension, source, number, target, said):
    """Only what both sides list can be chosen."""
    answer = office.choose(dimension, source, number, target)
    assert answer.status_code == 422
    assert said in answer.text


def test_only_classes_and_locations_can_be_required(office):
    """A service can always be left to QuickBooks."""
    form = {"dimension": "item", "needed": "yes"}
    answer = office.ask("PUT", "/preferences/needed", data=form)
    assert answer.status_code == 422


def test_a_choice_is_taken_back_and_both_are_written_down(office):
    """Who chose what, and what it was before, can be read later."""
    office.choose("class", "fixed", "all", office.west)
    office.choose("class", "fixed", "all", "")
    with office.world.inside():
        assert dimension_links(office.company_id) == []
        lines = db.session.scalars(
            db.select(JournalLine).where(JournalLine.event == "field chosen")
        )
        changes = [(each.details["before"], each.details["after"]) for each in lines]
    assert changes == [("", office.west), (office.west, "")]


def test_choices_follow_a_merge(office):
    """When two classes become one in QuickBooks, the choice points to what is left."""
    office.choose("class", "fixed", "all", office.west)
    with office.world.inside():
        assert follow_merge(office.company_id, Kind.ITEM, office.west, "9") == 0
        assert follow_merge(office.company_id, Kind.CLASS, office.west, "9") == 1
        [link] = dimension_links(office.company_id)
        assert link.target_id == "9"


def test_what_is_left_out_says_so(office):
    """Time of a user left out on purpose is no error of anybody."""
    office.track()
    with office.world.inside():
        link = db.session.scalar(
            db.select(Link).where(
                Link.kind == LinkKind.USER,
                Link.clockify_id == office.world.user_id(EMILY),
            )
        )
        link.target, link.target_id = "out", ""
        db.session.commit()
    shown = office.listed("attention") + office.listed("excluded")
    assert "Emily Platt is left out on purpose." in shown


def test_many_projects_are_searched_and_paged(office):
    """With hundreds of projects one is found by its name, fifty show at a time."""
    with office.world.inside() as here:
        db.session.add_all(
            Listing(
                installation_id=here.id,
                kind=Kind.PROJECT,
                foreign_id=f"p{number}",
                name=f"Garden {number}",
                path="Park",
                details={},
            )
            for number in range(200)
        )
        db.session.commit()
    office.choose("item", "project", "p123", office.design)
    page = office.ask("GET", "/preferences/fields").text
    assert page.count("<li") == 50
    assert page.index("Garden 123") < page.index("Garden 0")
    assert "Service item (1 chosen)" in page
    found = office.ask("GET", "/preferences/fields", params={"search": "garden 77"})
    assert found.text.count("<li") == 1
    far = office.ask("GET", "/preferences/fields", params={"page": "999"})
    last = re.search(r"Page (\d+) of (\d+)", far.text)
    assert last is not None
    assert last[1] == last[2]


def test_the_settings_stay_folded_until_they_are_used(office):
    """A small workspace sees one closed line; once used, the choices are open."""
    assert 'hx-get="/preferences/more"' in office.ask("GET", "/settings/panel").text
    folded = office.ask("GET", "/preferences/more").text
    assert "toggle once" in folded
    assert " open" not in folded.partition(">")[0]
    office.choose("class", "fixed", "all", office.west)
    used = office.ask("GET", "/preferences/more").text
    assert " open" in used.partition(">")[0]
    assert 'id="fields-dimension"' in used
