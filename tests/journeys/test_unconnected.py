"""Without a working connection people still see what waits, why, and can stop it."""

from html import unescape

import pytest

from addon.records.run import RunState
from tests.desk import JOHN, OLIVIA, Desk, lose_the_permission, words

WAITS = "A transfer under way waits and goes on by itself once you connect again"


def ask(desk: Desk, method: str, path: str) -> str:
    """Ask as Olivia's panel does."""
    answer = desk.world.ask(method, path, token=desk.world.token(OLIVIA))
    answer.raise_for_status()
    return unescape(words(answer))


def page(desk: Desk, path: str, name: str = OLIVIA) -> str:
    """Open a page as Clockify does."""
    address = f"{path}?auth_token={desk.world.token(name)}"
    return unescape(words(desk.world.ask("GET", address)))


def disconnect(desk: Desk) -> None:
    """Press Disconnect in the settings."""
    ask(desk, "DELETE", "/connection")


@pytest.mark.parametrize("lose", [lose_the_permission, disconnect])
def test_a_run_that_waits_for_the_connection_is_shown_with_its_reason(
    desk: Desk, lose
) -> None:
    """Report and settings say that it waits and why, and offer Stop, which stops it."""
    desk.track()
    number = desk.begin()
    lose(desk)
    desk.once()
    reason = desk.progress(number).text
    assert desk.progress(number).state is RunState.PAUSED
    for seen in (
        page(desk, "/report"),
        page(desk, "/sidebar"),
        page(desk, "/settings"),
    ):
        assert f"Waiting to go on {reason} Stop" in seen
        assert "Earlier transfers" in seen
    assert "Stop" not in page(desk, "/sidebar", JOHN)
    ask(desk, "DELETE", f"/runs/{number}")
    desk.once()
    assert desk.progress(number).state is RunState.STOPPED
    assert reason not in page(desk, "/report")


def test_what_waits_for_the_former_company_is_shown_beside_the_present_one(
    desk: Desk,
) -> None:
    """Another company is connected: the report still says what waits for the first."""
    desk.track()
    desk.begin()
    disconnect(desk)
    other = desk.world.sandbox.quickbooks.add_company("Harbor Lights")
    desk.world.connect(realm=other.realm)
    desk.once()
    assert f"Not connected to {desk.company.name}" in page(desk, "/report")


def test_the_history_is_there_without_a_connection(desk: Desk) -> None:
    """Who has disconnected can look at what was sent before."""
    desk.track()
    desk.send_all()
    disconnect(desk)
    assert "1 of 1" in ask(desk, "GET", "/runs")
    for path in ("/report", "/settings"):
        assert "1 of 1" in page(desk, path)


def test_who_was_connected_before_is_not_told_of_a_first_time(desk: Desk) -> None:
    """The report names the company that is gone instead of saying “yet”."""
    disconnect(desk)
    seen = page(desk, "/report")
    assert f"This workspace was connected to {desk.company.name}" in seen
    assert "no QuickBooks company yet" not in seen


def test_settings_promise_that_nothing_is_sent_only_before_the_first_company(
    desk: Desk,
) -> None:
    """Where a company was connected before, a run of then goes on by itself."""
    promise = "Nothing is sent until you choose it"
    desk.track()
    desk.begin()
    disconnect(desk)
    for seen in (page(desk, "/settings"), ask(desk, "GET", "/connection")):
        assert "Connect your company" in seen
        assert promise not in seen


def test_before_disconnecting_it_is_said_that_a_run_only_waits(desk: Desk) -> None:
    """Disconnecting does not stop a run for good: who wants that is told to stop it."""
    desk.track()
    assert WAITS not in page(desk, "/settings")
    desk.begin()
    assert WAITS in page(desk, "/settings")
    desk.settle()
    assert WAITS not in page(desk, "/settings")
