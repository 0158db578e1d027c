"""An open settings page follows both services by itself, within seconds."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.world import World

pytestmark = pytest.mark.browser

# One round is 20 events; EVENTS=100 makes the five rounds of the long run.
EVENTS = int(os.environ.get("EVENTS", "20"))
ROUND = 20
SOON = 5.0
PATIENCE = 15_000


@dataclass
class Watch:
    """An admin's open settings page, and how long each change took to appear."""

    world: World
    page: Page
    took: list[tuple[str, float]] = field(default_factory=list)

    def see(self, what: str, deed: Callable[[], object], sign: Locator, **how: int):
        """Do something in one of the services and wait until the page shows it."""
        began = time.monotonic()
        deed()
        expect(sign).to_have_count(how.get("count", 1), timeout=PATIENCE)
        self.took.append((what, time.monotonic() - began))

    def row(self, kind: str, name: str) -> Locator:
        """Give the row of a user or project."""
        label = self.page.get_by_label(name, exact=True)
        return self.page.locator(f"#links-{kind}-list li.link", has=label)

    def option(self, kind: str, label: str) -> Locator:
        """Give the first chooser that offers a record."""
        first = self.page.locator(f"#links-{kind}-list select").first
        return first.locator("option").filter(has_text=label)


@pytest.fixture(name="watch")
def _watch(tmp_path: Path, browser: Browser) -> Iterator[Watch]:
    with World(tmp_path, workers=True, entries=0) as world:
        world.sandbox.clockify.rate_limit = None
        world.sandbox.quickbooks.webhook_target = f"{world.url}/quickbooks/webhooks"
        world.install()
        world.connect()
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{world.url}/settings?auth_token={world.token('Olivia Owen')}")
        yield Watch(world, page)
        context.close()


