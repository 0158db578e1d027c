"""Another company is connected: nothing is mixed, and somebody is asked."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from addon.records.run import RunState
from tests.desk import OLIVIA, Desk, a_desk, words


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def disconnect(desk: Desk) -> None:
    """Press Disconnect in the settings."""
    token = desk.world.token(OLIVIA)
    desk.world.ask("DELETE", "/connection", token=token).raise_for_status()
    desk.world.work()


def test_connecting_another_company_never_mixes(desk: Desk) -> None:
    """A run belongs to the company it was begun for, and waits for that one."""
    entry = desk.track()
    number = desk.begin()
    disconnect(desk)
    other = desk.world.sandbox.quickbooks.add_company("other")
    desk.world.connect(realm=other.realm)
    desk.once()
    desk.time.forward(400)
    desk.once()
    assert not other.activities
    assert not desk.rows
    assert f"Not connected to {desk.company.name}" in desk.progress(number).text
    desk.world.connect(realm=desk.company.realm)
    desk.settle()
    assert not other.activities
    desk.exactly_once(entry)


def settings_of(desk: Desk) -> str:
    """Read the settings panel."""
    token = desk.world.token(OLIVIA)
    return unescape(words(desk.world.ask("GET", "/settings/panel", token=token)))


def test_another_company_is_noticed_and_asked_about(desk: Desk) -> None:
    """The settings name both companies and what waits; staying stops what waits."""
    entry = desk.track()
    number = desk.begin()
    disconnect(desk)
    other = desk.world.sandbox.quickbooks.add_company("Harbor Lights")
    said = desk.world.connect(realm=other.realm).text
    assert "another company than before" in said
    desk.once()
    seen = settings_of(desk)
    assert f"{other.name} is another company than before" in seen
    assert f"A transfer of 1 entry still waits for {desk.company.name}" in seen
    assert f"Stay with {other.name} and stop that transfer" in seen
    assert f"Connect {desk.company.name} again and go on" in seen
    token = desk.world.token(OLIVIA)
    answer = words(desk.world.ask("DELETE", "/connection/former", token=token))
    assert "stopped" in answer
    desk.once()
    assert desk.progress(number).state is RunState.STOPPED
    assert "is another company than before" not in settings_of(desk)
    assert not other.activities
    assert not desk.rows
    desk.world.connect(realm=desk.company.realm)
    assert desk.send_all().sent == 1
    desk.exactly_once(entry)


def test_what_was_sent_to_the_former_company_is_said_to_be_kept_apart(
    desk: Desk,
) -> None:
    """Nothing waits, but hours were sent before: the settings say what that means."""
    desk.track()
    desk.send_all()
    other = desk.world.sandbox.quickbooks.add_company("Harbor Lights")
    desk.world.connect(realm=other.realm)
    seen = settings_of(desk)
    assert f"1 entry sent to {desk.company.name} can be sent to {other.name}" in seen
    assert "Stay with" not in seen


def test_what_was_sent_to_one_company_may_be_sent_to_another(desk: Desk) -> None:
    """A receipt of one company says nothing about another."""
    desk.track()
    desk.send_all()
    again = desk.world.sandbox.quickbooks.add_company("craig")
    desk.world.connect(realm=again.realm)
    desk.send_all()
    assert (len(desk.rows), len(again.activities)) == (1, 1)
