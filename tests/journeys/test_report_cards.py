"""Runs on the report as a person at a keyboard meets them: all there, all in reach."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk import EMILY, JOHN, OLIVIA, PAM, Desk
from tests.stage import a_page
from tests.transfer.test_doubt import maybe_there

pytestmark = pytest.mark.browser


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, patience=5_000) as page:
        yield page


def open_report(page: Page, desk: Desk) -> None:
    """Open the report tab as an admin does."""
    page.goto(f"{desk.world.url}/report?auth_token={desk.world.token(OLIVIA)}")
    expect(page.locator("#entries-list")).not_to_have_attribute("aria-busy", "true")


def send_only(page: Page, name: str) -> None:
    """Send nothing but the ready entries of one person."""
    page.get_by_label("Select all").uncheck()
    for box in page.get_by_label(f"Send {name}").all():
        box.check()
    press_send(page)
    # The list follows, and leaves out what was left out.
    expect(page.get_by_label(f"Send {name}")).to_have_count(0)
    expect(page.locator("#selected")).to_have_text("No entries selected")
    expect(page.locator("#send")).to_be_disabled()


def press_send(page: Page) -> None:
    """Send what is ticked."""
    page.get_by_role("button", name="Send to QuickBooks").click()
    page.get_by_role("button", name="Send", exact=True).click()


def cards(page: Page) -> Locator:
    """Give the cards of runs above the list."""
    return page.locator("#runs-now .run")


def test_sending_again_leaves_the_run_under_way_in_sight(
    desk: Desk, page: Page
) -> None:
    """Whoever sends again still sees the first run and its Stop; what is over goes."""
    for name in (JOHN, PAM, EMILY):
        desk.track(name)
    open_report(page, desk)
    send_only(page, JOHN)
    expect(page.get_by_role("button", name="Stop")).to_have_count(1)
    send_only(page, PAM)
    expect(page.get_by_role("button", name="Stop")).to_have_count(2)
    expect(cards(page)).to_have_count(2)
    desk.settle()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_label("Select all").check()
    press_send(page)
    expect(page.get_by_role("button", name="Stop")).to_have_count(1)
    expect(cards(page)).to_have_count(1)


def focused(page: Page, element_id: str) -> None:
    """Wait until the keyboard is at an element, and stays there."""
    for _ in range(2):
        page.wait_for_function("id => document.activeElement.id === id", arg=element_id)
        page.wait_for_load_state("networkidle")


def test_the_keyboard_comes_back_from_the_dialog(desk: Desk, page: Page) -> None:
    """Cancel and Escape lead back to the button that asked."""
    desk.track(JOHN)
    open_report(page, desk)
    page.locator("#send").press("Enter")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    page.get_by_role("button", name="Cancel").press("Enter")
    focused(page, "send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    focused(page, "send")


def test_the_keyboard_is_at_the_run_that_was_begun_or_stopped(
    desk: Desk, page: Page
) -> None:
    """After Send the keyboard is at the run, where there is no more to send."""
    desk.track(JOHN)
    desk.track(PAM)
    open_report(page, desk)
    page.get_by_label(f"Send {JOHN}").uncheck()
    for name in (PAM, JOHN):
        page.locator("#send").press("Enter")
        page.get_by_role("button", name="Send", exact=True).press("Enter")
        expect(page.get_by_label(f"Send {name}")).to_have_count(0)
        title = cards(page).first.get_by_role("heading")
        focused(page, title.get_attribute("id") or "")
        if name == PAM:
            page.get_by_label(f"Send {JOHN}").press("Space")
    stop = cards(page).first.get_by_role("button", name="Stop")
    with page.expect_request("**/entries?**"):
        stop.press("Enter")
    expect(stop).to_have_count(0)
    focused(page, title.get_attribute("id") or "")


def test_choosing_a_record_puts_the_keyboard_into_the_chooser(
    desk: Desk, page: Page
) -> None:
    """Who presses “Choose…” for somebody unlinked can choose at once."""
    desk.track(OLIVIA)
    open_report(page, desk)
    page.get_by_role("tab", name="Needs attention").click()
    page.get_by_role("button", name="Choose…").first.press("Enter")
    expect(page.get_by_label("Record in QuickBooks")).to_be_focused()


def test_what_somebody_found_is_said_to_be_saved_and_the_keyboard_stays(
    desk: Desk, page: Page
) -> None:
    """Who has looked into QuickBooks hears “Saved”, and goes on in the list."""
    maybe_there(desk)
    open_report(page, desk)
    page.get_by_role("tab", name="Needs attention").click()
    answers = page.get_by_role("button", name="It is not there")
    expect(answers).to_have_count(2)
    answers.first.press("Enter")
    expect(page.locator("#status")).to_contain_text("Saved: it is not there.")
    expect(answers).to_have_count(1)
    row = page.locator("tr", has=answers)
    page.wait_for_function(
        "id => document.activeElement.closest('tr')?.id === id",
        arg=row.get_attribute("id"),
    )
    # It is at the words: who presses Enter twice has not answered for this one.
    assert page.evaluate("document.activeElement.tagName") == "P"
    page.keyboard.press("Enter")
    expect(answers).to_have_count(1)
    answers.first.press("Enter")
    expect(answers).to_have_count(0)
    focused(page, "tab-attention")


def test_details_come_into_view_and_stay_while_the_history_renews_itself(
    desk: Desk, page: Page
) -> None:
    """Details of an earlier run are at the keyboard, are kept, and follow an answer."""
    maybe_there(desk)
    open_report(page, desk)
    page.get_by_role("button", name="Show details").press("Enter")
    details = page.locator("#runs-chosen .run")
    expect(details.get_by_role("heading")).to_be_focused()
    expect(details).to_be_in_viewport()
    expect(details.locator("dl")).to_contain_text(re.compile(r"Please look\s*2"))
    details.locator("details.group > summary").press("Enter")
    page.get_by_role("tab", name="Needs attention").click()
    page.get_by_role("button", name="It is not there").first.click()
    expect(details.locator("dl")).to_contain_text(re.compile(r"Please look\s*1"))
    assert not details.locator("details.group").first.evaluate("each => each.open")


def test_a_run_that_is_shown_twice_is_told_apart(desk: Desk, page: Page) -> None:
    """A finished card and its details are two things to a browser, and both follow."""
    desk.track(JOHN)
    open_report(page, desk)
    press_send(page)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    desk.settle()
    page.get_by_role("button", name="Show details").click()
    expect(page.locator("#runs-chosen .run")).to_be_visible()
    expect(cards(page)).to_have_count(1)
    doubled = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(each => each.id)"
        ".filter((id, index, all) => all.indexOf(id) !== index)"
    )
    assert doubled == []
    with page.expect_request("**/runs/*?again=1"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('run-changed'))")
