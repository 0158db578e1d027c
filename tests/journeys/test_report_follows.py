"""An open report follows the connection by itself, whoever mends it and wherever."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import EMILY, OLIVIA, Desk, lose_the_permission
from tests.stage import a_page

pytestmark = pytest.mark.browser


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, patience=10_000) as page:
        yield page


def open_panel(page: Page, desk: Desk, path: str, name: str) -> None:
    """Open a page of the add-on as somebody does in Clockify."""
    page.goto(f"{desk.world.url}{path}?auth_token={desk.world.token(name)}")


@pytest.mark.parametrize(
    ("path", "name", "lost"),
    [("/report", OLIVIA, "permission"), ("/sidebar", EMILY, "connection")],
)
def test_a_report_without_a_connection_follows_who_connects_elsewhere(
    desk: Desk, page: Page, path: str, name: str, lost: str
) -> None:
    """Somebody reconnects in another tab: filters and list come without a reload."""
    desk.track(EMILY)
    if lost == "permission":
        lose_the_permission(desk)
    else:
        token = desk.world.token(OLIVIA)
        desk.world.ask("DELETE", "/connection", token=token).raise_for_status()
    open_panel(page, desk, path, name)
    expect(page.locator("#entries-unconnected")).to_be_visible()
    expect(page.locator("#entries-filters")).to_have_count(0)
    desk.world.connect()
    expect(page.locator("#entries-filters")).to_be_visible()
    expect(page.get_by_role("tab", name="Ready")).to_be_visible()
    expect(page.locator("#entries-unconnected")).to_have_count(0)
    expect(page.locator("#status")).to_have_text(f"Connected to {desk.company.name}.")


def test_a_list_that_met_a_lost_connection_comes_back_by_itself(
    desk: Desk, page: Page
) -> None:
    """The permission ends under an open report and is renewed: the list is back."""
    desk.track(EMILY)
    open_panel(page, desk, "/report", OLIVIA)
    expect(page.get_by_role("tab", name="Ready")).to_be_visible()
    lose_the_permission(desk)
    page.get_by_role("tab", name="Sent").click()
    expect(page.get_by_text("must be renewed")).to_be_visible()
    desk.world.connect()
    # It asks every five seconds.
    expect(page.get_by_role("tab", name="Ready")).to_be_visible(timeout=15_000)
