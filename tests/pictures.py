"""
Takes the pictures in docs/ anew: `.venv/bin/python -m tests.pictures [FOLDER]`.

It drives the sandbox as a person would, so that every picture is a real screen: the
settings, the report, its dialog, a run under way and its result, wide and narrow, in
both themes. The one that the README shows is written to docs/report.png.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, sync_playwright

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
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        _sending(world, page, folder)
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


def _sending(world: World, page: Page, folder: Path) -> None:
    """Make QuickBooks slow for a moment, so that a run can be seen under way."""
    page.goto(f"{world.sandbox.clockify.origin}{REPORT}")
    panel = _panel(page)
    panel.get_by_role("button", name="Send to QuickBooks").click()
    send = panel.get_by_role("dialog").get_by_role("button", name="Send", exact=True)
    send.wait_for()
    page.screenshot(path=folder / "dialog.png")
    world.sandbox.quickbooks.latency = 3
    send.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=folder / "progress.png")
    world.sandbox.quickbooks.latency = 0
    until = time.monotonic() + 20
    while panel.get_by_text("Finished").count() == 0 and time.monotonic() < until:
        page.wait_for_timeout(200)
    page.screenshot(path=folder / "result.png")


def _panel(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=QuickBooks]")


if __name__ == "__main__":
    main()
