"""What the script does to a page: counts, choosers, periods, and small screens."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page

from addon.records.link import LinkKind
from addon.transfer.linked import Choice, LinkPage
from addon.transfer.review import Review, State, Totals
from addon.web.entries import TABS, shown
from tests.pages import Screens
from tests.stage import a_page, screen_app, served

pytestmark = pytest.mark.browser


def pages_app() -> Flask:
    """Serve a list of 5 ready entries, 3 of them shown, and a long chooser."""
    app, screens = screen_app(), Screens()
    rows = tuple(screens.row(number, State.READY) for number in range(3))
    totals = {State.READY: Totals(count=5, minutes=600, billable_minutes=600)}
    review = Review(rows, totals, 1, "Craig", "USD")
    choices = tuple(
        Choice(f"customer:{number}", f"Customer {number}", "Customers")
        for number in range(300)
    )
    page = screens.links(LinkKind.PROJECT)
    long = LinkPage(**{**vars(page), "choices": choices})

    @app.get("/report")
    def _report() -> str:
        context = screens.panel() | shown(review, TABS[0], 1) | {"unfinished": ()}
        return render_template("entries/index.html", **context)

    @app.get("/settings")
    def _settings() -> str:
        context = screens.linked() | {"projects": long}
        return render_template("settings/show.html", **context)

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the pages are served."""
    with served(pages_app()) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page at a desk."""
    with a_page(browser, patience=10_000) as page:
        yield page


def test_the_count_follows_every_tick(page, address):
    """The number beside the button is the number that would be sent."""
    page.goto(f"{address}/report")
    said = page.locator("#selected")
    everything = page.get_by_label("Select all 5 ready entries")
    assert said.inner_text() == "5 entries selected, 10 h"
    page.locator('input[name="entry"]').first.uncheck()
    assert said.inner_text() == "4 entries selected, 8 h"
    assert everything.evaluate("box => box.indeterminate")
    everything.uncheck()
    assert said.inner_text() == "No entries selected"
    assert page.get_by_role("button", name="Send to QuickBooks").is_disabled()
    page.locator('input[name="entry"]').first.check()
    assert said.inner_text() == "1 entry selected, 2 h"


def test_choosing_a_period_sets_its_days(page, address):
    """A named period fills in both days; changing a day leaves the name."""
    page.goto(f"{address}/report")
    page.get_by_label("Period").select_option(label="Last month")
    assert page.get_by_label("From").input_value() == "2026-04-01"
    assert page.get_by_label("To", exact=True).input_value() == "2026-04-30"
    page.get_by_label("From").fill("2026-04-03")
    assert page.get_by_label("Period").input_value() == ""


def test_filters_say_how_many_are_chosen(page, address):
    """A closed filter still tells that it is set; Escape closes it."""
    page.goto(f"{address}/report")
    clients = page.locator("details.choice").nth(1)
    clients.locator("summary").click()
    clients.get_by_role("checkbox").first.check()
    assert "1 chosen" in clients.locator("summary").inner_text()
    page.keyboard.press("Escape")
    assert not clients.evaluate("each => each.open")


def test_arrow_keys_move_between_tabs(page, address):
    """Tabs can be walked with the arrow keys, around the end too."""
    page.goto(f"{address}/report")
    page.get_by_role("tab", name="Ready").focus()
    for key, there in (("ArrowRight", "attention"), ("ArrowLeft", "ready")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"tab-{there}"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "tab-sent"


def test_long_choosers_are_complete_and_keep_their_choice(page, address):
    """With hundreds of customers every chooser offers all, and shows the chosen."""
    page.goto(f"{address}/settings")
    choosers = page.locator("#links-project-list select")
    counts = choosers.evaluate_all("all => all.map((each) => each.options.length)")
    assert set(counts) == {301}
    values = choosers.evaluate_all("all => all.map((each) => each.value)")
    assert values == ["", "customer:3", "customer:3"]


@pytest.mark.parametrize("path", ["/report", "/settings"])
@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_nothing_needs_sideways_scrolling(page, address, path, width):
    """On a telephone everything fits the width of the screen."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{path}")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= width
