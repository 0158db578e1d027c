"""Why entries did not go is known in full once the lists have been read again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import EMILY, JOHN, OLIVIA, Desk
from tests.journeys.test_report_cards import cards, open_report, press_send
from tests.stage import a_page

pytestmark = pytest.mark.browser


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, patience=10_000) as page:
        yield page


def test_a_finished_card_names_the_one_to_blame_once_that_is_known(
    desk: Desk, page: Page
) -> None:
    """Two people's refusals become one group by itself, and the list follows."""
    for name in (EMILY, JOHN):
        desk.track(name)
    open_report(page, desk)
    press_send(page)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    desk.company.deactivate("Customer", desk.company.id_of("Customer", "Cool Cars"))
    while desk.open_runs():
        desk.send()
        desk.time.forward(5)
    groups = cards(page).locator("details.group")
    expect(cards(page).get_by_role("heading")).to_contain_text("Finished")
    expect(groups).to_have_count(2)
    desk.world.work()
    expect(groups).to_have_count(1)
    expect(groups).to_contain_text("Cool Cars is inactive in QuickBooks")
    expect(groups.locator("li").first).to_be_visible()
    expect(page.locator("#tab-attention-count")).to_have_text(re.compile("^2"))
    asked = cards(page).get_attribute("hx-trigger")
    assert asked == "run-changed from:body"


def test_a_finished_card_does_not_ask_for_ever(desk: Desk) -> None:
    """Where the lists are not read within a minute, the card is left as it is."""
    desk.track(EMILY)
    number = desk.begin()
    desk.company.deactivate("Employee", desk.company.id_of("Employee", EMILY))
    while desk.open_runs():
        desk.send()
        desk.time.forward(5)

    def ask(polls: int) -> str:
        query = {"again": "1", "polls": str(polls)}
        token = desk.world.token(OLIVIA)
        path = f"/runs/{number}"
        return desk.world.ask("GET", path, token=token, params=query).text

    assert "polls=2" in ask(1)
    assert "polls=" not in ask(30)
