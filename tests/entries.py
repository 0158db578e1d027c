"""Builders of the values our rules know, with sensible defaults."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from addon.rules.eligibility import Context
from addon.rules.entry import (
    CompanyFacts,
    Customer,
    Entry,
    Label,
    NoCustomer,
    Person,
    PersonKind,
    Project,
    ServiceItem,
    User,
    WorkClient,
    Workspace,
)

MONDAY = date(2025, 3, 10)


def an_entry(
    *,
    hours: int = 2,
    minutes: int = 0,
    seconds: int = 0,
    day: date | None = MONDAY,
    running: bool = False,
    **changes: Any,
) -> Entry:
    """Build an entry of Mia's, begun at nine: two billable hours unless told."""
    begun = day or MONDAY
    start = datetime(begun.year, begun.month, begun.day, 9, tzinfo=UTC)
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    values: dict[str, Any] = {
        "id": "entry-1",
        "user_id": "user-mia",
        "user_name": "Mia Member",
        "user_email": "mia@example.com",
        "start": start,
        "end": None if running else start + length,
        "duration": None if running else length,
        "day": day,
        "billable": True,
        "description": "Planted the roses",
        "project_id": "project-garden",
        "project_name": "Garden",
        "client_id": "client-cool-cars",
        "client_name": "Cool Cars",
        "hourly_rate": Decimal("60.00"),
        "currency": "USD",
    }
    return Entry(**(values | changes))


def a_user(**changes: Any) -> User:
    """Build Mia, a member of the workspace."""
    values: dict[str, Any] = {
        "id": "user-mia",
        "name": "Mia Member",
        "email": "mia@example.com",
        "zone": "America/Los_Angeles",
    }
    return User(**(values | changes))


def a_client(**changes: Any) -> WorkClient:
    """Build the client Cool Cars."""
    return WorkClient(**({"id": "client-cool-cars", "name": "Cool Cars"} | changes))


def a_project(*, client: str | None = None, **changes: Any) -> Project:
    """Build the project Garden, of no client unless one is named."""
    values: dict[str, Any] = {"id": "project-garden", "name": "Garden"}
    if client is not None:
        slug = client.strip().lower().replace(" ", "-")
        values |= {"client_id": f"client-{slug}", "client_name": client}
    return Project(**(values | changes))


def a_person(**changes: Any) -> Person:
    """Build Mia's employee record, without an e-mail address."""
    values: dict[str, Any] = {
        "kind": PersonKind.EMPLOYEE,
        "id": "55",
        "name": "Mia Member",
    }
    return Person(**(values | changes))


def a_vendor(**changes: Any) -> Person:
    """Build a vendor record of Mia's."""
    return a_person(**({"kind": PersonKind.VENDOR, "id": "56"} | changes))


def a_customer(*, parent: Customer | None = None, **changes: Any) -> Customer:
    """Build the customer Garden, at the top unless a parent is given."""
    values: dict[str, Any] = {"id": "3", "name": "Garden"} | changes
    if parent is None:
        return Customer(**({"path": values["name"]} | values))
    place = {
        "path": f"{parent.path}:{values['name']}",
        "parent_id": parent.id,
        "level": parent.level + 1,
    }
    return Customer(**(place | values))


def a_service(**changes: Any) -> ServiceItem:
    """Build the service item Gardening."""
    values = {"id": "6", "name": "Gardening", "path": "Landscaping:Gardening"}
    return ServiceItem(**(values | changes))


def a_label(**changes: Any) -> Label:
    """Build the class, or the location, West Coast."""
    return Label(**({"id": "41", "name": "West", "path": "Coast:West"} | changes))


def a_workspace(**changes: Any) -> Workspace:
    """Build a workspace that keeps dollars and rounds nothing."""
    values: dict[str, Any] = {
        "id": "workspace-1",
        "name": "Riverside",
        "currency": "USD",
    }
    return Workspace(**(values | changes))


def company_facts(**changes: Any) -> CompanyFacts:
    """Build Craig's company: dollars only, open books, no payroll."""
    values: dict[str, Any] = {
        "name": "Craig's Design and Landscaping Services",
        "country": "US",
        "currency": "USD",
        "plan": "QuickBooks Online Plus",
        "time_tracking": True,
        "projects": True,
    }
    return CompanyFacts(**(values | changes))


def a_context(
    *,
    person: Person | None = None,
    customer: Customer | NoCustomer | None = None,
    **changes: Any,
) -> Context:
    """Build what a verdict needs: Mia and her project are linked unless told."""
    values: dict[str, Any] = {
        "workspace": a_workspace(),
        "company": company_facts(),
        "people": {"user-mia": person or a_person()},
        "customers": {"project-garden": customer or a_customer()},
    }
    return Context(**(values | changes))
