"""The whole first day in a real browser, from installing to disconnecting."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.world import World

pytestmark = pytest.mark.browser

ADDONS = "/workspace/settings/addons"
SETTINGS = f"{ADDONS}/hours-to-books/settings"
REPORT = "/reports/quickbooks"


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, workers=True) as world:
        yield world


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context.new_page()
    assert context.cookies() == [], "nothing here may need a cookie"
    context.close()


def test_the_whole_first_day(world: World, page: Page) -> None:
    """
    An admin installs, connects, checks the links, sends, and nothing goes twice.
    """
    clockify = world.sandbox.clockify.origin
    _install_connect_and_link(world, page)

    page.goto(clockify + REPORT)
    panel = _panel(page)
    _last_sixty_days(world, page, panel)
    ready = _ready(panel)
    assert ready > 0
    panel.get_by_role("button", name="Send to QuickBooks").click()
    dialog = panel.get_by_role("dialog")
    expect(dialog).to_contain_text("Craig's Design and Landscaping Services")
    expect(dialog).to_contain_text(f"{ready} entries")
    # What is on its way leaves the list at once, not only when it has arrived.
    world.sandbox.quickbooks.latency = 3.0
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(panel.get_by_role("button", name="Send to QuickBooks")).to_have_count(0)
    expect(panel.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    world.sandbox.quickbooks.latency = 0.0
    arrived = panel.get_by_text(f"{ready} out of {ready} entries")
    expect(arrived).to_be_visible(timeout=20_000)

    assert _as_sent(world) == _as_expected(world, ready)

    _last_sixty_days(world, page, panel)
    assert _ready(panel) == 0
    expect(panel.get_by_role("button", name="Send to QuickBooks")).to_have_count(0)
    assert len(world.company.activities) == ready

    page.goto(clockify + SETTINGS)
    panel = _panel(page)
    panel.get_by_role("button", name="Disconnect").click()
    panel.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(panel.get_by_role("button", name="Connect to QuickBooks")).to_be_visible()

    page.goto(clockify + REPORT)
    expect(_panel(page).get_by_text("Not connected to QuickBooks")).to_be_visible()


def test_a_team_member_sees_what_became_of_her_own_hours(
    world: World, page: Page
) -> None:
    """
    Emily sees her own entries with their state, and nothing she could press.
    """
    world.install()
    world.connect()
    emily = world.user_id("Emily Platt")

    page.goto(f"{world.sandbox.clockify.origin}/addons/hours-to-books?user={emily}")
    panel = _panel(page)
    expect(panel.get_by_role("tab", name="Ready")).to_be_visible()
    expect(panel.get_by_role("row").nth(1)).to_be_visible()

    assert panel.get_by_text("John Johnson").count() == 0
    assert panel.get_by_role("button", name="Send to QuickBooks").count() == 0
    assert panel.get_by_role("checkbox").count() == 0


def _install_connect_and_link(world: World, page: Page) -> None:
    clockify = world.sandbox.clockify.origin
    page.goto(clockify + ADDONS)
    page.get_by_role("button", name="Install").click()
    page.goto(clockify + SETTINGS)
    panel = _panel(page)
    _connect(page, panel)

    expect(panel.get_by_role("heading", name="Users")).to_be_visible()
    expect(panel.get_by_role("heading", name="Projects")).to_be_visible()
    expect(panel.get_by_label("Emily Platt", exact=True)).to_have_value("employee:55")
    _choose(panel, "Mia Member", "Emily Platt")
    _choose(panel, "Rondonuwu Fruit & Veg", "Rondonuwu Fruit and Vegi")
    _choose(panel, "Office and yard", "No customer (only non-billable time)")


def _panel(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=QuickBooks]")


def _connect(page: Page, panel: FrameLocator) -> None:
    with page.context.expect_page() as opened:
        panel.get_by_role("button", name="Connect to QuickBooks").click()
    intuit = opened.value
    intuit.get_by_role("button", name="Connect", exact=True).click()
    expect(intuit.get_by_text("is connected")).to_be_visible()
    intuit.close()
    expect(panel.get_by_role("button", name="Disconnect")).to_be_visible()
    expect(panel.get_by_text("3 of 8 linked")).to_be_visible()


def _choose(panel: FrameLocator, name: str, record: str) -> None:
    chooser = panel.get_by_label(name, exact=True)
    chooser.select_option(label=record)
    row = panel.locator("li", has=panel.get_by_label(name, exact=True))
    expect(row.get_by_text("Saved")).to_be_visible()


def _last_sixty_days(world: World, page: Page, panel: FrameLocator) -> None:
    """
    Show the entries of sixty days, and wait until the list of before is gone.

    An answer that has come is not yet shown: its figures are read off the list.
    """
    first = world.clock().date() - timedelta(days=60)
    panel.locator("#entries-list").evaluate("list => { list.dataset.before = 'yes' }")
    with page.expect_response(lambda answer: f"start={first}" in answer.url):
        panel.get_by_label("From").fill(first.isoformat())
        panel.get_by_label("From").press("Tab")
    expect(panel.locator("#entries-list:not([data-before])")).to_have_count(1)


def _ready(panel: FrameLocator) -> int:
    count = panel.locator("#tab-ready-count")
    expect(count).to_contain_text(re.compile(r"\d"))
    expect(panel.locator("[aria-busy=true], .htmx-request")).to_have_count(0)
    return int(count.inner_text().split()[0].replace(",", ""))


def _as_sent(world: World) -> list[tuple[Any, ...]]:
    return sorted(
        (
            each["TxnDate"],
            each["NameOf"],
            (each.get("EmployeeRef") or each.get("VendorRef"))["value"],
            each.get("CustomerRef", {}).get("value", ""),
            each["Hours"] * 60 + each["Minutes"],
            each["BillableStatus"],
            Decimal(str(each.get("HourlyRate", 0))),
            each.get("Description", ""),
        )
        for each in world.company.activities
    )


def _as_expected(world: World, count: int) -> list[tuple[Any, ...]]:
    """Say independently of the add-on what the books must hold."""
    books = world.company
    people = {
        "Emily Platt": ("Employee", books.id_of("Employee", "Emily Platt")),
        "Johnson, John": ("Employee", books.id_of("Employee", "John Johnson")),
        "Pam Seitz": ("Vendor", books.id_of("Vendor", "Pam Seitz")),
        "Mia Member": ("Employee", books.id_of("Employee", "Emily Platt")),
    }
    expected = []
    for entry in world.workspace.entries.values():
        user = world.workspace.users[entry.user_id]
        seconds = (entry.end - entry.start).total_seconds() if entry.end else None
        project = world.workspace.projects.get(entry.project_id or "")
        if seconds is None or user.name not in people or seconds > (23 * 60 + 55) * 60:
            continue
        if project is None and entry.billable:
            continue
        if project is not None and project.name == "Garden redesign":
            continue
        is_office = project is not None and project.name == "Office and yard"
        if is_office and entry.billable:
            continue
        expected.append(_expected_row(world, entry, *people[user.name]))
    assert len(expected) == count
    return sorted(expected)


def _expected_row(world: World, entry: Any, kind: str, person: str) -> tuple[Any, ...]:
    """Say what one entry must have become."""
    project = world.workspace.projects.get(entry.project_id or "")
    minutes = int((entry.end - entry.start).total_seconds() / 60 + 0.5)
    rate = Decimal(world.workspace.rate_of(entry)) / 100 if entry.billable else 0
    return (
        entry.start.astimezone(entry.local).date().isoformat(),
        kind,
        person,
        _customer_of(world, project),
        minutes,
        "Billable" if entry.billable else "NotBillable",
        Decimal(rate),
        entry.description[:4000],
    )


def _customer_of(world: World, project: Any) -> str:
    if project is None or project.name == "Office and yard":
        return ""
    renamed = {"Rondonuwu Fruit & Veg": "Rondonuwu Fruit and Vegi"}
    name = renamed.get(project.name, project.name)
    return str(world.company.id_of("Customer", name))
