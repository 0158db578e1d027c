"""Makes a customer, a vendor or an employee in QuickBooks, once."""

from collections.abc import Callable, Mapping
from typing import Any

from addon.quickbooks import names, payloads
from addon.quickbooks.errors import Fault, Malformed, Rejected
from addon.rules.entry import Customer, Person, PersonKind

LONGEST_REQUEST_ID = 50
LONGEST_PART = 100

Row = Mapping[str, Any]
# `Client.create`: entity, body and request id go in, the record comes out.
Create = Callable[[str, Row, str], Row]


def create_customer(
    create: Create, name: str, parent_id: str | None = None, *, request_id: str
) -> Customer:
    """
    Make a customer or, below a parent, a sub-customer.

    A name must be free among customers, vendors and employees together, wherever the
    parent is. Raises Rejected for a name QuickBooks would not take (its fault has no
    code then, and nothing was sent), for a taken one (6240) and for a sixth level
    (6180); Unreachable with `sent` where the customer may exist: look for the name
    before repeating, or repeat with the same id. A refusal is remembered under its
    id, so a corrected attempt needs another one. Raises ValueError for an id above 50
    characters.
    """
    body: dict[str, Any] = {"DisplayName": _checked(name)}
    if parent_id is not None:
        body.update({"Job": True, "ParentRef": {"value": parent_id}})
    return payloads.customer(_made(create, "Customer", body, request_id))


def create_vendor(
    create: Create, name: str, email: str | None = None, *, request_id: str
) -> Person:
    """Make a vendor; raises as `create_customer` does."""
    body = {"DisplayName": _checked(name), **_email(email)}
    row = _made(create, "Vendor", body, request_id)
    return payloads.person(PersonKind.VENDOR, row)


def create_employee(
    create: Create,
    given: str,
    family: str,
    email: str | None = None,
    *,
    request_id: str,
) -> Person:
    """
    Make an employee from a given and a family name, one of which may be empty.

    Not to be called for a company with payroll: there an employee needs an address
    and a tax setup that only a person can give (QuickBooks: Employee). The caller
    knows the company and decides. Raises as `create_customer` does.
    """
    parts = {"GivenName": given.strip(), "FamilyName": family.strip()}
    whole = _checked(" ".join(filter(None, parts.values())))
    parts = {key: _checked(part, LONGEST_PART) for key, part in parts.items() if part}
    body = {"DisplayName": whole, **parts, **_email(email)}
    row = _made(create, "Employee", body, request_id)
    return payloads.person(PersonKind.EMPLOYEE, row)


def _made(create: Create, entity: str, body: Row, request_id: str) -> Row:
    if not 0 < len(request_id) <= LONGEST_REQUEST_ID:
        raise ValueError(f"A request id has 1 to {LONGEST_REQUEST_ID} characters")
    row = create(entity, body, request_id)
    if not isinstance(row.get("Id"), str) or not row["Id"]:
        raise Malformed(f"QuickBooks did not say which {entity} it made")
    return row


def _checked(name: str, longest: int = names.LONGEST) -> str:
    problem = names.problem_with(name, longest)
    if problem is not None:
        raise Rejected(Fault("", problem))
    return name.strip()


def _email(address: str | None) -> dict[str, Any]:
    given = (address or "").strip()
    return {"PrimaryEmailAddr": {"Address": given}} if given else {}
