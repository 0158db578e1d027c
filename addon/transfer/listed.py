"""Values of both gates as lines of the directory, and back."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from addon.records.directory import Kind, Listing
from addon.records.glance import Known
from addon.rules.entry import (
    Customer,
    Label,
    Person,
    PersonKind,
    Project,
    ServiceItem,
    Tag,
    Task,
    User,
    WorkClient,
)

KIND_OF_PERSON = {
    PersonKind.EMPLOYEE: Kind.EMPLOYEE,
    PersonKind.VENDOR: Kind.VENDOR,
}
# A line of a list as it is kept, however it was read.
Kept = Listing | Known
PERSON_OF_KIND = {kind.value: person for person, kind in KIND_OF_PERSON.items()}


@dataclass(frozen=True)
class Line:
    """One line of a list as just read."""

    kind: Kind
    foreign_id: str
    name: str
    email: str | None = None
    parent_id: str | None = None
    path: str = ""
    active: bool = True
    details: dict[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Give what is kept of it, by column."""
        return {
            "name": self.name,
            "email": self.email,
            "parent_id": self.parent_id,
            "path": self.path,
            "active": self.active,
            "gone": False,
            "details": self.details,
        }

    def write_into(self, row: Listing) -> None:
        """Bring the stored line up to date."""
        for name, value in self.values().items():
            setattr(row, name, value)


def from_user(user: User) -> Line:
    """Write down a Clockify user."""
    return Line(
        Kind.USER,
        user.id,
        user.name,
        email=user.email,
        active=user.is_active,
        details={"status": user.status, "zone": user.zone},
    )


def from_client(client: WorkClient) -> Line:
    """Write down a Clockify client."""
    return Line(Kind.CLIENT, client.id, client.name, active=not client.archived)


def from_project(project: Project) -> Line:
    """Write down a Clockify project, under its client's name."""
    return Line(
        Kind.PROJECT,
        project.id,
        project.name,
        parent_id=project.client_id,
        path=project.client_name,
        active=not project.archived,
        details={"billable": project.billable},
    )


def from_task(task: Task) -> Line:
    """Write down a task, under its project's id."""
    return Line(
        Kind.TASK,
        task.id,
        task.name,
        parent_id=task.project_id,
        active=not task.done,
    )


def from_tag(tag: Tag) -> Line:
    """Write down a tag."""
    return Line(Kind.TAG, tag.id, tag.name, active=not tag.archived)


def from_person(person: Person) -> Line:
    """Write down an employee or vendor."""
    return Line(
        KIND_OF_PERSON[person.kind],
        person.id,
        person.name,
        email=person.email,
        active=person.active,
    )


def from_customer(customer: Customer) -> Line:
    """Write down a customer with its full path."""
    return Line(
        Kind.CUSTOMER,
        customer.id,
        customer.name,
        parent_id=customer.parent_id,
        path=customer.path,
        active=customer.active,
        details={
            "level": customer.level,
            "is_project": customer.is_project,
            "currency": customer.currency,
        },
    )


def from_item(item: ServiceItem) -> Line:
    """Write down a service."""
    price = None if item.price is None else str(item.price)
    return Line(
        Kind.ITEM,
        item.id,
        item.name,
        path=item.path,
        active=item.active,
        details={"price": price},
    )


def from_label(kind: Kind, label: Label) -> Line:
    """Write down a class or a location; `kind` says which."""
    return Line(kind, label.id, label.name, path=label.path, active=label.active)


def user_of(row: Kept) -> User:
    """Read a Clockify user back."""
    return User(
        id=row.foreign_id,
        name=row.name,
        email=row.email,
        status=row.details.get("status", "ACTIVE") if row.active else "INACTIVE",
        zone=row.details.get("zone"),
    )


def project_of(row: Kept) -> Project:
    """Read a Clockify project back."""
    return Project(
        id=row.foreign_id,
        name=row.name,
        client_id=row.parent_id,
        client_name=row.path,
        archived=not row.active,
        billable=bool(row.details.get("billable", True)),
    )


def person_of(row: Kept) -> Person:
    """Read an employee or vendor back."""
    return Person(
        kind=PERSON_OF_KIND[row.kind],
        id=row.foreign_id,
        name=row.name,
        email=row.email,
        active=row.active,
    )


def customer_of(row: Kept) -> Customer:
    """Read a customer back."""
    return Customer(
        id=row.foreign_id,
        name=row.name,
        path=row.path or row.name,
        parent_id=row.parent_id,
        level=int(row.details.get("level", 0)),
        active=row.active,
        is_project=bool(row.details.get("is_project")),
        currency=row.details.get("currency"),
    )


def item_of(row: Kept) -> ServiceItem:
    """Read a service back."""
    price = row.details.get("price")
    return ServiceItem(
        id=row.foreign_id,
        name=row.name,
        path=row.path or row.name,
        price=None if price is None else Decimal(price),
        active=row.active,
    )


def label_of(row: Kept) -> Label:
    """Read a class or a location back."""
    return Label(
        id=row.foreign_id,
        name=row.name,
        path=row.path or row.name,
        active=row.active,
    )
