"""The firms that demo and tests tell about, as their Clockify workspaces stand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from addon.sandbox.clockify.state import Host
from addon.sandbox.clockify.things import Fact, Project, User
from addon.sandbox.clockify.workspace import Workspace

HOME = "America/Los_Angeles"
MAIL = "craigslandscaping.example"
SATURDAY = 5
LONG_NOTE = ("Walked the site with the owner and wrote all of it down. " * 60)[:2900]

WORK = (
    "Laid sod along the drive",
    "Trimmed the hedges",
    "Planted roses",
    "Fixed the sprinklers",
    "Drew the new garden plan",
    "Met the client on site",
    "Hauled soil and gravel",
    "Checked the drip lines",
    "Built the retaining wall",
    "Cleaned up after the storm",
)


@dataclass(frozen=True)
class Odd:
    """An entry out of the ordinary, so many working days ago (0: the last one)."""

    user: str
    project: str | None
    days_ago: int
    hour: int
    minute: int
    length: timedelta
    description: str
    billable: bool | None = None


ONE_HOUR = timedelta(hours=1)
EMILY, JOHN = "Emily Platt", "Johnson, John"
ODD = (
    Odd(EMILY, "55 Twin Lane", 0, 13, 5, timedelta(minutes=98), "Pruning"),
    Odd(EMILY, "Amy's Bird Sanctuary", 1, 23, 30, ONE_HOUR, "Night watering"),
    Odd(JOHN, "Jeff's Jalopies", 0, 9, 12, timedelta(seconds=2858), "Quick visit"),
    Odd(JOHN, None, 1, 8, 0, ONE_HOUR, "No project yet", billable=True),
    Odd(JOHN, "Office and yard", 1, 10, 0, 2 * ONE_HOUR, "Tidied"),
    Odd("Adam Ashe", "Cool Cars", 2, 8, 0, 26 * ONE_HOUR, "Forgotten timer"),
    Odd("Mia Member", "Kookies by Kathy", 2, 9, 0, ONE_HOUR, "🌻 Bulbs"),
    Odd(EMILY, "Garden redesign", 3, 9, 0, 3 * ONE_HOUR, LONG_NOTE),
    Odd("Lena Leaver", "Red Rock Diner", 7, 9, 0, 4 * ONE_HOUR, "Last day"),
    Odd("Kim Kiosk", "Office and yard", 3, 7, 0, 8 * ONE_HOUR, "Shift"),
    Odd(EMILY, "55 Twin Lane", 3, 14, 0, ONE_HOUR, "Warranty work", billable=False),
)


@dataclass(frozen=True)
class Size:
    """How big a firm to make up."""

    entries: int
    seed: int
    users: int = 40
    projects: int = 120


def tell(
    story: str,
    host: Host,
    *,
    entries: int = 60,
    seed: int = 1,
    users: int = 40,
    projects: int = 120,
) -> Workspace:
    """Make the workspace of a story: craig, other, empty or large."""
    if story not in STORIES:
        raise LookupError(f"no story is called {story!r}; there are {list(STORIES)}")
    size = Size(entries=entries, seed=seed, users=users, projects=projects)
    return STORIES[story](host, size)


def craig(host: Host, size: Size) -> Workspace:
    """A small landscaping firm whose books are QuickBooks' sample company."""
    world = Workspace(host, "Craig's Landscaping")
    _craigs_people(world)
    _craigs_projects(world)
    workers = [world.user(name) for name in ("Emily Platt", "Johnson, John")]
    workers += [world.user(name) for name in ("Mia Member", "Pam Seitz", "Adam Ashe")]
    odd = _odd_hours(world) if size.entries else 0
    _usual_hours(world, workers, max(0, size.entries - odd), size.seed)
    return world


def other(host: Host, size: Size) -> Workspace:
    """A second firm; every word of it says Harbor, so that a leak is seen at once."""
    world = Workspace(host, "Harbor Marine Repair")
    world.add_user("Hanna Harbor", "hanna@harbor.example", role="OWNER")
    worker = world.add_user("Hugo Harbor", "hugo@harbor.example")
    client = world.add_client("Harbor Authority")
    world.add_project("Harbor Pier 9", client, hourly_rate=9900)
    world.add_project("Harbor Tug Overhaul", hourly_rate=8800)
    _usual_hours(world, [worker], min(size.entries, 20), size.seed, mark="Harbor: ")
    return world


def empty(host: Host, size: Size) -> Workspace:
    """A workspace on its first day: an owner, an admin and nothing else."""
    del size
    world = Workspace(host, "Newly Sown Gardens")
    world.add_user("Nora Newman", "nora@newlysown.example", role="OWNER")
    world.add_user("Ned Newman", "ned@newlysown.example", role="WORKSPACE_ADMIN")
    return world


