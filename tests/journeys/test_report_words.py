"""What the report says about runs is so at this moment, and about this company."""

from html import unescape

import requests

from addon.sandbox import trouble
from tests.desk import EMILY, FORM, JOHN, OLIVIA, Desk, words


def ask(desk: Desk, method: str, path: str, **query: str) -> requests.Response:
    """Ask as Olivia's panel does."""
    token = desk.world.token(OLIVIA)
    answer = desk.world.ask(method, path, token=token, params=query)
    answer.raise_for_status()
    return answer


def read(desk: Desk, path: str, **query: str) -> str:
    """Read a part of the panel."""
    return unescape(words(ask(desk, "GET", path, **query)))


def test_what_is_being_sent_is_not_counted_as_sent(desk: Desk) -> None:
    """The tab counts what is in QuickBooks, and says how much is on its way."""
    desk.track(EMILY)
    desk.track(JOHN, minutes=30)
    desk.begin()
    seen = read(desk, "/entries", state="sent", **FORM)
    assert "Sent 0 · 0 min · 2 being sent" in seen
    assert "2 entries being sent, 1 h 30" in seen
    assert seen.count("Being sent") == 2
    desk.settle()
    seen = read(desk, "/entries", state="sent", **FORM)
    assert "Sent 2 · 1 h 30" in seen
    assert "being sent" not in seen


def test_stopping_lets_the_list_follow(desk: Desk) -> None:
    """What a stopped run lets go of is ready again in the list, without a reload."""
    desk.track()
    number = desk.begin()
    assert ask(desk, "DELETE", f"/runs/{number}").headers["HX-Trigger"] == "run-changed"


def test_a_stopped_run_that_cannot_ask_promises_no_more_sending(desk: Desk) -> None:
    """While QuickBooks is away a stopping run says what is looked up, and no more."""
    desk.track()
    desk.trouble.next(method="POST", path="batch", effect=trouble.drop_after())
    number = desk.begin()
    desk.world.work()
    desk.trouble.always(effect=trouble.html_502())
    ask(desk, "DELETE", f"/runs/{number}")
    for _ in range(3):
        desk.once()
        desk.time.forward(60)
    seen = read(desk, f"/runs/{number}")
    assert "Nothing more is sent. QuickBooks has not answered since" in seen
    assert "what may have arrived is looked up as soon as it is back" in seen
    assert "goes on by itself" not in seen


def test_the_history_tells_of_finished_transfers_only(desk: Desk) -> None:
    """No row stands still while its run goes on: that one is shown by its card."""
    assert f"Nothing has been sent to {desk.company.name} yet." in read(desk, "/runs")
    desk.track()
    number = desk.begin()
    seen = read(desk, "/runs")
    assert f"No transfer to {desk.company.name} is finished yet." in seen
    assert "0 of 1" not in seen
    card = f'id="run-{number}-progress"'
    assert card in ask(desk, "GET", "/settings/panel").text
    desk.settle()
    assert "1 of 1" in read(desk, "/runs")
    assert card not in ask(desk, "GET", "/settings/panel").text


def test_the_history_names_the_company_that_nothing_was_sent_to(desk: Desk) -> None:
    """Under another company's waiting run it is said whose history is empty."""
    desk.track()
    desk.begin()
    ask(desk, "DELETE", "/connection")
    other = desk.world.sandbox.quickbooks.add_company("Harbor Lights")
    desk.world.connect(realm=other.realm)
    assert "Nothing has been sent to Harbor Lights yet." in read(desk, "/runs")
