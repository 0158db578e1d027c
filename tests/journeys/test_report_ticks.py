"""Whoever has left entries out does not send them by accident later."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import EMILY, JOHN, PAM, Desk
from tests.journeys.test_report_cards import open_report, press_send
from tests.stage import a_page

pytestmark = pytest.mark.browser

NEWS = "document.body.dispatchEvent(new CustomEvent('run-changed'))"


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, patience=5_000) as page:
        yield page


def let_the_list_follow(page: Page) -> None:
    """Let the list come again as it does when a run has changed."""
    page.locator("#entries-tabpanel").evaluate("each => each.dataset.old = 'yes'")
    page.evaluate(NEWS)
    expect(page.locator("#entries-tabpanel[data-old]")).to_have_count(0)
    expect(page.locator("#entries-tabpanel")).to_have_count(1)


def test_what_was_left_out_stays_left_out_when_the_list_follows_a_run(
    desk: Desk, page: Page
) -> None:
    """One unticked entry is not ticked by the next list, all others still are."""
    for name in (JOHN, PAM, EMILY):
        desk.track(name)
    open_report(page, desk)
    page.get_by_label(f"Send {JOHN}").uncheck()
    desk.track(EMILY, minutes=30)
    let_the_list_follow(page)
    expect(page.get_by_label(f"Send {EMILY}")).to_have_count(2)
    expect(page.get_by_label(f"Send {JOHN}")).not_to_be_checked()
    expect(page.locator("#selected")).to_have_text("3 entries selected, 2 h 30")
    press_send(page)
    expect(page.get_by_label(f"Send {PAM}")).to_have_count(0)
    expect(page.get_by_label(f"Send {JOHN}")).not_to_be_checked()
    expect(page.locator("#selected")).to_have_text("No entries selected")
    expect(page.get_by_label("Select all")).not_to_be_checked()
    desk.settle()
    expect(page.locator("#runs-now .run.done")).to_be_visible()
    expect(page.get_by_label(f"Send {JOHN}")).not_to_be_checked()


def test_what_was_left_out_on_a_later_page_unticks_all(desk: Desk, page: Page) -> None:
    """Where the next list does not show what was left out, nothing is selected."""
    for number in range(101):
        desk.track(EMILY, minutes=5, days_ago=3 + number / 1000)
    open_report(page, desk)
    page.get_by_role("button", name="Show more").click()
    page.locator("#entries-page-2").get_by_role("checkbox").uncheck()
    expect(page.locator("#selected")).to_contain_text("100 entries selected")
    let_the_list_follow(page)
    expect(page.locator("#selected")).to_have_text("No entries selected")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#entries-page-2").get_by_role("checkbox")).not_to_be_checked()
    expect(page.locator("#selected")).to_have_text("No entries selected")


def test_all_that_was_ticked_stays_ticked(desk: Desk, page: Page) -> None:
    """Where nothing was left out, what comes new is selected as well."""
    desk.track(JOHN)
    open_report(page, desk)
    desk.track(PAM)
    let_the_list_follow(page)
    expect(page.locator("#selected")).to_have_text("2 entries selected, 2 h")


def test_another_filter_or_tab_begins_with_everything_ticked(
    desk: Desk, page: Page
) -> None:
    """Who asks for other entries begins anew, as the list says."""
    desk.track(JOHN)
    desk.track(PAM)
    open_report(page, desk)
    page.get_by_label("Select all").uncheck()
    page.get_by_role("tab", name="Sent").click()
    expect(page.locator("#select-all")).to_have_count(0)
    page.get_by_role("tab", name="Ready").click()
    expect(page.locator("#selected")).to_have_text("2 entries selected, 2 h")
    page.get_by_label("Select all").uncheck()
    page.get_by_label("Billable").select_option("yes")
    expect(page.locator("#selected")).to_have_text(re.compile("entr.* selected, "))


def test_the_dialog_knows_what_the_page_showed_as_selected(
    desk: Desk, page: Page
) -> None:
    """An entry that is gone since is not passed over in silence."""
    desk.track(JOHN)
    gone = desk.track(PAM)
    desk.track(EMILY)
    open_report(page, desk)
    page.get_by_label(f"Send {EMILY}").uncheck()
    del desk.world.workspace.entries[gone.id]
    page.get_by_role("button", name="Send to QuickBooks").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 entries were selected; 1 of them is not ready")


def test_a_long_description_does_not_make_a_long_row(desk: Desk, page: Page) -> None:
    """Four lines of it are shown; the whole is there for whoever points at it."""
    whole = "Planted roses along the drive. " * 120
    desk.track(JOHN, description=whole.strip())
    open_report(page, desk)
    shown = page.locator("td.text .clamp")
    box = shown.bounding_box()
    assert box is not None
    assert box["height"] < 100
    assert shown.get_attribute("title") == whole.strip()