def large(host: Host, size: Size) -> Workspace:
    """A firm of many people, projects and hours."""
    world = Workspace(host, "Thousand Acres")
    world.add_user("Olga Over", "olga@thousandacres.example", role="OWNER")
    workers = [
        world.add_user(f"Worker {n:04}", f"worker{n}@thousandacres.example")
        for n in range(1, size.users)
    ]
    clients = [
        world.add_client(f"Estate {n:03}") for n in range(max(1, size.projects // 10))
    ]
    for n in range(size.projects):
        world.add_project(f"Field {n:04}", clients[n % len(clients)])
    _usual_hours(world, workers or [world.owner], size.entries, size.seed)
    return world


STORIES: dict[str, Callable[[Host, Size], Workspace]] = {
    "craig": craig,
    "other": other,
    "empty": empty,
    "large": large,
}


def _craigs_people(world: Workspace) -> None:
    """Each stands in another relation to the books."""
    world.add_user("Olivia Owen", f"olivia.owen@{MAIL}", role="OWNER")
    world.add_user("Adam Ashe", f"adam.ashe@{MAIL}", role="WORKSPACE_ADMIN")
    world.add_user("Emily Platt", f"emily.platt@{MAIL}", hourly_rate=4500)
    world.add_user("Johnson, John", f"j.johnson@{MAIL}", hourly_rate=4250)
    world.add_user("Mia Member", f"mia.member@{MAIL}")
    world.add_user("Pam Seitz", "pam@pamseitz.example", hourly_rate=6000)
    world.add_user("Lena Leaver", f"lena.leaver@{MAIL}", status="INACTIVE")
    world.add_user("Kim Kiosk", None, account="LIMITED")
    world.add_user(
        "Penny Pending",
        f"penny.pending@{MAIL}",
        status="PENDING",
        account="NOT_REGISTERED",
    )


def _craigs_projects(world: Workspace) -> None:
    """Customers of the sample company, in the several ways firms enter them."""
    freeman = world.add_client("Freeman Sporting Goods")
    weiskopf = world.add_client("Weiskopf Consulting")
    world.add_client("Cool Cars")
    world.add_project("0969 Ocean View Road", freeman, hourly_rate=7500)
    world.add_project("55 Twin Lane", freeman, hourly_rate=7500, color="#8BC34A")
    world.add_project("Garden redesign", weiskopf, color="#9C27B0")
    for name in ("Amy's Bird Sanctuary", "Bill's Windsurf Shop", "Cool Cars"):
        world.add_project(name, color="#FF9800")
    for name in ("Jeff's Jalopies", "Kookies by Kathy", "Sushi by Katsuyuki"):
        world.add_project(name, color="#F44336", hourly_rate=5500)
    # The books spell it "Rondonuwu Fruit and Vegi": a person has to choose.
    world.add_project("Rondonuwu Fruit & Veg", color="#795548")
    world.add_project("Red Rock Diner", archived=True, color="#607D8B")
    world.add_project("Office and yard", billable=False, color="#009688")
    task = world.add_task("0969 Ocean View Road", "Irrigation")
    world.add_task(task.project_id, "Planting")
    world.add_tag("Overtime")
    world.add_tag("On site")


def _odd_hours(world: Workspace) -> int:
    """Entries that every rule has to meet; answers how many."""
    days = _workdays(world.now(), back=12)
    for odd in ODD:
        day = days[min(odd.days_ago, len(days) - 1)]
        facts: dict[str, Fact] = (
            {} if odd.billable is None else {"billable": odd.billable}
        )
        world.add_entry(
            odd.user,
            odd.project,
            start=_local_day(day)(odd.hour, odd.minute),
            length=odd.length,
            description=odd.description,
            **facts,
        )
    with world.host.lock:
        timer = world.start_timer(
            "Johnson, John", "Bill's Windsurf Shop", description="Weeding"
        )
        timer.start -= timedelta(minutes=25)
    return len(ODD) + 1


def _usual_hours(
    world: Workspace, workers: list[User], count: int, seed: int, mark: str = ""
) -> None:
    """Ordinary hours on the working days of this month and the last, before now."""
    dice = random.Random(seed)
    days = _workdays(world.now(), back=_days_since_last_month(world.now()))
    projects = [one for one in world.projects.values() if not one.archived]
    for _ in range(count):
        project: Project = dice.choice(projects)
        start = _local_day(dice.choice(days))(
            dice.randrange(7, 14), dice.randrange(0, 60, 5)
        )
        world.add_entry(
            dice.choice(workers),
            project,
            start=start,
            length=timedelta(minutes=dice.randrange(15, 4 * 60, 5)),
            description=mark + dice.choice(WORK),
        )
    with world.host.lock:
        for entry in world.entries.values():
            entry.touched = entry.end


def _workdays(now: datetime, *, back: int) -> list[date]:
    """Working days before today, latest first; never none."""
    return list(_past_workdays(now, back)) or list(_past_workdays(now, back + 7))


def _past_workdays(now: datetime, back: int) -> Iterator[date]:
    today = now.astimezone(ZoneInfo(HOME)).date()
    for days in range(1, back + 1):
        day = today - timedelta(days=days)
        if day.weekday() < SATURDAY:
            yield day


def _days_since_last_month(now: datetime) -> int:
    today = now.astimezone(ZoneInfo(HOME)).date()
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return (today - first).days


def _local_day(day: date) -> Callable[[int, int], datetime]:
    """Moments of a day on the firm's own clock."""
    zone = ZoneInfo(HOME)
    return lambda hour, minute: datetime.combine(day, time(hour, minute), zone)
