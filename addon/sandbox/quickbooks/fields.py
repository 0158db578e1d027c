"""What properties each QuickBooks entity has, and what values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from addon.sandbox.quickbooks.faults import Fault, unsupported

Row = dict[str, Any]


class Kind(StrEnum):
    """The type of a property's value."""

    ID = "id"
    TEXT = "text"
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    REF = "ref"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Field:
    """One property: its type, its length, whether one may ask for it."""

    kind: Kind
    queryable: bool = False
    longest: int | None = None  # characters
    name: bool = False  # part of a name: no colon, tab or line break
    writable: bool = True


def _text(longest: int, *, queryable: bool = False, name: bool = False) -> Field:
    return Field(Kind.TEXT, queryable, longest, name)


_REF = Field(Kind.REF)
_BOOL = Field(Kind.BOOL)
_GROUP = Field(Kind.GROUP)
_DECIMAL = Field(Kind.DECIMAL)
_INT = Field(Kind.INT)
_MADE = Field(Kind.GROUP, writable=False)

COMMON: dict[str, Field] = {
    "Id": Field(Kind.ID, queryable=True),
    "SyncToken": Field(Kind.TEXT),
    "MetaData": _MADE,
    "MetaData.CreateTime": Field(Kind.MOMENT, queryable=True, writable=False),
    "MetaData.LastUpdatedTime": Field(Kind.MOMENT, queryable=True, writable=False),
    "domain": _MADE,
    "sparse": _BOOL,
}
_ACTIVE = {"Active": Field(Kind.BOOL, queryable=True)}
_PERSON: dict[str, Field] = {
    **_ACTIVE,
    "DisplayName": _text(500, queryable=True, name=True),
    "GivenName": _text(100, queryable=True, name=True),
    "MiddleName": _text(100, queryable=True, name=True),
    "FamilyName": _text(100, queryable=True, name=True),
    "Title": _text(16, name=True),
    "Suffix": _text(16, name=True),
    "PrintOnCheckName": _text(110, queryable=True, name=True),
    "PrimaryEmailAddr": _GROUP,
    "PrimaryPhone": _GROUP,
    "Mobile": _GROUP,
}
_FIRM: dict[str, Field] = {
    "CompanyName": _text(100, queryable=True),
    "Notes": _text(2000),
    "BillAddr": _GROUP,
    "WebAddr": _GROUP,
    "CurrencyRef": _REF,
    "Balance": Field(Kind.DECIMAL, queryable=True, writable=False),
}
_TREE: dict[str, Field] = {
    "ParentRef": _REF,
    "FullyQualifiedName": Field(Kind.TEXT, queryable=True, writable=False),
    "Level": Field(Kind.INT, writable=False),
}
_RATES: dict[str, Field] = {"BillRate": _DECIMAL, "CostRate": _DECIMAL}
_LIST = {**COMMON, **_ACTIVE, **_TREE, "Name": _text(100, queryable=True, name=True)}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "Customer": {
        **COMMON,
        **_PERSON,
        **_FIRM,
        **_TREE,
        "Job": Field(Kind.BOOL, queryable=True),
        "BillWithParent": _BOOL,
        "IsProject": Field(Kind.BOOL, writable=False),
        "Taxable": _BOOL,
        "BalanceWithJobs": Field(Kind.DECIMAL, writable=False),
        "ShipAddr": _GROUP,
    },
    "Vendor": {
        **COMMON,
        **_PERSON,
        **_FIRM,
        **_RATES,
        "Vendor1099": _BOOL,
        "AcctNum": _text(100),
    },
    "Employee": {
        **COMMON,
        **_PERSON,
        **_RATES,
        "EmployeeNumber": _text(100),
        "BillableTime": _BOOL,
        "HiredDate": Field(Kind.DATE),
        "ReleasedDate": Field(Kind.DATE),
        "PrimaryAddr": _GROUP,
        "SSN": _text(100),
    },
    "Item": {
        **_LIST,
        "Sku": _text(100),
        "Description": _text(4000),
        "Type": Field(Kind.TEXT, queryable=True),
        "UnitPrice": Field(Kind.DECIMAL, queryable=True),
        "SubItem": _BOOL,
        "Taxable": _BOOL,
        "IncomeAccountRef": _REF,
        "ExpenseAccountRef": _REF,
        "AssetAccountRef": _REF,
        "TrackQtyOnHand": _BOOL,
        "PurchaseCost": _DECIMAL,
    },
    "Class": {**_LIST, "SubClass": _BOOL},
    "Department": {**_LIST, "SubDepartment": _BOOL},
    "Account": {**_LIST, "AccountType": Field(Kind.TEXT, queryable=True)},
    "TimeActivity": {
        **COMMON,
        "TxnDate": Field(Kind.DATE, queryable=True),
        "NameOf": Field(Kind.TEXT),
        "EmployeeRef": _REF,
        "VendorRef": _REF,
        "OtherNameRef": Field(Kind.REF, writable=False),
        "CustomerRef": _REF,
        "DepartmentRef": _REF,
        "ItemRef": _REF,
        "ClassRef": _REF,
        "ProjectRef": Field(Kind.REF, queryable=True),
        "BillableStatus": Field(Kind.TEXT, queryable=True),
        "Taxable": _BOOL,
        "HourlyRate": _DECIMAL,
        "CostRate": _DECIMAL,
        "Hours": _INT,
        "Minutes": _INT,
        "BreakHours": _INT,
        "BreakMinutes": _INT,
        "StartTime": Field(Kind.TEXT),
        "EndTime": Field(Kind.TEXT),
        "Description": _text(4000),
    },
}
# Lists whose rows are made inactive, never deleted; queries hide those by default.
NAME_LISTS = ("Customer", "Vendor", "Employee", "Item", "Class", "Department")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def checked(entity: str, body: object) -> Row:
    """The writable properties of a request, each of its type; raises Fault."""
    if not isinstance(body, dict):
        raise unsupported(entity)
    row: Row = {}
    for name, value in body.items():
        field = FIELDS[entity].get(name)
        if field is None or "." in name:
            raise unsupported(name)
        if field.writable and value is not None:
            row[name] = _CHECKS[field.kind](name, value, field)
    return row


