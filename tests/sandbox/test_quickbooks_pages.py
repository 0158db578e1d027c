"""The pages of the pretend QuickBooks, as a person uses them."""

from collections.abc import Iterator
from datetime import date

import pytest
import requests

from tests.sandbox.intuit_app import App, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


def page(app: App, path: str) -> str:
    answer = requests.get(f"{app.server.origin}{path}", timeout=5)
    assert answer.status_code == 200
    return answer.text


def press(app: App, path: str, **form: str) -> int:
    url = f"{app.server.origin}/company/{app.realm}{path}"
    return requests.post(url, data=form, timeout=5, allow_redirects=False).status_code


def test_the_companies_lead_to_their_time(app: App) -> None:
    """A link for each."""
    text = page(app, "/")
    assert f'href="/company/{app.realm}"' in text
    assert "Time activities" in text
    assert "Connected" in text


def test_time_shows_up_as_it_arrives(app: App) -> None:
    """Who, for whom, how long, at what price; the newest on top."""
    path = f"/company/{app.realm}/rows"
    assert "No time yet" in page(app, path)
    bill = {"BillableStatus": "Billable", "HourlyRate": 75.5}
    app.post("timeactivity", hours(CustomerRef={"value": "9"}, **bill))
    app.post("timeactivity", hours(Description="<b>Hedge</b>", Minutes=7))
    text = page(app, path)
    assert "Freeman Sporting Goods:55 Twin Lane" in text
    assert "75.50" in text
    assert "&lt;b&gt;Hedge&lt;/b&gt;" in text
    assert text.index("2:07") < text.index("2:00<")
    assert "<strong>4:07</strong> hours" in text


def test_time_given_by_the_clock_shows_its_length(app: App) -> None:
    """Nine to eleven less a break."""
    clock = {"StartTime": "09:00:00", "EndTime": "11:00:00", "BreakMinutes": 15}
    app.post("timeactivity", hours(Hours=None, Minutes=None, **clock))
    assert "1:45" in page(app, f"/company/{app.realm}")


def test_the_books_can_be_closed_on_the_page(app: App) -> None:
    """And opened again."""
    assert press(app, "/closing", until="2026-03-02", password="on") == 302
    assert app.company.settings.closed_until == date(2026, 3, 2)
    assert code_of(app.post("timeactivity", hours())) == "6210"
    assert press(app, "/closing", until="") == 302
    assert app.company.settings.closed_until is None
    assert press(app, "/closing", until="soon") == 400


def test_names_can_be_changed_on_the_page(app: App) -> None:
    """Rename, deactivate, make active."""
    assert press(app, "/lists/Employee/55", act="rename", name="Emily P.") == 302
    assert app.company.id_of("Employee", "Emily P.") == "55"
    press(app, "/lists/Employee/55", act="deactivate")
    assert "Emily P. (deleted)" in page(app, f"/company/{app.realm}/lists")
    press(app, "/lists/Employee/55", act="reactivate")
    assert app.company.find("Employee", "Emily P.")["Active"] is True
    assert press(app, "/lists/Employee/999", act="deactivate") == 404


def test_the_app_can_be_disconnected_on_the_page(app: App) -> None:
    """Its tokens are dead at once."""
    assert press(app, "/disconnect") == 302
    assert app.call("GET", "preferences").status_code == 401
    assert "Not connected" in page(app, f"/company/{app.realm}")
    answer = requests.get(f"{app.server.origin}/company/1", timeout=5)
    assert answer.status_code == 404