def test_an_open_page_shows_every_change_within_five_seconds(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Whatever changes in Clockify or QuickBooks is on the screen without a press.
    """
    for number in range(max(1, EVENTS // ROUND)):
        name = f"Robin{number}"
        links = people(watch, name)
        leavers(watch, name, links)
        target = customers(watch, name)
        endings(watch, name, target)
    seconds = sorted(took for _, took in watch.took)
    median = statistics.median(seconds)
    late = seconds[round(0.95 * (len(seconds) - 1))]
    with capsys.disabled():
        print(f"\n{len(seconds)} events: median {median:.2f} s, 95 % {late:.2f} s")
    assert len({what for what, _ in watch.took}) == ROUND
    assert late <= SOON, watch.took


def people(watch: Watch, name: str) -> dict[str, str]:
    """Somebody is hired, tracks and is renamed, on both sides."""
    books, workspace, see = watch.world.company, watch.world.workspace, watch.see
    hired, other = f"{name} Hill", f"{name} Vale"

    def hire(who: str) -> Callable[[], None]:
        return lambda: ids.update({who: books.add_employee(who)})

    ids: dict[str, str] = {}
    see("new employee", hire(hired), watch.option("user", hired))
    see("joined user", lambda: workspace.add_user(hired), watch.row("user", hired))
    expect(watch.page.get_by_label(hired, exact=True)).to_have_value(
        f"employee:{ids[hired]}"
    )
    see(
        "renamed user",
        lambda: workspace.rename_user(hired, f"{hired} Brown"),
        watch.row("user", f"{hired} Brown"),
    )
    see(
        "renamed employee",
        lambda: books.rename("Employee", ids[hired], f"{name} Green"),
        watch.option("user", f"{name} Green"),
    )
    see("second employee", hire(other), watch.option("user", other))
    return ids


def leavers(watch: Watch, name: str, ids: dict[str, str]) -> None:
    """Two records become one, and people leave, on both sides."""
    books, workspace, see = watch.world.company, watch.world.workspace, watch.see
    hired, other = f"{name} Hill", f"{name} Vale"
    survivor = f'option[value="employee:{ids[other]}"]:checked'
    see(
        "merged employee",
        lambda: books.merge("Employee", ids[hired], ids[other]),
        watch.row("user", f"{hired} Brown").locator(survivor),
    )
    inactive = "is inactive in QuickBooks. Choose another one."
    see(
        "deactivated employee",
        lambda: books.deactivate("Employee", ids[other]),
        watch.row("user", f"{hired} Brown").filter(has_text=inactive),
    )
    see(
        "deactivated user",
        lambda: workspace.deactivate_user(f"{hired} Brown"),
        watch.row("user", f"{hired} Brown").filter(has_text="Inactive"),
    )
    guest = f"{name} Guest"
    see("second user", lambda: workspace.add_user(guest), watch.row("user", guest))
    see(
        "deleted user",
        lambda: workspace.delete_user(guest),
        watch.row("user", guest),
        count=0,
    )


def customers(watch: Watch, name: str) -> dict[str, str]:
    """A customer is won and renamed, and so is what is done for it."""
    books, workspace, see = watch.world.company, watch.world.workspace, watch.see
    client, project = f"{name} Client", f"{name} Project"
    ids: dict[str, str] = {}

    def win(who: str) -> Callable[[], None]:
        return lambda: ids.update({who: books.add_customer(who)})

    workspace.add_client(client)
    see(
        "new project",
        lambda: workspace.add_project(project, client),
        watch.row("project", project).filter(has_text=client),
    )
    see(
        "renamed client",
        lambda: workspace.rename_client(client, f"{name} Patron"),
        watch.row("project", project).filter(has_text=f"{name} Patron"),
    )
    see(
        "renamed project",
        lambda: workspace.rename_project(project, f"{name} Task"),
        watch.row("project", f"{name} Task"),
    )
    see("new customer", win(f"{name} Inn"), watch.option("project", f"{name} Inn"))
    see(
        "renamed customer",
        lambda: books.rename("Customer", ids[f"{name} Inn"], f"{name} Bar"),
        watch.option("project", f"{name} Bar"),
    )
    target = f"customer:{ids[f'{name} Inn']}"
    watch.page.get_by_label(f"{name} Task", exact=True).select_option(target)
    see("second customer", win(f"{name} Spa"), watch.option("project", f"{name} Spa"))
    return ids


def endings(watch: Watch, name: str, ids: dict[str, str]) -> None:
    """A customer is merged and lost, and its project put away."""
    books, workspace, see = watch.world.company, watch.world.workspace, watch.see
    survivor = f'option[value="customer:{ids[f"{name} Spa"]}"]:checked'
    see(
        "merged customer",
        lambda: books.merge("Customer", ids[f"{name} Inn"], ids[f"{name} Spa"]),
        watch.row("project", f"{name} Task").locator(survivor),
    )
    see(
        "deactivated customer",
        lambda: books.deactivate("Customer", ids[f"{name} Spa"]),
        watch.row("project", f"{name} Task").filter(has_text="is inactive in Quick"),
    )
    see(
        "archived project",
        lambda: workspace.archive_project(f"{name} Task"),
        watch.row("project", f"{name} Task").filter(has_text="Archived"),
    )
    see(
        "vendor besides",
        lambda: books.add_vendor(f"{name} Ltd"),
        watch.option("user", f"{name} Ltd"),
    )


def test_news_leave_what_somebody_is_busy_with_alone(watch: Watch) -> None:
    """
    Focus, scroll and a half-made choice stay as they are while lists renew themselves.
    """
    page, world = watch.page, watch.world
    chooser = page.get_by_label("Mia Member", exact=True)
    chooser.focus()
    page.evaluate("window.scrollTo(0, 200)")
    # Half-made: shown in the chooser, and not yet told to anybody.
    chooser.evaluate("one => { one.selectedIndex = 3; }")
    where = "one => Math.round(one.getBoundingClientRect().top)"
    before = chooser.evaluate(where)
    world.workspace.add_user("Anna New")
    expect(watch.row("user", "Anna New")).to_have_count(1, timeout=PATIENCE)
    assert chooser.evaluate("one => one === document.activeElement")
    assert chooser.evaluate("one => one.selectedIndex") == 3
    assert chooser.evaluate(where) == before
