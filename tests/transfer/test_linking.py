"""Who is who: suggestions, the four choices, creating in QuickBooks, and undo."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from addon.records import db
from addon.records.connection import current
from addon.records.link import LinkKind
from addon.records.preferences import preferences
from addon.transfer import linked
from addon.transfer.linked import LinkRow
from tests.world import World

OLIVIA = "Olivia Owen"


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, entries=0) as world:
        world.sandbox.clockify.rate_limit = None
        world.install()
        world.connect()
        yield world


def press(world: World, method: str, path: str, **form: object) -> requests.Response:
    """Press something on the settings page."""
    return world.ask(method, path, token=world.token(OLIVIA), data=form)


def row(world: World, kind: LinkKind, name: str) -> LinkRow:
    """Look at one row of a list."""
    with world.inside():
        held = current()
        assert held is not None
        rows = linked.read(held.company_id, kind).rows
        return next(each for each in rows if each.name == name)


def choose(world: World, kind: LinkKind, name: str, target: str, **form: str) -> str:
    """Choose something in a row; give the row that is answered."""
    path = f"/links/{kind}/{row(world, kind, name).clockify_id}"
    answer = press(world, "PUT", path, target=target, **form)
    assert answer.status_code == 200, answer.text
    return answer.text


def allow_creating(world: World) -> None:
    with world.inside() as here:
        held = current()
        assert held is not None
        kept = preferences(here.id, held.company_id)
        kept.may_create = True
        db.session.add(kept)
        db.session.commit()


def look_again(world: World) -> None:
    """Have both sides' lists read again."""
    assert press(world, "POST", "/directory/refresh").status_code == 200
    world.work()


def linked_to(world: World, entity: str, name: str) -> str:
    return f"{entity.lower()}:{world.company.id_of(entity, name)}"


def test_a_similar_name_is_suggested_with_its_reason_and_linked_by_one_press(world):
    """A project that is nearly called like a customer shows it, and why."""
    name, target = "Rondonuwu Fruit & Veg", "Rondonuwu Fruit and Vegi"
    [offer] = row(world, LinkKind.PROJECT, name).offers
    assert (offer.name, offer.reason) == (target, "Similar name")
    page = press(world, "GET", "/links/project").text
    assert f'Accept<span class="unseen"> {target}</span>' in page
    answer = choose(world, LinkKind.PROJECT, name, offer.value, suggestion="1")
    assert "Suggestion accepted." in answer
    found = row(world, LinkKind.PROJECT, name)
    assert (found.target, found.offers) == (offer.value, ())


def test_all_clear_suggestions_are_listed_and_accepted_together(world):
    """Two people with one clear candidate each are linked, a third is asked about."""
    for name in ("Anna Krüger", "Petra Simek", "Zoe Brown"):
        world.workspace.add_user(name)
    for name in ("Anna Krueger", "P. Simek", "Z. Brown"):
        world.company.add_employee(name)
    world.company.add_vendor("Zoë Brown GmbH")
    look_again(world)
    assert "Accept all 2 suggestions" in press(world, "GET", "/links/user").text
    dialog = press(world, "GET", "/links/user/suggestions").text
    pairs = [
        unescape(each) for each in re.findall(r'name="pair" value="([^"]+)"', dialog)
    ]
    assert len(pairs) == 2
    answer = press(world, "POST", "/links/user/suggestions", pair=pairs)
    assert "2 suggestions accepted." in answer.text
    anna = row(world, LinkKind.USER, "Anna Krüger")
    assert anna.target == linked_to(world, "Employee", "Anna Krueger")
    assert not row(world, LinkKind.USER, "Zoe Brown").target


def test_only_what_was_listed_is_accepted(world):
    """A pair that nobody suggested is not linked, whatever is posted."""
    mia = row(world, LinkKind.USER, "Mia Member").clockify_id
    emily = linked_to(world, "Employee", "Emily Platt")
    answer = press(
        world, "POST", "/links/user/suggestions", pair=[f"{mia}={emily}", "x"]
    )
    assert "0 suggestions accepted." in answer.text
    assert not row(world, LinkKind.USER, "Mia Member").target


def test_an_inactive_record_is_named_but_cannot_be_accepted(world):
    """Whoever was made inactive in QuickBooks is no one-press suggestion."""
    number = world.company.add_employee("Kim Kiosk")
    world.company.deactivate("Employee", number)
    look_again(world)
    found = row(world, LinkKind.USER, "Kim Kiosk")
    assert [offer.can_accept for offer in found.offers] == [False]
    page = press(world, "GET", "/links/user").text
    assert "Accept Kim Kiosk" not in page
    assert "inactive record" in page


