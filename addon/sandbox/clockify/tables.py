"""The figures on the pretend web app's own pages: hours by day, project and person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from addon.sandbox.clockify.things import Entry
from addon.sandbox.clockify.view import View

PER_PAGE = 50
DAYS_IN_WEEK = 7
NO_PROJECT = "(Without project)"


@dataclass(frozen=True)
class Line:
    """An entry as the tables show it."""

    id: str
    day: date
    description: str
    project: str
    client: str
    color: str
    user: str
    times: str
    duration: str
    amount: str
    billable: bool
    running: bool


@dataclass(frozen=True)
class Bar:
    """A part of a whole, with its share in percent."""

    name: str
    color: str
    duration: str
    share: int


def visible(view: View) -> list[Entry]:
    """The entries the viewer sees, latest first."""
    return sorted(
        (
            one
            for one in view.workspace.entries.values()
            if view.user.is_admin or one.user_id == view.user.id
        ),
        key=lambda one: (one.start, one.id),
        reverse=True,
    )


def line(view: View, one: Entry) -> Line:
    """Put an entry in words, on the viewer's clock."""
    world = view.workspace
    project = world.project_of(one)
    client = world.client_of(project)
    user = world.users.get(one.user_id)
    begin = one.start.astimezone(ZoneInfo(view.user.zone))
    finish = one.end.astimezone(ZoneInfo(view.user.zone)) if one.end else None
    rate, length = world.rate_of(one), one.duration
    earned = (rate or 0) * (length.total_seconds() if length else 0) / 3600 / 100
    return Line(
        id=one.id,
        day=begin.date(),
        description=one.description,
        project=project.name if project else "",
        client=client.name if client else "",
        color=project.color if project else "#90A4AE",
        user=user.name if user else "",
        times=f"{begin:%I:%M %p} - " + (f"{finish:%I:%M %p}" if finish else "…"),
        duration=clock(length),
        amount=f"{earned:,.2f}",
        billable=one.billable,
        running=one.end is None,
    )


def clock(length: timedelta | None) -> str:
    """A length as hours:minutes:seconds."""
    if length is None:
        return "running"
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def total(entries: list[Entry]) -> str:
    """All of them together."""
    return clock(sum((one.duration or timedelta() for one in entries), timedelta()))


def by_project(view: View) -> list[Bar]:
    """Hours by project, largest first."""
    sums: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    for one in visible(view):
        project = view.workspace.project_of(one)
        key = (project.name, project.color) if project else (NO_PROJECT, "#90A4AE")
        sums[key] += one.duration or timedelta()
    most = max(sums.values(), default=timedelta()) or timedelta(seconds=1)
    ranked = sorted(sums.items(), key=lambda item: item[1], reverse=True)
    return [
        Bar(name, color, clock(length), round(100 * (length / most)))
        for (name, color), length in ranked
    ]


def week(view: View) -> tuple[list[date], list[tuple[str, list[str]]]]:
    """The last seven days, and each person's hours on them."""
    zone = ZoneInfo(view.user.zone)
    today = view.workspace.now().astimezone(zone).date()
    days = [today - timedelta(days=n) for n in range(DAYS_IN_WEEK - 1, -1, -1)]
    sums: dict[str, dict[date, timedelta]] = defaultdict(lambda: defaultdict(timedelta))
    for one in visible(view):
        day = one.start.astimezone(zone).date()
        if day in days and one.user_id in view.workspace.users:
            name = view.workspace.users[one.user_id].name
            sums[name][day] += one.duration or timedelta()
    return days, [
        (name, [clock(some[day]) if some[day] else "" for day in days])
        for name, some in sorted(sums.items())
    ]


def by_day(view: View, entries: list[Entry]) -> list[tuple[date, list[Line]]]:
    """Entries under the days they began on."""
    days: dict[date, list[Line]] = defaultdict(list)
    for one in entries:
        told = line(view, one)
        days[told.day].append(told)
    return list(days.items())
