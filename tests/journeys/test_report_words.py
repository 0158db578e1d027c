"""What the report says about runs is so at this moment, and about this company."""

from html import unescape

import requests

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
