"""What the report says about runs is so at this moment, and about this company."""

from html import unescape

import requests

from addon.sandbox import trouble
from tests.desk import EMILY, FORM, JOHN, OLIVIA, Desk, lose_the_permission, words


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


def test_the_dialog_says_how_many_are_not_ready_any_more(desk: Desk) -> None:
    """Where the page showed more as selected than can go, the dialog says so."""
    desk.track()
    said = desk.confirm(all_ready="1", selected="3")
    assert "Send 1 entry to" in said
    assert "3 entries were selected; 2 of them are not ready any more." in said
    assert "under “Needs attention”" in unescape(said)
    assert "not ready any more" not in desk.confirm(all_ready="1", selected="1")


def test_the_dialog_says_what_a_new_transfer_would_wait_for(desk: Desk) -> None:
    """While the company takes nothing a further run waits for the same."""
    desk.track()
    refusal = {"Message": "No", "Detail": "Not this", "code": "6190"}
    body = {"Fault": {"Error": [refusal], "type": "ValidationFault"}}
    desk.trouble.always(method="POST", path="/batch$", effect=trouble.answer(400, body))
    number = desk.begin()
    desk.once()
    desk.track(JOHN)
    reason = desk.progress(number).text
    said = unescape(desk.confirm())
    assert "A transfer that you started is waiting to go on." in said
    assert f"{reason} These entries will wait for the same." in said
    assert "do not wait for it" not in said
    desk.trouble.clear()


def test_whoever_sends_while_clockify_is_away_reads_that_nothing_was_sent(
    desk: Desk,
) -> None:
    """The dialog's place says what did not happen, and what to do."""
    desk.track()
    away = desk.world.sandbox.clockify.trouble
    away.always(path="reports/detailed", effect=trouble.drop_before())
    for path in ("/runs/confirmation", "/runs"):
        said = words(desk.post(path, all_ready="1", expected=1))
        assert "Nothing has been sent. Clockify did not answer" in said
        assert "press Send again in a minute." in said
        assert "cannot be shown" not in said


def test_members_are_not_told_to_do_what_only_admins_can(desk: Desk) -> None:
    """A member reads who can mend it, and how to mend what is in their own entry."""
    desk.track(EMILY, minutes=0.2)
    desk.world.workspace.add_user("Nora New", email="nora@example.com")
    desk.track("Nora New")

    def seen_by(name: str) -> str:
        query = {**FORM, "state": "attention"}
        token = desk.world.token(name)
        answer = desk.world.ask("GET", "/entries", token=token, params=query)
        return unescape(words(answer))

    assert "Choose their record in the add-on's settings" in seen_by(OLIVIA)
    hers = seen_by("Nora New")
    assert "An owner or admin of this workspace can mend that." in hers
    assert "settings" not in hers
    assert "Lengthen the entry in Clockify" in seen_by(EMILY)


def test_members_are_not_told_to_reconnect(desk: Desk) -> None:
    """Who cannot reconnect reads who can."""
    lose_the_permission(desk)
    for name, word in ((OLIVIA, "please reconnect"), (EMILY, "An owner or admin has")):
        token = desk.world.token(name)
        seen = words(desk.world.ask("GET", f"/sidebar?auth_token={token}"))
        assert word in seen
        assert ("please reconnect" in seen) == (name == OLIVIA)


def test_what_was_saved_is_announced(desk: Desk) -> None:
    """Allowing records to be created is not announced as a service item."""
    said = ask(desk, "PUT", "/preferences/creating").text
    assert "not offered any more: saved" in said
    assert "Service item saved" not in said
    assert "Service item saved" in ask(desk, "PUT", "/preferences/item").text


def test_the_dialog_names_whoever_else_has_started_a_transfer(desk: Desk) -> None:
    """Only the viewer's own transfer is called theirs."""
    desk.begin_beside(desk.track())
    desk.track(JOHN)
    said = desk.confirm()
    assert "started is still going on. These entries do not wait for it." in said
    assert "you started" not in said
