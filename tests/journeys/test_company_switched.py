"""Another company is connected, or the same one anew, while a call is under way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from addon.records import connection as connections
from addon.records.connection import Health
from addon.records.run import RunState
from addon.sandbox import trouble
from addon.sandbox.trouble import Answer, Effect
from tests.desk import Desk, a_desk, words

BATCH = "/batch$"
GONE = (
    b'{"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed;'
    b' errorCode=003100; statusCode=403","detail":"no longer","code":"3100"}],'
    b'"type":"SERVICE"}}'
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace whose QuickBooks forgets request ids."""
    with a_desk(tmp_path) as made:
        made.world.sandbox.quickbooks.forget_request_ids(True)
        yield made


def connecting(
    desk: Desk, realm: str, then: Callable[[Answer], Answer] | None = None
) -> Effect:
    """Connect a company in the middle of a call, which then ends as it may."""

    def change(given: Answer) -> Answer:
        desk.world.connect(realm=realm)
        # What is known of links and facts is a few seconds old at most.
        desk.time.forward(6)
        return then(given) if then else given

    return Effect("another company", change=change)


def health(desk: Desk) -> tuple[str, str]:
    """Say which company is connected, and whether its permission is in order."""
    with desk.world.inside():
        held = connections.current()
        assert held is not None
        return held.company.name, held.health


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_company_connected_in_the_middle_gets_nothing_of_the_run(
    desk: Desk, is_answered: bool
) -> None:
    """The run waits for its own company, which gets every hour once, and no other."""
    entries = [desk.track(minutes=30 + number) for number in range(70)]
    other = desk.world.sandbox.quickbooks.add_company("Harbor Lights")
    lose = None if is_answered else trouble.missing_items(1).change
    number = desk.begin()
    switch = connecting(desk, other.realm, lose)
    desk.trouble.next(method="POST", path=BATCH, effect=switch)
    desk.settle(hours=1)
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert f"Not connected to {desk.company.name}" in seen.text
    assert (seen.held, seen.refused) == (0, 0)
    assert health(desk) == (other.name, Health.CONNECTED)
    assert not other.activities
    calls = desk.world.sandbox.quickbooks.requests
    written = [call for call in calls if call.path.endswith("/batch")]
    assert all(other.realm not in call.path for call in written)
    desk.world.connect(realm=desk.company.realm)
    desk.settle()
    assert desk.progress(number).sent == 70
    desk.exactly_once(*entries)


def test_a_permission_given_anew_is_not_spoiled_by_the_end_of_the_old_one(
    desk: Desk,
) -> None:
    """Reconnect while an old call is refused: that is all it takes."""
    entry = desk.track()
    number = desk.begin()
    refused = connecting(desk, desk.company.realm, lambda _: Answer(403, GONE))
    spoiled = replace(refused, handled=False)
    desk.trouble.next(method="POST", path=BATCH, effect=spoiled)
    desk.settle()
    assert health(desk) == (desk.company.name, Health.CONNECTED)
    assert desk.progress(number).sent == 1
    desk.exactly_once(entry)


def test_a_permission_refused_twice_is_not_asked_for_again_and_again(
    desk: Desk,
) -> None:
    """What a person gave anew and is refused as well needs a person once more."""
    desk.track()
    number = desk.begin()
    refused = connecting(desk, desk.company.realm, lambda _: Answer(403, GONE))
    desk.trouble.next(method="POST", path=BATCH, effect=replace(refused, handled=False))
    no_more = trouble.answer(403, GONE)
    desk.trouble.always(method="POST", path=BATCH, effect=no_more)
    desk.settle(hours=1)
    assert health(desk) == (desk.company.name, Health.RECONNECT)
    seen = desk.progress(number)
    assert seen.state is RunState.PAUSED
    assert "Reconnect QuickBooks" in seen.text
    assert "3100" in seen.raw


def test_the_company_that_the_dialog_named_is_the_one_that_gets_the_hours(
    desk: Desk,
) -> None:
    """Another company is connected while the dialog is open: it is asked anew."""
    desk.track()
    form: dict[str, Any] = {"all_ready": "1", "expected_company": desk.company_id}
    other = desk.world.sandbox.quickbooks.add_company("craig")
    other.name = "Other Books"
    desk.world.connect(realm=other.realm)
    desk.world.work()
    again = desk.post("/runs", expected=1, **form)
    assert "Please look at the new numbers" in words(again)
    assert "Send 1 entry to Other Books" in words(again)
    desk.settle()
    assert not desk.rows
    assert not other.activities
