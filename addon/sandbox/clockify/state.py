"""The memory of a pretend workspace, and looking things up in it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from addon.sandbox.clockify.hooks import Hooks
from addon.sandbox.clockify.signing import Key
from addon.sandbox.clockify.things import (
    Approval,
    Client,
    Entry,
    Project,
    Tag,
    Task,
    User,
)

Thing = TypeVar("Thing", User, Client, Project, Task, Tag, Entry, Approval)

# The fields a thing may be called by.
NAMING = ("name", "email", "description")
SWITCHED_ON = (
    "onlyAdminsSeeBillableRates",
    "onlyAdminsCreateProject",
    "defaultBillableProjects",
    "projectFavorites",
    "canSeeTimeSheet",
    "canSeeTracker",
    "onlyAdminsSeeAllTimeEntries",
    "trackTimeDownToSecond",
    "isProjectPublicByDefault",
    "activeBillableHours",
    "timeApprovalEnabled",
    "invoicingEnabled",
)
SWITCHED_OFF = (
    "timeRoundingInReports",
    "onlyAdminsSeeDashboard",
    "projectPickerSpecialFilter",
    "forceProjects",
    "forceTasks",
    "forceTags",
    "forceDescription",
    "onlyAdminsSeePublicProjectsEntries",
    "onlyAdminsCreateTag",
    "onlyAdminsCreateTask",
    "multiFactorEnabled",
)
FEATURES = [
    "QUICKBOOKS_INTEGRATION",
    "WORKSPACE_TIME_ROUNDING",
    "APPROVAL",
]


@dataclass
class Host:
    """What all workspaces of one pretend Clockify share."""

    now: Callable[[], datetime]
    key: Key = field(default_factory=Key)
    lock: threading.RLock = field(default_factory=threading.RLock)
    origin: str = ""
    seed: int = 1

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._count = 0

    def new_id(self) -> str:
        """A fresh identifier of Clockify's shape: 24 hexadecimal digits."""
        with self.lock:
            self._count += 1
            return f"6a{self._random.getrandbits(56):014x}{self._count:08x}"


@dataclass
class Installation:
    """One add-on on one workspace, from the moment it was put there."""

    addon_id: str
    addon_user_id: str
    key: str
    manifest: dict[str, Any]
    manifest_url: str
    base_url: str
    auth_token: str
    webhook_tokens: dict[str, str]
    as_user: str
    status: str = "ACTIVE"

    @property
    def scopes(self) -> frozenset[str]:
        """What the installed manifest asked to be allowed."""
        return frozenset(self.manifest.get("scopes") or ())

    @property
    def components(self) -> list[dict[str, Any]]:
        """The pages the add-on shows inside Clockify."""
        return list(self.manifest.get("components") or ())

    def lifecycle_url(self, kind: str) -> str | None:
        """Where this life event is reported, as registered when it was installed."""
        for item in self.manifest.get("lifecycle") or ():
            if item["type"] == kind:
                return f"{self.base_url}{item['path']}"
        return None


def workspace_settings() -> dict[str, Any]:
    """What a new workspace is set to; tests and the demo change single values."""
    return {
        **dict.fromkeys(SWITCHED_ON, True),
        **dict.fromkeys(SWITCHED_OFF, False),
        "lockTimeEntries": None,
        "lockTimeZone": None,
        "automaticLock": None,
        "round": {"round": "Round to nearest", "minutes": "15"},
        "projectGroupingLabel": "client",
        "adminOnlyPages": [],
        "timeTrackingMode": "DEFAULT",
        "durationFormat": "FULL",
        "numberFormat": "COMMA_PERIOD",
        "currencyFormat": "VALUE_CURRENCY",
        "entityCreationPermissions": {
            "whoCanCreateProjectsAndClients": "ADMINS",
            "whoCanCreateTags": "EVERYONE",
            "whoCanCreateTasks": "ADMINS",
        },
    }


class State:
    """
    Everything one workspace knows; tests look straight at it.

    Dictionaries are keyed by identifier and keep the order of creation. The `host`
    lock guards them; it is never held while the add-on is called.
    """

    def __init__(self, host: Host, name: str, *, plan: str = "PRO_2021") -> None:
        self.host = host
        self.id = host.new_id()
        self.name = name
        self.plan = plan
        self.currency = "USD"
        self.currency_id = host.new_id()
        self.hourly_rate = 4000
        self.settings = workspace_settings()
        self.features = list(FEATURES)
        self.users: dict[str, User] = {}
        self.clients: dict[str, Client] = {}
        self.projects: dict[str, Project] = {}
        self.tasks: dict[str, Task] = {}
        self.tags: dict[str, Tag] = {}
        self.entries: dict[str, Entry] = {}
        self.approvals: dict[str, Approval] = {}
        self.installations: dict[str, Installation] = {}
        self.former: list[Installation] = []
        self.hooks = Hooks()
        self.requests_per_hour: int | None = None
        self.empty_id: str | None = None
        self.z_means = "instant"
        # True: nothing changes any more, so that a report is put together only once.
        self.steady = False
        self.last_report: tuple[str, Any] = ("", None)
        self.webhook_path_form = "double"
        self.role_words = {"WORKSPACE_ADMIN": "ADMIN"}

    def now(self) -> datetime:
        """The time in this world, to the second as Clockify keeps it."""
        return self.host.now().replace(microsecond=0)

    @property
    def owner(self) -> User:
        """The person the workspace belongs to."""
        return next(user for user in self.users.values() if user.role == "OWNER")

    @property
    def installation(self) -> Installation:
        """The add-on installed last."""
        return list(self.installations.values())[-1]

    def user(self, one: User | str) -> User:
        """A person, by the person, identifier, name or e-mail address."""
        return _look_up(self.users, one)

    def client(self, one: Client | str) -> Client:
        """A client, by itself, identifier or name."""
        return _look_up(self.clients, one)

    def project(self, one: Project | str) -> Project:
        """A project, by itself, identifier or name."""
        return _look_up(self.projects, one)

    def entry(self, one: Entry | str) -> Entry:
        """A time entry, by itself, identifier or description."""
        return _look_up(self.entries, one)

    def client_of(self, project: Project | None) -> Client | None:
        """Whom a project is done for."""
        if project is None or project.client_id is None:
            return None
        return self.clients.get(project.client_id)

    def project_of(self, entry: Entry) -> Project | None:
        """What the hours were spent on."""
        return self.projects.get(entry.project_id) if entry.project_id else None

    def rate_of(self, entry: Entry) -> int | None:
        """What an hour of it costs, in minor units; None when it is not billable."""
        if not entry.billable:
            return None
        project = self.project_of(entry)
        user = self.users.get(entry.user_id)
        for rate in (
            project.hourly_rate if project else None,
            user.hourly_rate if user else None,
        ):
            if rate is not None:
                return rate
        return self.hourly_rate


def _look_up(shelf: Mapping[str, Thing], one: Thing | str) -> Thing:
    if not isinstance(one, str):
        return one
    if one in shelf:
        return shelf[one]
    for thing in shelf.values():
        words = [getattr(thing, word, None) for word in NAMING]
        if one in words:
            return thing
    raise LookupError(f"nothing here is called {one!r}")
