"""Faults that stop a whole run say which company, and who can cure it."""

import pytest

from addon.quickbooks.faults import Fault, explain
from addon.quickbooks.sentences import SENTENCES

COMPANY = "Craig's Design"
PERMISSION = ["100", "110", "120", "130", "3100", "3200", "3201", "3202"]
OPERATOR = ["invalid_client", "unauthorized_client"]
WHOLE = ["140", "150", "5020", "5030", "6190", "HTTP 403", "HTTP 404", "10200"]


@pytest.mark.parametrize("code", [*PERMISSION, *OPERATOR, *WHOLE, "7777"])
def test_a_paused_run_names_its_company_and_goes_on_by_itself(code):
    """Nobody is asked to send again what is sent anyway, and no "this time" stands."""
    told = explain(Fault(code, tid="1-abc"), {"company": COMPANY}, paused=True)

    assert f"time in {COMPANY}" in told.text
    assert told.text.endswith((".", "”"))
    assert told.cure.endswith(".")
    assert "run" in told.cure
    assert "by itself" in told.cure
    for wrong in ("again by ourselves", "send again", "end it again", "this time"):
        assert wrong not in f"{told.text} {told.cure}"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_no_cure_of_a_paused_run_asks_to_send_again(code):
    """Whatever the run rests for, the next step is never the button again."""
    cure = explain(Fault(code), {"company": COMPANY}, paused=True).cure

    assert "send" not in cure.lower() or code == "3001"


@pytest.mark.parametrize("code", PERMISSION)
@pytest.mark.parametrize("paused", [False, True])
def test_a_lost_permission_names_the_button_that_there_is(code, paused):
    """A broken connection has a button of this name, and no other."""
    cure = explain(Fault(code), {"company": COMPANY}, paused=paused).cure

    assert "press “Reconnect QuickBooks” in the add-on's settings" in cure
    assert ("send again" in cure) is not paused


@pytest.mark.parametrize("code", ["HTTP 404", "10200"])
def test_a_company_that_is_no_more_is_left_by_the_button_that_there_is(code):
    """A connected company can only be disconnected, and then connected again."""
    cure = explain(Fault(code), {}).cure

    assert "press “Disconnect” in the add-on's settings" in cure
    assert "connect again" in cure


@pytest.mark.parametrize("code", OPERATOR)
def test_wrong_keys_of_ours_are_for_whoever_hosts_the_add_on(code):
    """No person, customer or day is to blame for them."""
    told = explain(Fault(code, "Sorry"), {"company": COMPANY})

    assert "INTUIT_CLIENT_ID and INTUIT_CLIENT_SECRET" in told.cure
    assert told.cure.startswith("Whoever hosts the add-on")
    assert "this person" not in told.cure


def test_an_entry_is_still_sent_again_by_hand():
    """Where only one entry was refused, a person presses the button again."""
    told = explain(Fault("6190"), {"person": "Emily Platt", "company": COMPANY})

    assert "Emily Platt's time was" in told.text
    assert f"Renew the subscription of {COMPANY} in QuickBooks, then send again" in (
        told.cure
    )


def test_a_company_without_a_name_is_this_company():
    """No sentence has a hole in it."""
    cure = explain(Fault("6190"), {}, paused=True).cure

    assert cure.startswith(
        "Renew the subscription of this company in QuickBooks; the run goes on by"
        " itself within five minutes after that."
    )
