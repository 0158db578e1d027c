"""What the two sides told us, as frozen values that every floor understands."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class PersonKind(StrEnum):
    """The two kinds of record that can own a time activity."""

    EMPLOYEE = "Employee"
    VENDOR = "Vendor"


class RoundingWay(StrEnum):
    """The directions in which a workspace can round its reports."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Rounding:
    """A workspace's rounding: a direction and a step in whole minutes."""

    way: RoundingWay
    minutes: int


@dataclass(frozen=True)
class Tag:
    """A label on an entry."""

    id: str
    name: str
    archived: bool = False


@dataclass(frozen=True)
class Task:
    """A part of a Clockify project."""

    id: str
    name: str
    project_id: str
    done: bool = False


@dataclass(frozen=True)
class Workspace:
    """A Clockify workspace; `rounding` is None where reports are not rounded."""

    id: str
    name: str
    currency: str | None = None
    rounding: Rounding | None = None
    plan: str = ""


@dataclass(frozen=True)
class User:
    """A member of the workspace; `status` is ACTIVE, PENDING, INACTIVE, LIMITED..."""

    id: str
    name: str
    email: str | None = None
    status: str = "ACTIVE"
    zone: str | None = None

    @property
    def is_active(self) -> bool:
        """Say whether this user can still track time or is about to."""
        return self.status in {"ACTIVE", "PENDING", "LIMITED"}


@dataclass(frozen=True)
class WorkClient:
    """A Clockify client: whom projects are done for."""

    id: str
    name: str
    archived: bool = False


@dataclass(frozen=True)
class Project:
    """
    A Clockify project; `client_id` is None where it belongs to no client.

    `tasks` is filled only where they were asked for.
    """

    id: str
    name: str
    client_id: str | None = None
    client_name: str = ""
    archived: bool = False
    billable: bool = True
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Entry:
    """
    A time entry as the detailed report tells it.

    `day` is the calendar day the work began in the entry's own zone, None where no
    zone is known. `duration` is None while the timer runs. `hourly_rate` is in major
    units (153.00), None where Clockify shows none.
    """

    id: str
    user_id: str
    user_name: str
    start: datetime
    end: datetime | None
    duration: timedelta | None
    day: date | None
    billable: bool
    description: str = ""
    user_email: str | None = None
    project_id: str | None = None
    project_name: str = ""
    client_id: str | None = None
    client_name: str = ""
    task_id: str | None = None
    task_name: str = ""
    tags: tuple[Tag, ...] = ()
    hourly_rate: Decimal | None = None
    currency: str | None = None
    kind: str = "REGULAR"
    is_locked: bool = False
    approval_request_id: str | None = None


@dataclass(frozen=True)
class Person:
    """An employee or vendor in QuickBooks."""

    kind: PersonKind
    id: str
    name: str
    email: str | None = None
    active: bool = True


@dataclass(frozen=True)
class Customer:
    """A customer, sub-customer or project in QuickBooks; `path` is its full name."""

    id: str
    name: str
    path: str
    parent_id: str | None = None
    level: int = 0
    active: bool = True
    is_project: bool = False
    currency: str | None = None


@dataclass(frozen=True)
class NoCustomer:
    """The confirmed choice that a project's time goes to no customer."""


@dataclass(frozen=True)
class ServiceItem:
    """A service in QuickBooks; `price` is its sales price per hour, if it has one."""

    id: str
    name: str
    path: str
    price: Decimal | None = None
    active: bool = True


@dataclass(frozen=True)
class Label:
    """A class or a location (department) in QuickBooks; `path` is its full name."""

    id: str
    name: str
    path: str
    active: bool = True


@dataclass(frozen=True)
class CompanyFacts:
    """What the company itself says about what it can take."""

    name: str
    country: str = ""
    currency: str | None = None
    multi_currency: bool = False
    plan: str = ""
    payroll: bool = False
    time_tracking: bool | None = None
    closed_through: date | None = None
    tracks_classes: bool = False
    tracks_locations: bool = False
    projects: bool = False
    subscription: str = ""
    extra: dict[str, str] = field(default_factory=dict)
