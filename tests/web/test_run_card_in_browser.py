"""The card of a run renews itself every second around whoever reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page, expect

from addon.transfer.progress import Group
from tests.pages import Screens
from tests.stage import a_page, screen_app, served

pytestmark = pytest.mark.browser


@dataclass
class Shown:
    """A run under way in which more and more is refused, until it is over."""

    address: str = ""
    polls: int = 0
    is_over: bool = False


def card_app(shown: Shown) -> Flask:
    """Serve a report above whose list a run goes on."""
    app, screens = screen_app(), Screens()

    @app.get("/report")
    def _report() -> str:
        run = replace(screens.progress(over=False), groups=_groups(1))
        context = screens.panel() | {"unfinished": (run,), "runs": ()}
        return render_template("entries/index.html", **context)

    @app.get("/runs/12")
    def _run() -> str:
        shown.polls += 1
        run = screens.progress(over=shown.is_over)
        run = replace(run, run_id=12, sent=shown.polls, groups=_groups(shown.polls))
        return render_template("runs/_progress.html", run=run, is_end=shown.is_over)

    return app


def _groups(count: int) -> tuple[Group, ...]:
    """Two reasons; the second one overtakes the first."""
    left = Screens().progress(over=True).groups[0].rows
    first = Group("The books are closed", "", "6200: a", 2, 60, left)
    other = Group("The pay run is locked", "", "6000: b", count, 60, left * count)
    return tuple(sorted((first, other), key=lambda group: -group.count))


@pytest.fixture(name="shown")
def _shown() -> Iterator[Shown]:
    shown = Shown()
    with served(card_app(shown)) as shown.address:
        yield shown


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with a_page(browser, patience=10_000, height=500) as page:
        yield page


def test_what_somebody_has_opened_stays_open_with_focus_and_place(
    shown: Shown, page: Page
) -> None:
    """A reason that somebody reads stays open under their eyes, wherever it moves."""
    page.goto(f"{shown.address}/report")
    group = page.locator("details.group", has_text="The books are closed")
    group.locator("> summary").press("Enter")
    group.locator("details.raw summary").press("Enter")
    page.evaluate("scrollTo(0, 80)")
    expect(page.locator("dd").nth(1)).to_have_text(re.compile("^[4-9]$"))
    expect(page.locator("details.group").first).to_contain_text("The pay run")
    assert group.evaluate("each => each.open")
    assert group.locator("details.raw").evaluate("each => each.open")
    assert (
        page.evaluate("document.activeElement.parentElement.className") == "raw quiet"
    )
    assert page.evaluate("scrollY") >= 80


def test_a_run_that_ends_shows_its_first_reason_and_keeps_the_focus(
    shown: Shown, page: Page
) -> None:
    """When Stop goes with the run's end, the keyboard is at what came of it."""
    page.goto(f"{shown.address}/report")
    page.get_by_role("button", name="Stop").focus()
    shown.is_over = True
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.wait_for_function("document.activeElement.id === 'run-12-progress-title'")
    assert page.locator("details.group").first.evaluate("each => each.open")


def test_runs_beside_each_other_are_announced_once(shown: Shown, page: Page) -> None:
    """A screen reader hears how a run goes on when that changes, not every second."""
    page.goto(f"{shown.address}/report")
    page.evaluate(
        "window.said = 0; new MutationObserver(() => window.said += 1)"
        ".observe(document.getElementById('status'), {childList: true})"
    )
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
        " '<p id=other data-announce=Other></p>')"
    )
    expect(page.locator("dd").nth(1)).to_have_text(re.compile("^[4-9]$"))
    assert page.evaluate("window.said") == 1
