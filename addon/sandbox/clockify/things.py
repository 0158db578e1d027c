"""What a pretend workspace holds: people, projects, clients, tasks, tags and hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# A value for one field of a thing, named by the caller.
Fact = Any

ADMIN_ROLES = frozenset({"OWNER", "WORKSPACE_ADMIN"})


@dataclass
class User:
    """
    A member of the workspace.

    `status` is the membership (ACTIVE, PENDING, INACTIVE, DECLINED), `account` the
    person's account at Clockify (ACTIVE, LIMITED, NOT_REGISTERED, ...). Rates are
    in minor units of the workspace's currency.
    """

    id: str
    name: str
    email: str | None
    role: str = "USER"
    status: str = "ACTIVE"
    account: str = "ACTIVE"
    zone: str = "America/Los_Angeles"
    theme: str = "DEFAULT"
    language: str = "EN"
    week_start: str = "SUNDAY"
    time_format: str = "HOUR12"
    date_format: str = "MM/DD/YYYY"
    hourly_rate: int | None = None

    @property
    def is_admin(self) -> bool:
        """Owners and workspace admins see and change everything."""
        return self.role in ADMIN_ROLES


@dataclass
class Client:
    """Whom projects are done for."""

    id: str
    name: str
    archived: bool = False
    email: str | None = None
    address: str | None = None
    note: str | None = None


@dataclass
class Project:
    """What hours are tracked on; the hourly rate is in minor units."""

    id: str
    name: str
    client_id: str | None = None
    billable: bool = True
    archived: bool = False
    color: str = "#03A9F4"
    note: str = ""
    public: bool = True
    hourly_rate: int | None = None


@dataclass
class Task:
    """A part of a project."""

    id: str
    name: str
    project_id: str
    status: str = "ACTIVE"


@dataclass
class Tag:
    """A label on hours."""

    id: str
    name: str
    archived: bool = False


@dataclass
class Entry:
    """Some time of one person; without an end the timer still runs."""

    id: str
    user_id: str
    start: datetime
    end: datetime | None
    description: str = ""
    project_id: str | None = None
    task_id: str | None = None
    tag_ids: list[str] = field(default_factory=list)
    billable: bool = False
    kind: str = "REGULAR"
    zone: str = "America/Los_Angeles"
    locked: bool = False
    invoiced: bool = False
    approval_id: str | None = None
    touched: datetime | None = None

    @property
    def duration(self) -> timedelta | None:
        """How long it took, or None while the timer runs."""
        return None if self.end is None else self.end - self.start

    @property
    def local(self) -> ZoneInfo:
        """The zone its owner kept the clock in."""
        return ZoneInfo(self.zone)


@dataclass
class Approval:
    """A submitted stretch of one person's time."""

    id: str
    user_id: str
    start: datetime
    end: datetime
    state: str = "PENDING"
    note: str = ""
    updated_by: str = ""
    updated_at: datetime | None = None
