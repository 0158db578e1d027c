"""
Takes the pictures in docs/ anew: `.venv/bin/python -m tests.pictures [FOLDER]`.

It drives the sandbox as a person would, so that every picture is a real screen: the
settings, the report, its dialog, a run under way and its result, wide and narrow, in
both themes. The one that the README shows is written to docs/report.png.
"""

import json
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from addon.sandbox import trouble
from addon.transfer import refresh
from tests.conftest import find_browser
from tests.world import World

ROOT = Path(__file__).parent.parent
SETTINGS = "/workspace/settings/addons/hours-to-books/settings"
REPORT = "/reports/quickbooks"
WIDTHS = {"wide": 1280, "narrow": 400}
THEMES = {"light": "DEFAULT", "dark": "DARK"}


def main() -> None:
    """Take all pictures into a folder, and the README's own into docs/."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        World(Path(data), workers=True) as world,
        sync_playwright() as playwright,
    ):
        world.install()
        world.connect()
        browser = playwright.chromium.launch(
            executable_path=find_browser(playwright), args=["--no-sandbox"]
        )
        for width, pixels in WIDTHS.items():
            for theme, word in THEMES.items():
                page = browser.new_page(viewport={"width": pixels, "height": 900})
                _screens(world, page, word, folder, f"{theme}-{width}")
                page.close()
        # What is refused stays ready, so that the next one sees some of it too.
        for width, pixels in WIDTHS.items():
            for theme, word in THEMES.items():
                page = browser.new_page(viewport={"width": pixels, "height": 900})
                _sending(world, page, word, folder, f"{theme}-{width}")
                page.close()
        _afterwards(world, browser, folder)
        browser.close()
    shutil.copy(folder / "report-light-wide.png", ROOT / "docs" / "report.png")
    print(f"Pictures are in {folder}; docs/report.png is new.")


def _screens(world: World, page: Page, theme: str, folder: Path, name: str) -> None:
    clockify = world.sandbox.clockify.origin
    page.goto(f"{clockify}{SETTINGS}?theme={theme}")
    _panel(page).get_by_role("heading", name="Projects").wait_for()
    page.screenshot(path=folder / f"settings-{name}.png")
    page.goto(f"{clockify}{REPORT}?theme={theme}")
    _panel(page).get_by_role("button", name="Send to QuickBooks").wait_for()
    page.screenshot(path=folder / f"report-{name}.png")
    _panel(page).get_by_role("tab", name="Needs attention").click()
    page.wait_for_timeout(800)
    page.screenshot(path=folder / f"attention-{name}.png")


def _sending(world: World, page: Page, theme: str, folder: Path, name: str) -> None:
    """Make QuickBooks slow for a moment, so that a run can be seen under way."""
    page.goto(f"{world.sandbox.clockify.origin}{REPORT}?theme={theme}")
    panel = _panel(page)
    panel.get_by_role("button", name="Send to QuickBooks").click()
    send = panel.get_by_role("dialog").get_by_role("button", name="Send", exact=True)
    send.wait_for()
    page.screenshot(path=folder / f"dialog-{name}.png")
    world.sandbox.quickbooks.latency = 3
    refusing = trouble.Effect("refusals", change=partial(_refuse_some, world))
    world.sandbox.quickbooks.trouble.always(path="/batch$", effect=refusing)
    send.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=folder / f"progress-{name}.png")
    world.sandbox.quickbooks.latency = 0
    panel.get_by_role("button", name="Stop", exact=True).wait_for(state="detached")
    page.wait_for_timeout(800)
    page.screenshot(path=folder / f"result-{name}.png")
    world.sandbox.quickbooks.trouble.clear()


def _refuse_some(world: World, given: trouble.Answer) -> trouble.Answer:
    """Refuse a customer, a person and some days, each with QuickBooks' own words."""
    body = json.loads(given.body)
    for item in body.get("BatchItemResponse", []):
        made = item.get("TimeActivity", {})
        customer = made.get("CustomerRef", {}).get("name", "")
        if customer.startswith("Cool Cars"):
            fault = ("610", "Object Not Found", "Something has been made inactive.")
        elif made.get("TxnDate", "")[-1:] in {"3", "7"}:
            fault = ("6200", "Account Period Closed", "The books are closed.")
        elif made.get("EmployeeRef", {}).get("name", "").startswith("Emily"):
            fault = ("6000", "Business Validation Error", "The pay run is locked.")
        else:
            continue
        error = dict(zip(("code", "Message", "Detail"), fault, strict=True))
        # What is refused is not there.
        world.company.delete_activity(item.pop("TimeActivity")["Id"])
        item["Fault"] = {"Error": [error], "type": "ValidationFault"}
    return trouble.Answer(given.status, json.dumps(body).encode())


def _afterwards(world: World, browser: Browser, folder: Path) -> None:
    """Show what was refused, and what another company than before leads to."""
    books = world.sandbox.quickbooks
    books.trouble.clear()
    cars = world.company.id_of("Customer", "Cool Cars")
    world.company.deactivate("Customer", cars)
    with world.inside() as here:
        refresh.ask(world.outside, here)
    world.work()
    _in_all_looks(world, browser, folder, "refusals", "#runs-chosen")
    books.trouble.always(path="/batch$", effect=trouble.html_502())
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{world.sandbox.clockify.origin}{REPORT}")
    _panel(page).get_by_role("button", name="Send to QuickBooks").click()
    dialog = _panel(page).get_by_role("dialog")
    dialog.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_timeout(4000)
    page.screenshot(path=folder / "away.png")
    page.close()
    world.connect(realm=books.add_company("Harbor Lights").realm)
    _in_all_looks(world, browser, folder, "another", "#connection-former")


def _in_all_looks(
    world: World, browser: Browser, folder: Path, name: str, place: str
) -> None:
    """Take a picture of one place in the settings, wide and narrow, in both themes."""
    for width, pixels in WIDTHS.items():
        for theme, word in THEMES.items():
            page = browser.new_page(viewport={"width": pixels, "height": 900})
            page.goto(f"{world.sandbox.clockify.origin}{SETTINGS}?theme={word}")
            if place == "#runs-chosen":
                first = _panel(page).get_by_role("button", name="Show details").first
                first.click()
                page.wait_for_timeout(800)
            shown = _panel(page).locator(place)
            shown.screenshot(path=folder / f"{name}-{theme}-{width}.png")
            page.close()


def _panel(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=QuickBooks]")


if __name__ == "__main__":
    main()
