"""The rows of one pretend company: numbering, versions, times, changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from addon.sandbox.quickbooks.faults import Fault, not_found
from addon.sandbox.quickbooks.fields import FIELDS, Row

# Customers, vendors and employees are numbered in one row, as in QuickBooks.
PEOPLE = ("Customer", "Vendor", "Employee")
GONE = " (deleted)"


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a row."""

    entity: str
    id: str
    operation: str  # Create, Update, Delete, Merge
    at: datetime
    deleted_id: str | None = None  # of a merge


class Ledger:
    """Tables of rows, each row being the JSON that QuickBooks would show."""

    def __init__(self, *, now: Callable[[], datetime], time_zone: str) -> None:
        self.now = now
        self.zone = ZoneInfo(time_zone)
        self.lock = threading.RLock()
        self.tables: dict[str, dict[str, Row]] = {entity: {} for entity in FIELDS}
        self.changes: list[Change] = []
        self.watchers: list[Callable[[Change], None]] = []
        self._last: dict[str, int] = {}

    def moment(self, timespec: str = "seconds") -> str:
        """The time at the company's place, as QuickBooks writes it."""
        return self.now().astimezone(self.zone).isoformat(timespec=timespec)

    def today(self) -> date:
        """The date at the company's place."""
        return self.now().astimezone(self.zone).date()

    def rows(self, entity: str) -> list[Row]:
        """All rows, oldest first."""
        with self.lock:
            return list(self.tables[entity].values())

    def get(self, entity: str, row_id: str) -> Row:
        """One row; raises 610 where there is none."""
        try:
            return self.tables[entity][row_id]
        except KeyError:
            raise not_found(f"{entity} {row_id}") from None

    def insert(self, entity: str, row: Row, row_id: str | None = None) -> Row:
        """Store a new row under the next id of its number space."""
        with self.lock:
            stamp = self.moment()
            made = {
                **row,
                "domain": "QBO",
                "sparse": False,
                "Id": row_id or self._next_id(entity),
                "SyncToken": "0",
                "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
            }
            self._taken(entity, made["Id"])
            self.tables[entity][made["Id"]] = made
            self.record(entity, made["Id"], "Create")
            return made

    def replace(self, entity: str, row: Row, new: Row) -> Row:
        """Store a changed row: the version grows, the time moves."""
        with self.lock:
            made = {
                **new,
                "domain": "QBO",
                "sparse": False,
                "Id": row["Id"],
                "SyncToken": str(int(row["SyncToken"]) + 1),
                "MetaData": {**row["MetaData"], "LastUpdatedTime": self.moment()},
            }
            self.tables[entity][row["Id"]] = made
            self.record(entity, row["Id"], "Update")
            return made

    def remove(self, entity: str, row_id: str) -> None:
        """Take a row away for good."""
        with self.lock:
            self.get(entity, row_id)
            del self.tables[entity][row_id]
            self.record(entity, row_id, "Delete")

    def record(
        self, entity: str, row_id: str, operation: str, deleted_id: str | None = None
    ) -> None:
        """Note a change and tell whoever watches."""
        change = Change(entity, row_id, operation, self.now(), deleted_id)
        self.changes.append(change)
        for watcher in self.watchers:
            watcher(change)

    def current(self, entity: str, body: Row) -> Row:
        """The row an update or delete is meant for; raises 2020, 610, 5010."""
        for name in ("Id", "SyncToken"):
            if name not in body:
                raise Fault("2020", f"Required parameter {name} is missing", name)
        row = self.get(entity, body["Id"])
        if body["SyncToken"] != row["SyncToken"]:
            detail = (
                "Stale Object Error : You and root were working on this at the same"
                " time. root finished before you did, so your work was not saved."
            )
            raise Fault("5010", detail)
        return row

    def _next_id(self, entity: str) -> str:
        return str(self._last.get(self._space(entity), 0) + 1)

    def _taken(self, entity: str, row_id: str) -> None:
        space = self._space(entity)
        self._last[space] = max(self._last.get(space, 0), int(row_id))

    @staticmethod
    def _space(entity: str) -> str:
        return "People" if entity in PEOPLE else entity