def day(name: str, value: object) -> date:
    """A calendar date yyyy-mm-dd; raises 2060 or 2070."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Fault("2060", f"Invalid date format : {value}", name)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Fault("2070", f"Invalid date : {value}", name) from None


def _as_text(name: str, value: object, field: Field) -> str:
    if not isinstance(value, str):
        raise unsupported(name)
    if _CONTROL.search(value) or (field.name and re.search(r"[:\t\n\r]", value)):
        detail = f"Element contains invalid characters: {name}"
        raise Fault("2040", detail, name)
    if field.longest is not None and len(value) > field.longest:
        limits = f"Min:0 Max:{field.longest} supplied:{len(value)}"
        raise Fault(
            "2050", f"String length is either shorter or longer: {limits}", name
        )
    return value


def _as_id(name: str, value: object, _: Field) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise Fault("2030", f"Invalid ID : {value}", name)
    return value


def _as_bool(name: str, value: object, _: Field) -> bool:
    given = {True: True, False: False, "true": True, "false": False}
    if isinstance(value, bool | str) and value in given:
        return given[value]
    raise Fault("2230", f"Invalid Boolean : {value}", name)


def _as_int(name: str, value: object, _: Field) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Fault("2080", f"Invalid Number : {value}", name)


def _as_decimal(name: str, value: object, _: Field) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Fault("2100", f"Invalid Decimal : {value}", name)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Fault("2100", f"Invalid Decimal : {value}", name) from None
    if not number.is_finite():
        raise Fault("2100", f"Invalid Decimal : {value}", name)
    return number


def _as_date(name: str, value: object, _: Field) -> str:
    return day(name, value).isoformat()


def _as_ref(name: str, value: object, _: Field) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) - {"value", "name", "type"}:
        raise unsupported(name)
    if not isinstance(value.get("value"), str) or not value["value"]:
        raise unsupported(name)
    return {"value": value["value"]}


def _as_group(name: str, value: object, _: Field) -> Row:
    if not isinstance(value, dict):
        raise unsupported(name)
    mail = value.get("Address")
    if name == "PrimaryEmailAddr" and mail is not None:
        if not isinstance(mail, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", mail):
            raise Fault("2210", f"Email Address does not conform : {mail}", name)
        if len(mail) > 100:
            raise Fault("2050", f"Min:0 Max:100 supplied:{len(mail)}", name)
    return value


_CHECKS = {
    Kind.ID: _as_id,
    Kind.TEXT: _as_text,
    Kind.BOOL: _as_bool,
    Kind.INT: _as_int,
    Kind.DECIMAL: _as_decimal,
    Kind.DATE: _as_date,
    Kind.MOMENT: _as_text,
    Kind.REF: _as_ref,
    Kind.GROUP: _as_group,
}
