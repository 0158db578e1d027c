"""Missing links on the screen: what waits, how it is mended, what is there already."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from addon.sandbox.quickbooks import activities
from tests.desk import CARS, EMILY, FORM, OLIVIA, Desk, a_desk, words

JANE = "Jane <b>Doe</b>"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A workspace in which Jane's three entries wait for her link."""
    with a_desk(tmp_path) as desk:
        desk.world.workspace.add_user(JANE)
        for days_ago in (1, 2, 3):
            desk.track(JANE, CARS, days_ago=days_ago, minutes=90)
        desk.world.work()
        desk.time.forward(3600)
        ask(desk, "POST", "/directory/refresh")
        desk.world.work()
        yield desk


def ask(desk: Desk, method: str, path: str, **more: Any) -> requests.Response:
    """Ask as Olivia's panel does."""
    answer = desk.world.ask(method, path, token=desk.world.token(OLIVIA), **more)
    answer.raise_for_status()
    return answer


def jane(desk: Desk) -> str:
    """Give the address of Jane's line."""
    return f"/waiting/user/{desk.world.user_id(JANE)}"


def attention(desk: Desk) -> str:
    """Open the tab of what needs attention."""
    found = ask(desk, "GET", "/entries", params={**FORM, "state": "attention"})
    return found.text


def test_f23_the_settings_say_who_waits_with_how_much(desk):
    """One line with name, entries, hours and money, as text and not as markup."""
    answer = ask(desk, "GET", "/waiting")
    said = words(answer)
    assert "1 link is missing" in said
    assert "3 entries wait, 4 h 30, 180.00 USD" in said
    assert "Jane &lt;b&gt;Doe&lt;/b&gt; : 3 entries, 4 h 30, 180.00 USD waiting" in said
    assert "<b>Doe" not in answer.text


def test_f23_the_settings_panel_holds_the_place_for_the_lines(desk):
    """The lines come with the panel, without anything being pressed."""
    panel = ask(desk, "GET", "/settings/panel").text
    assert panel.count('id="waiting-lines"') == 1


def test_f23_choosing_in_place_takes_the_line_away(desk):
    """Jane gets her record right there; the answer no longer names her."""
    answer = ask(desk, "PUT", jane(desk), data={"target": "employee:55"})
    assert "Jane" not in words(answer)
    assert answer.headers["HX-Trigger"] == "run-changed"
    assert "Jane" not in words(ask(desk, "GET", "/waiting"))
    found = ask(desk, "GET", "/entries", params={**FORM, "state": "ready"})
    assert "Ready 3" in words(found)


def test_f23_the_report_has_the_same_line_with_the_same_chooser(desk):
    """In “Needs attention” the line opens a chooser and the list follows the choice."""
    text = attention(desk)
    assert "4 h 30, 180.00 USD waiting" in re.sub(r"<[^>]+>", "", text)
    address = f"{jane(desk)}?place=report"
    assert f'hx-get="{address}"' in text
    chooser = ask(desk, "GET", address).text
    assert 'value="employee:55"' in chooser
    assert "create:" not in chooser
    form = {"target": "employee:55", "place": "report"}
    answer = ask(desk, "PUT", jane(desk), data=form)
    assert answer.headers["HX-Reswap"] == "none"
    assert answer.headers["HX-Trigger"] == "run-changed"
    assert "Needs attention 0" in re.sub(r"\s+", " ", words_of(attention(desk)))


def words_of(text: str) -> str:
    """Give what a person reads of markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def test_f23_members_see_neither_lines_nor_money(desk):
    """What waits is for admins; a member's list shows their own entries only."""
    token = desk.world.token("Mia Member")
    for path in ("/waiting", jane(desk), "/moving"):
        assert desk.world.ask("GET", path, token=token).status_code == 403
    listed = desk.world.ask(
        "GET", "/entries", token=token, params={**FORM, "state": "attention"}
    )
    assert "waiting-lines" not in listed.text
    assert "180.00" not in listed.text


def test_f23_a_record_that_is_gone_is_refused_in_words(desk):
    """Choosing what QuickBooks no longer lists leaves everything as it was."""
    refused = desk.world.ask(
        "PUT",
        jane(desk),
        token=desk.world.token(OLIVIA),
        data={"target": "employee:999"},
    )
    assert refused.status_code == 422
    assert "Choose another one" in words(refused)
    assert "Jane" in words(ask(desk, "GET", "/waiting"))


def test_an_unknown_kind_or_user_is_not_found(desk):
    """An address that names nothing shows nothing."""
    token = desk.world.token(OLIVIA)
    for path in ("/waiting/planet/1", "/waiting/user/nobody"):
        assert desk.world.ask("GET", path, token=token).status_code == 404


def test_f25_looking_shows_progress_and_then_the_result_in_words(desk):
    """Press the button, see that we look, then read how many are there already."""
    entry = desk.track(EMILY, CARS, minutes=60)
    record(desk, entry)
    begun = ask(desk, "POST", "/moving")
    assert "Comparing your unsent entries" in words(begun)
    assert 'hx-trigger="every 2s"' in begun.text
    desk.world.work()
    done = ask(desk, "GET", "/moving")
    assert "1 entry is in QuickBooks already" in words(done)
    assert "every 2s" not in done.text
    sent = ask(desk, "GET", "/entries", params={**FORM, "state": "sent"})
    assert "Already in QuickBooks" in words(sent)


def test_f25_undo_says_what_it_does_and_does_it(desk):
    """The mark is taken off with one click, and the entry can be sent."""
    record(desk, desk.track(EMILY, CARS, minutes=60))
    ask(desk, "POST", "/moving")
    desk.world.work()
    assert "Undo: send this entry after all" in words(ask(desk, "GET", "/moving"))
    undone = ask(desk, "DELETE", "/moving")
    assert "Undone." in words(undone)
    found = ask(desk, "GET", "/entries", params={**FORM, "state": "ready"})
    assert "Ready 1" in words(found)


def test_f25_dates_that_make_no_sense_are_refused(desk):
    """A last day before the first, or none, is refused in words."""
    token = desk.world.token(OLIVIA)
    for days in (
        {"start": "2026-11-02", "end": "2026-11-01"},
        {"start": "2026-11-02", "end": ""},
        {"start": "2020-01-01", "end": "2026-11-01"},
    ):
        answer = desk.world.ask("POST", "/moving", token=token, data=days)
        assert answer.status_code == 422, days


def record(desk: Desk, entry: Any) -> None:
    """Record an hour of Emily's as another integration would."""
    activities.write(
        desk.company,
        {
            "NameOf": "Employee",
            "EmployeeRef": {"value": "55"},
            "CustomerRef": {"value": "3"},
            "TxnDate": entry.start.date().isoformat(),
            "Hours": 1,
            "Minutes": 0,
            "BillableStatus": "Billable",
            "HourlyRate": 25,
        },
    )
