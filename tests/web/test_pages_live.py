"""Pages of the running add-on: what is answered, to whom, and where it goes."""

import re
from collections.abc import Iterator

import pytest

from tests.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A connected workspace that nobody sends anything from."""
    with World(tmp_path_factory.mktemp("pages"), entries=150) as world:
        world.install()
        world.connect()
        yield world


def asked(world: World, path: str, name: str = "Olivia Owen", **more) -> str:
    answer = world.ask("GET", path, token=world.token(name), **more)
    assert answer.status_code == 200, answer.text
    return answer.text


def opened(world: World, path: str, name: str = "Olivia Owen") -> str:
    """Open a page as Clockify does, with the token in the address."""
    answer = world.ask(
        "GET",
        path,
        params={"auth_token": world.token(name)},
        headers={"HX-Request": "", "Accept": "text/html"},
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def ready(world: World, **query: str) -> str:
    now = world.clock().date()
    year = {"start": now.replace(year=now.year - 1).isoformat(), "end": now.isoformat()}
    return asked(world, "/entries", params=year | query)


def test_the_settings_page_holds_its_panel(world):
    """What the page shows first is what a renewal of the panel answers."""
    page, panel = opened(world, "/settings"), asked(world, "/settings/panel")
    assert re.sub(r"\s+", " ", panel) in re.sub(r"\s+", " ", page)
    assert page.count('<select id="link-user-') >= 5


def test_no_page_repeats_the_token(world):
    """The token that Clockify puts into the address appears nowhere in the page."""
    token = world.token("Olivia Owen")
    for path in ("/settings", "/report", "/sidebar"):
        page = world.ask("GET", path, params={"auth_token": token}).text
        assert token not in page
        assert token.rsplit(".", 1)[1] not in page


def test_a_quiet_connection_does_not_ask_again(world):
    """A panel that waits for nothing leaves the server alone."""
    assert "every 2s" not in asked(world, "/connection")


def test_waiting_counts_up_and_ends_with_the_whole_panel(world):
    """Whoever waits for news sees the whole panel once it has come."""
    begun = world.ask("POST", "/directory/refresh", token=world.token("Olivia Owen"))
    assert 'hx-get="/connection?waiting=2"' in begun.text
    later = asked(world, "/connection", params={"waiting": "299"})
    assert 'hx-get="/connection?waiting=300"' in later
    given_up = asked(world, "/connection", params={"waiting": "300"})
    assert "every 2s" not in given_up
    assert "The check takes longer than usual." in given_up
    world.work()
    over = asked(world, "/connection", params={"waiting": "7"})
    assert 'hx-get="/settings/panel" hx-trigger="load"' in over


def test_a_choice_is_saved_and_can_be_taken_back(world):
    """Choosing a record answers with the one row, saved, and so does undoing it."""
    person = world.user_id("Mia Member")
    path = f"/links/user/{person}"
    listed = asked(world, "/links/user")
    value = re.search(r'<option value="(employee:\d+)"', listed)
    assert value is not None
    for target, words in (
        (value[1], "Chosen by hand"),
        ("", "Waiting for your choice"),
    ):
        token = world.token("Olivia Owen")
        row = world.ask("PUT", path, token=token, data={"target": target})
        assert row.status_code == 200
        assert row.text.count("<li") == 1
        assert "Saved." in row.text
        assert words in row.text


def test_unknown_lists_are_not_found(world):
    """Only users and projects can be linked."""
    token = world.token("Olivia Owen")
    assert world.ask("GET", "/links/planet", token=token).status_code == 404


def test_each_tab_shows_its_own_entries_and_all_counts(world):
    """Counts of all three tabs are there whichever tab is open."""
    for state, words in (("ready", "Ready"), ("attention", "Needs attention")):
        page = ready(world, state=state)
        assert page.count('role="tab"') == 3
        assert page.count('aria-selected="true"') == 1
        badges = set(re.findall(r'<span class="badge \w+">([^<]+)</span>', page))
        assert badges == {words}
    assert "Nothing has been sent" in ready(world, state="sent")


def test_totals_are_those_of_the_rows(world):
    """The number on the tab is the number of rows, over all pages."""
    first = ready(world)
    count = int(re.search(r'data-count="(\d+)"', first)[1])
    rows = len(re.findall(r'name="entry"', first))
    number = 1
    while "Show more" in first:
        number += 1
        first = ready(world, page=str(number))
        assert first.lstrip().startswith(f'<tbody id="entries-page-{number}"')
        rows += len(re.findall(r'name="entry"', first))
    assert rows == count > 0


def test_members_see_their_own_entries_only(world):
    """A team member finds no colleague in the sidebar, and nothing to send."""
    page = opened(world, "/sidebar", "Emily Platt")
    assert "Send time to QuickBooks</h1>" not in page
    now = world.clock().date()
    year = {"start": now.replace(year=now.year - 1).isoformat(), "end": now.isoformat()}
    listed = asked(world, "/entries", "Emily Platt", params=year)
    names = re.findall(r'<td data-label="User">([^<]+)', listed)
    assert set(names) == {"Emily Platt"}
    assert 'name="entry"' not in listed


@pytest.mark.parametrize(
    "query",
    [
        {"start": "2025-05-02", "end": "2025-05-01"},
        {"start": "2020-01-01", "end": "2025-01-01"},
        {"start": "soon", "end": "later"},
        {"start": "2025-05-01", "end": ""},
    ],
)
def test_impossible_periods_are_refused_in_words(world, query):
    """Dates that make no sense are answered with a sentence, not with nothing."""
    token = world.token("Olivia Owen")
    answer = world.ask("GET", "/entries", token=token, params=query)
    assert answer.status_code == 422
    assert "<p>Choose" in answer.text or "<p>The last day" in answer.text


def test_what_was_confirmed_is_what_is_sent(world):
    """If entries change after the question, the question is asked again."""
    now = world.clock().date()
    form = {
        "start": now.replace(year=now.year - 1).isoformat(),
        "end": now.isoformat(),
        "all_ready": "1",
    }
    token = world.token("Olivia Owen")
    dialog = world.ask("POST", "/runs/confirmation", token=token, data=form).text
    count = int(re.search(r'name="expected" value="(\d+)"', dialog)[1])
    assert f"Send {count} entries to Craig" in dialog.replace("&#39;", "'")
    wrong = world.ask(
        "POST", "/runs", token=token, data=form | {"expected": str(count + 1)}
    )
    assert wrong.headers["HX-Retarget"] == "#dialog"
    assert "Entries have changed in the meantime" in wrong.text
    assert "Nothing has been sent to Craig" in asked(world, "/runs")
