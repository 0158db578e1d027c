"""One pretend QuickBooks company and what people do in it outside the API."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from addon.sandbox.quickbooks.faults import Fault
from addon.sandbox.quickbooks.fields import Row
from addon.sandbox.quickbooks.ledger import GONE, PEOPLE, Ledger

SIMPLE_START = "QuickBooks Online Simple Start"
PLUS = "QuickBooks Online Plus"
_REFS = {
    "EmployeeRef": "Employee",
    "VendorRef": "Vendor",
    "CustomerRef": "Customer",
    "ItemRef": "Item",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "ParentRef": "",
    "IncomeAccountRef": "Account",
}


@dataclass(slots=True)
class Settings:
    """What the company's owner has chosen, and what its plan allows."""

    plan: str = PLUS
    subscription: str = "PAID"  # anything in LAPSED refuses every call
    payroll: bool = False
    time_tracking: bool = True
    services_on_timesheets: bool = True
    bill_customers: bool = True
    classes: bool = False
    departments: bool = False
    multicurrency: bool = False
    currency: str = "USD"
    country: str = "US"
    closed_until: date | None = None
    closing_password: bool = False
    # Documented: a billable activity without a rate is refused (6330). Seen live: it
    # takes the price of its service item instead. True gives the second.
    rate_from_item: bool = False
    user_allowed: bool = True  # False: the connecting user lost access (120)


LAPSED = ("EXPIRED", "SUSPENDED", "CANCELLED")


