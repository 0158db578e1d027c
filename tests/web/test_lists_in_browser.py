"""Lists renew themselves around whoever chooses, or reads that it is saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Locator, Page, expect

from addon.records.link import LinkKind
from addon.transfer.linked import Choice, LinkPage
from tests.pages import Screens
from tests.stage import a_page, screen_app, served

pytestmark = pytest.mark.browser


@dataclass
class Shown:
    """A list of users; with each renewal there is one employee more."""

    address: str = ""
    renewals: int = 0

    def page(self) -> LinkPage:
        screens = Screens()
        more = tuple(
            Choice(f"employee:{number}", f"Employee {number}", "Employees")
            for number in range(100, 100 + self.renewals)
        )
        choices = (*screens.choices(LinkKind.USER), *more)
        return replace(screens.links(LinkKind.USER), choices=choices)


def settings_app(shown: Shown) -> Flask:
    """Serve the settings, whose list of users always has something new."""
    app, screens = screen_app(), Screens()

    @app.get("/settings")
    def _settings() -> str:
        context = screens.linked() | {"users": shown.page()}
        return render_template("settings/show.html", **context)

    @app.get("/links/user")
    def _list() -> str:
        shown.renewals += 1
        return render_template("links/_list.html", page=shown.page())

    @app.put("/links/user/a1")
    def _save() -> str:
        row = screens.link(LinkKind.USER, "a1", "employee:55")
        choices = shown.page().choices
        return render_template(
            "links/_row.html", row=row, choices=choices, is_saved=True
        )

    return app


@pytest.fixture(name="shown")
def _shown() -> Iterator[Shown]:
    shown = Shown()
    with served(settings_app(shown)) as shown.address:
        yield shown


@pytest.fixture(name="page")
def _page(browser: Browser, shown: Shown) -> Iterator[Page]:
    with a_page(browser, patience=10_000) as page:
        page.goto(f"{shown.address}/settings")
        yield page


def chooser(page: Page, number: str) -> Locator:
    return page.locator(f"#link-user-{number}-target")


def renew(page: Page) -> None:
    """Let news arrive, and wait until another chooser shows what is new."""
    options = chooser(page, "a3").locator("option")
    before = options.count()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('news'))")
    expect(options).not_to_have_count(before)


def test_a_chooser_in_use_is_left_alone_and_renewed_afterwards(page: Page) -> None:
    """Whoever is choosing keeps the choice under their hands, and then has the news."""
    mine = chooser(page, "a1")
    mine.focus()
    before = mine.locator("option").count()
    renew(page)
    assert mine.locator("option").count() == before
    assert page.evaluate("document.activeElement.id") == "link-user-a1-target"
    page.keyboard.press("Tab")
    expect(mine.locator("option")).not_to_have_count(before)


def test_saved_can_be_read_although_news_arrive(page: Page) -> None:
    """The word "Saved" stays for some seconds, and then makes way by itself."""
    chooser(page, "a1").select_option("employee:55")
    saved = page.locator("#link-user-a1-note .saved")
    expect(saved).to_be_visible()
    chooser(page, "a1").blur()
    renew(page)
    expect(saved).to_be_visible()
    expect(saved).to_have_count(0)