def test_what_is_left_out_is_no_longer_waited_for(world):
    """Leaving somebody out is a choice that stays, and can be taken back."""
    answer = choose(world, LinkKind.USER, "Kim Kiosk", "out:")
    assert "Left out." in answer
    look_again(world)
    found = row(world, LinkKind.USER, "Kim Kiosk")
    assert (found.target, found.is_waiting, found.is_linked) == ("out:", False, False)
    assert "Kim Kiosk" in press(world, "GET", "/links/user?show=out").text
    assert "Emily Platt</label>" not in press(world, "GET", "/links/user?show=out").text


def test_a_choice_put_off_comes_back_when_something_changes(world):
    """Deciding later hides a project until it is renamed."""
    choose(world, LinkKind.PROJECT, "Office and yard", "later:")
    assert not row(world, LinkKind.PROJECT, "Office and yard").is_waiting
    look_again(world)
    assert not row(world, LinkKind.PROJECT, "Office and yard").is_waiting
    world.workspace.rename_project("Office and yard", "Office, yard and shed")
    look_again(world)
    assert row(world, LinkKind.PROJECT, "Office, yard and shed").is_waiting


def test_somebody_put_off_is_linked_once_it_is_certain(world):
    """A new employee of exactly the same name ends the putting off."""
    choose(world, LinkKind.USER, "Mia Member", "later:")
    world.company.add_employee("Mia Member")
    look_again(world)
    wanted = linked_to(world, "Employee", "Mia Member")
    assert row(world, LinkKind.USER, "Mia Member").target == wanted


def test_a_leaver_keeps_the_link_and_is_not_waited_for(world):
    """Who has left stays linked; who has left without a link is of no interest."""
    world.workspace.deactivate_user("Emily Platt")
    world.workspace.deactivate_user("Kim Kiosk")
    look_again(world)
    emily = row(world, LinkKind.USER, "Emily Platt")
    assert emily.is_linked
    assert not emily.is_waiting
    page = press(world, "GET", "/links/user").text
    assert "Emily Platt</label>" in page
    assert "Kim Kiosk" not in page


def test_an_inactive_record_is_the_reason_and_another_can_be_chosen(world):
    """When the linked employee is made inactive, the row says so and waits."""
    emily = world.company.id_of("Employee", "Emily Platt")
    world.company.deactivate("Employee", emily)
    look_again(world)
    found = row(world, LinkKind.USER, "Emily Platt")
    assert "is inactive in QuickBooks. Choose another one." in found.trouble
    assert found.is_waiting
    choose(world, LinkKind.USER, "Emily Platt", linked_to(world, "Vendor", "Pam Seitz"))
    assert not row(world, LinkKind.USER, "Emily Platt").is_waiting


def test_the_history_tells_who_linked_what_and_takes_it_back(world):
    """Each change has its author, its reason and a way back, step by step."""
    choose(world, LinkKind.USER, "Emily Platt", "out:")
    page = press(world, "GET", "/history").text
    assert "Emily Platt → <strong>left out</strong>" in page
    assert "By itself" in page
    assert "same e-mail address" in page
    number = re.search(r'hx-post="/history/(\d+)/undo"', page)
    assert number is not None
    done = press(world, "POST", f"/history/{number[1]}/undo")
    assert "Taken back: Emily Platt" in done.text
    wanted = linked_to(world, "Employee", "Emily Platt")
    assert row(world, LinkKind.USER, "Emily Platt").target == wanted
    again = press(world, "POST", f"/history/{number[1]}/undo")
    assert again.status_code == 422
    assert "has been changed since" in again.text


def test_what_was_linked_by_itself_and_taken_back_stays_apart(world):
    """Taking back an automatic link is respected by the next reading."""
    page = press(world, "GET", "/history").text
    line = re.search(r'aria-label="Undo: Emily Platt[^>]+/history/(\d+)/undo', page)
    assert line is not None
    assert press(world, "POST", f"/history/{line[1]}/undo").status_code == 200
    look_again(world)
    assert row(world, LinkKind.USER, "Emily Platt").is_waiting


def test_an_open_page_learns_that_something_has_changed(world):
    """The pulse is silent while nothing happens, and calls after a choice."""
    seen = re.search(r'seen=(\d+)"', press(world, "GET", "/pulse?seen=-1").text)
    assert seen is not None
    assert press(world, "GET", f"/pulse?seen={seen[1]}").status_code == 204
    choose(world, LinkKind.USER, "Kim Kiosk", "later:")
    news = press(world, "GET", f"/pulse?seen={seen[1]}")
    assert (news.status_code, news.headers["HX-Trigger"]) == (200, "news")


@pytest.mark.parametrize("target", ["planet:1", "customer:1", "none:", "employee:99"])
def test_users_cannot_be_linked_to_just_anything(world, target):
    """A customer, nobody or an unknown record is refused in words."""
    mia = row(world, LinkKind.USER, "Mia Member").clockify_id
    answer = press(world, "PUT", f"/links/user/{mia}", target=target)
    assert answer.status_code == 422
    assert "Choose another one." in answer.text