class Company(Ledger):
    """A company: its lists, its time activities, its settings."""

    def __init__(
        self,
        realm: str,
        name: str,
        *,
        now: Callable[[], datetime],
        time_zone: str = "America/Los_Angeles",
        settings: Settings | None = None,
    ) -> None:
        super().__init__(now=now, time_zone=time_zone)
        self.realm = realm
        self.name = name
        self.settings = settings or Settings()
        self.projects: set[str] = set()  # ids a ProjectRef may name
        self.on_disconnect: list[Callable[[], None]] = []

    # What there is

    @property
    def activities(self) -> list[Row]:
        """The time activities as QuickBooks shows them, oldest first."""
        with self.lock:
            return [self.shown(row) for row in self.rows("TimeActivity")]

    def activity(self, row_id: str) -> Row:
        """One time activity; raises 610 where there is none."""
        with self.lock:
            return self.shown(self.get("TimeActivity", row_id))

    def find(self, entity: str, name: str) -> Row:
        """The row with this name (DisplayName or Name); raises KeyError."""
        for row in self.rows(entity):
            if name in (row.get("DisplayName"), row.get("Name")):
                return self.shown(row)
        raise KeyError(name)

    def id_of(self, entity: str, name: str) -> str:
        """The id of the row with this name; raises KeyError."""
        return str(self.find(entity, name)["Id"])

    def shown(self, row: Row) -> Row:
        """A copy as an answer holds it: references carry today's names."""
        copy = deepcopy(row)
        for name, value in copy.items():
            if name.endswith("Ref") and isinstance(value, dict) and "value" in value:
                found = self._named(name, value["value"])
                copy[name] = {"value": value["value"], **found}
        return copy

    def _named(self, ref: str, row_id: str) -> dict[str, str]:
        tables = PEOPLE if ref == "OtherNameRef" else (_REFS.get(ref, ""),)
        for entity in tables:
            row = self.tables.get(entity, {}).get(row_id)
            if row is not None:
                first = row.get("FullyQualifiedName") or row.get("DisplayName")
                return {"name": first or row["Name"]}
        return {}

    # What people do in it

    def add(self, entity: str, row_id: str | None = None, **facts: object) -> str:
        """Add a row to a list and return its id."""
        with self.lock:
            row = {"Active": True, **_plain(facts)}
            return str(self.insert(entity, self.derived(entity, row), row_id)["Id"])

    def add_employee(
        self, name: str, row_id: str | None = None, **facts: object
    ) -> str:
        """Hire somebody; `Given Family` is taken apart at the first blank."""
        given, _, family = name.partition(" ")
        names = {"DisplayName": name, "GivenName": given, "PrintOnCheckName": name}
        if family:
            names["FamilyName"] = family
        return self.add("Employee", row_id, **{**names, **facts})

    def add_vendor(self, name: str, row_id: str | None = None, **facts: object) -> str:
        """Add a vendor; a contractor has `Vendor1099=True`."""
        return self.add("Vendor", row_id, **{"DisplayName": name, **facts})

    def add_customer(
        self,
        name: str,
        row_id: str | None = None,
        *,
        parent: str | None = None,
        **facts: object,
    ) -> str:
        """Add a customer; with `parent` (an id) a sub-customer."""
        if parent is not None:
            facts = {"Job": True, "ParentRef": {"value": parent}, **facts}
        return self.add("Customer", row_id, **{"DisplayName": name, **facts})

    def add_item(
        self,
        name: str,
        price: str | int = 0,
        row_id: str | None = None,
        **facts: object,
    ) -> str:
        """Add a service item with its price per hour."""
        base = {"Name": name, "Type": "Service", "UnitPrice": Decimal(price)}
        return self.add(
            "Item", row_id, **{**base, "IncomeAccountRef": {"value": "1"}, **facts}
        )

    def change(self, entity: str, row_id: str, **facts: object) -> Row:
        """Edit a row in QuickBooks' own screens; None takes a property away."""
        with self.lock:
            row = self.get(entity, row_id)
            new = {**row, **_plain(facts)}
            new = {name: value for name, value in new.items() if value is not None}
            made = self.replace(entity, row, self.derived(entity, new))
            self.refresh_below(entity, row_id)
            return self.shown(made)

    def rename(self, entity: str, row_id: str, name: str) -> Row:
        """Give a row another name."""
        return self.change(entity, row_id, **{_name_field(entity): name})

    def deactivate(self, entity: str, row_id: str) -> Row:
        """Make inactive: the row stays, its name ends in " (deleted)"."""
        field = _name_field(entity)
        name = self.get(entity, row_id)[field].removesuffix(GONE)
        return self.change(entity, row_id, **{field: name + GONE, "Active": False})

    def reactivate(self, entity: str, row_id: str) -> Row:
        """Make active again under the old name."""
        field = _name_field(entity)
        name = self.get(entity, row_id)[field].removesuffix(GONE)
        return self.change(entity, row_id, **{field: name, "Active": True})

    def merge(self, entity: str, loser_id: str, survivor_id: str) -> None:
        """Make two rows one: the loser's time moves to the survivor."""
        with self.lock:
            self.get(entity, survivor_id)
            ref = next(r for r, e in _REFS.items() if e == entity)
            for row in self.rows("TimeActivity"):
                if row.get(ref, {}).get("value") == loser_id:
                    new = {**row, ref: {"value": survivor_id}}
                    self.replace("TimeActivity", row, new)
            self.deactivate(entity, loser_id)
            self.record(entity, survivor_id, "Merge", loser_id)

    def delete(self, entity: str, row_id: str) -> None:
        """Take a row away for good (QuickBooks does this to transactions only)."""
        self.remove(entity, row_id)

    def edit_activity(self, row_id: str, **facts: object) -> Row:
        """Edit a time activity by hand; None takes a property away."""
        return self.change("TimeActivity", row_id, **facts)

    def delete_activity(self, row_id: str) -> None:
        """Delete a time activity by hand."""
        self.remove("TimeActivity", row_id)

    def bill_activity(self, row_id: str) -> Row:
        """Put a time activity on an invoice: from now on it has been billed."""
        return self.edit_activity(row_id, BillableStatus="HasBeenBilled")

    def close_books(self, until: date | None, *, password: bool = False) -> None:
        """Close the books up to and including a date; None opens them."""
        self._prefer(closed_until=until, closing_password=password)

    def set_payroll(self, on: bool) -> None:  # noqa: FBT001  read as set_payroll(True)
        """Switch QuickBooks Payroll on or off."""
        self._prefer(payroll=on)

    def set_plan(self, plan: str) -> None:
        """Move to another plan."""
        self._prefer(plan=plan)

    def set_time_tracking(self, on: bool) -> None:  # noqa: FBT001
        """Switch time tracking on or off."""
        self._prefer(time_tracking=on)

    def lapse(self, status: str = "EXPIRED") -> None:
        """Let the subscription end; "PAID" brings it back."""
        self.settings.subscription = status

    def disconnect(self) -> None:
        """Disconnect the app from QuickBooks' own Apps page: its tokens are dead."""
        for told in self.on_disconnect:
            told()

    def _prefer(self, **facts: object) -> None:
        with self.lock:
            for name, value in facts.items():
                setattr(self.settings, name, value)
            self.record("Preferences", "1", "Update")

    # What QuickBooks works out by itself

    def derived(self, entity: str, row: Row) -> Row:
        """Fill in what nobody writes: the full name and the level."""
        if entity not in ("Customer", "Item", "Class", "Department", "Account"):
            return row
        name = row[_name_field(entity)]
        parent = row.get("ParentRef")
        if parent is None:
            made = {**row, "FullyQualifiedName": name}
            return {**made, "Level": 0} if entity == "Customer" else made
        above = self.get(entity, parent["value"])
        level = above.get("Level", 0) + 1
        full = f"{above['FullyQualifiedName']}:{name}"
        return {**row, "FullyQualifiedName": full, "Level": level}

    def refresh_below(self, entity: str, row_id: str) -> None:
        """After a change of name: the full names of everything beneath."""
        for row in self.rows(entity):
            if row.get("ParentRef", {}).get("value") == row_id:
                self.tables[entity][row["Id"]] = self.derived(entity, row)
                self.refresh_below(entity, row["Id"])


def _name_field(entity: str) -> str:
    return "DisplayName" if entity in PEOPLE else "Name"


def _plain(facts: dict[str, object]) -> Row:
    return {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in facts.items()}


def refuse_closed(company: Company, day: str) -> None:
    """6200 or 6210 when the books are closed for this date."""
    closed = company.settings.closed_until
    if closed is None or date.fromisoformat(day) > closed:
        return
    if company.settings.closing_password:
        detail = "Account Period Closed, Password Required : Books are closed"
        raise Fault("6210", f"{detail} through {closed:%m/%d/%Y}.", "TxnDate")
    detail = "Account Period Closed : The account period has closed"
    raise Fault("6200", f"{detail} through {closed:%m/%d/%Y}.", "TxnDate")
