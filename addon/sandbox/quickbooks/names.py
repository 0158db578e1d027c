"""Customers, vendors, employees, items, classes and locations: QuickBooks' rules."""

from __future__ import annotations

from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.faults import (
    Fault,
    bad_reference,
    missing,
    not_found,
    unsupported,
)
from addon.sandbox.quickbooks.fields import Row, checked
from addon.sandbox.quickbooks.ledger import GONE, PEOPLE

DEEPEST = 4  # levels under a top customer: five in total
_NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_NOT_WITH_PAYROLL = ("Title", "Suffix", "PrintOnCheckName", "BillRate")
_ADDRESS = ("City", "CountrySubDivisionCode", "PostalCode")
_SUB = {
    "Customer": "Job",
    "Item": "SubItem",
    "Class": "SubClass",
    "Department": "SubDepartment",
}


def write(company: Company, entity: str, body: Row) -> Row:
    """Create a row, or update the one whose Id is given."""
    given = checked(entity, body)
    if "Id" not in given:
        return company.insert(entity, _made(company, entity, given, None))
    row = company.current(entity, given)
    sparse = given.pop("sparse", False)
    new = {**row, **given} if sparse else {"Active": row["Active"], **given}
    if row["Active"] and not new["Active"]:
        _mark_gone(entity, row, new)
    elif new["Active"] and not row["Active"]:
        name = _name_field(entity)
        new[name] = str(new.get(name, row[name])).removesuffix(GONE)
    made = company.replace(entity, row, _made(company, entity, new, row["Id"]))
    company.refresh_below(entity, row["Id"])
    return made


def _mark_gone(entity: str, row: Row, new: Row) -> None:
    name = _name_field(entity)
    new[name] = str(new.get(name, row[name])).removesuffix(GONE) + GONE


def _made(company: Company, entity: str, row: Row, row_id: str | None) -> Row:
    row = {"Active": True, **row}
    if entity == "Employee":
        row = _employee(company, row)
    elif entity in PEOPLE:
        row = _named(row)
    else:
        _refuse_nameless(row)
    if entity == "Item":
        _refuse_bad_item(company, row)
    _refuse_bad_parent(company, entity, row, row_id)
    _refuse_taken(company, entity, row, row_id)
    return company.derived(entity, row)


def _named(row: Row) -> Row:
    parts = [row[part] for part in _NAME_PARTS if row.get(part, "").strip()]
    name = row.get("DisplayName", "").strip() or " ".join(parts)
    if not name:
        detail = "At least one of DisplayName, Title, GivenName, MiddleName,"
        raise Fault("6080", f"{detail} FamilyName or Suffix is required.")
    return {"PrintOnCheckName": name[:110], **row, "DisplayName": name}


def _employee(company: Company, row: Row) -> Row:
    if not row.get("GivenName", "").strip() and not row.get("FamilyName", "").strip():
        raise missing("GivenName")
    if "BillRate" in row and not row.get("BillableTime"):
        raise unsupported("BillRate")
    if not company.settings.payroll:
        return _named(row)
    for name in _NOT_WITH_PAYROLL:
        if name in row and name != "PrintOnCheckName":
            raise unsupported(name)
    address = row.get("PrimaryAddr", {})
    for name in _ADDRESS:
        if not address.get(name):
            raise missing(f"PrimaryAddr.{name}")
    # With payroll the shown name is put together from its parts, whatever was sent.
    made = _named({k: v for k, v in row.items() if k != "DisplayName"})
    if not row["Active"]:
        made["DisplayName"] += GONE
    return made


def _refuse_nameless(row: Row) -> None:
    if not row.get("Name", "").strip():
        raise missing("Name")


def _refuse_bad_item(company: Company, row: Row) -> None:
    kinds = ("Service", "Inventory", "NonInventory", "Category")
    if row.setdefault("Type", "Service") not in kinds:
        raise Fault("2170", f"Invalid Enumeration : {row['Type']}", "Type")
    account = row.get("IncomeAccountRef")
    if account is None and row["Type"] != "Category":
        raise missing("IncomeAccountRef")
    if account and account["value"] not in company.tables["Account"]:
        raise bad_reference("Accounts", account["value"])


def _refuse_bad_parent(
    company: Company, entity: str, row: Row, row_id: str | None
) -> None:
    flag = _SUB.get(entity)
    if flag is None:
        return
    parent = row.get("ParentRef")
    if row.get(flag) and parent is None:
        detail = f"ParentRef is required if {flag} is true"
        raise Fault("6150", detail, "ParentRef")
    if parent is None:
        return
    above = company.tables[entity].get(parent["value"])
    if above is None or above["Id"] == row_id:
        raise bad_reference("ParentRef", parent["value"])
    if not above["Active"]:
        raise not_found(f"{entity} {parent['value']}")
    if above.get("Level", 0) + 1 > DEEPEST:
        raise Fault("6180", "You can nest up to 5 levels.", "ParentRef")


def _refuse_taken(company: Company, entity: str, row: Row, row_id: str | None) -> None:
    field = _name_field(entity)
    name = row[field].strip().casefold()
    tables = PEOPLE if entity in PEOPLE else (entity,)
    for table in tables:
        for other in company.rows(table):
            same = other[field].strip().casefold() == name
            if same and (table, other["Id"]) != (entity, row_id):
                raise Fault("6240", _TAKEN.format(what=_WHO.get(entity, entity)))


_TAKEN = (
    "The name supplied already exists. : Another {what} is already using this \n"
    "name. Please use a different name."
)
_WHO = dict.fromkeys(PEOPLE, "customer, vendor or employee")


def _name_field(entity: str) -> str:
    return "DisplayName" if entity in PEOPLE else "Name"
