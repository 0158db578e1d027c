"""Translates between QuickBooks' JSON and our own values."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from addon.quickbooks.answers import clean
from addon.quickbooks.errors import Malformed
from addon.rules.activity import Activity
from addon.rules.entry import (
    CompanyFacts,
    Customer,
    Label,
    Person,
    PersonKind,
    ServiceItem,
)

HIGHEST_RATE = Decimal(99999999999)
# What QuickBooks fills in by itself where a body does not name it.
FILLED_IN = frozenset({"ItemRef", "ClassRef", "DepartmentRef"})

Row = Mapping[str, Any]


def time_activity(
    activity: Activity, *, class_id: str | None = None, department_id: str | None = None
) -> dict[str, Any]:
    """
    Draft the body of one TimeActivity; it holds only values that JSON keeps exactly.

    Hours and minutes, never clock times: QuickBooks takes the day of a clock time
    from its own calendar (QuickBooks: TimeActivity). Raises ValueError for a rate
    that no JSON number can hold without changing it.
    """
    hours, minutes = divmod(activity.minutes, 60)
    body: dict[str, Any] = {
        "NameOf": activity.person_kind.value,
        f"{activity.person_kind.value}Ref": _ref(activity.person_id),
        "TxnDate": activity.day.isoformat(),
        "Hours": hours,
        "Minutes": minutes,
        "BillableStatus": "Billable" if activity.billable else "NotBillable",
    }
    if activity.billable and activity.rate is not None:
        body["HourlyRate"] = json_number(activity.rate)
    if activity.description:
        body["Description"] = activity.description
    references = {
        "CustomerRef": activity.customer_id,
        "ItemRef": activity.item_id,
        "ClassRef": class_id,
        "DepartmentRef": department_id,
    }
    body.update((name, _ref(value)) for name, value in references.items() if value)
    return body


def json_number(amount: Decimal) -> int | float:
    """Turn an amount into the number that JSON writes with the very same digits."""
    if not (amount.is_finite() and 0 <= amount <= HIGHEST_RATE):
        raise ValueError(f"QuickBooks takes no hourly rate of {amount}")
    if amount == amount.to_integral_value():
        return int(amount)
    number = float(amount)
    if Decimal(repr(number)) != amount or "e" in repr(number):
        raise ValueError(f"The hourly rate {amount} has too many digits")
    return number


def same_owner(found: Row, sent: Row) -> bool:
    """
    Say whether two bodies name the same employee or vendor.

    QuickBooks has stored an unknown employee id as a customer of that id, silently.
    """
    return _person(sent) is not None and _person(found) == _person(sent)


def matches(found: Row, sent: Row) -> bool:
    """
    Say whether an activity found in QuickBooks is the one this body would make.

    Compares what QuickBooks keeps as sent: person, day, length, customer, billable or
    not, description, and where we sent them rate, service, class and location.
    """
    return (
        same_owner(found, sent)
        and found.get("TxnDate") == sent.get("TxnDate")
        and same_length(found, sent)
        and is_billable(found) == is_billable(sent)
        and all(
            ref_id(found, name) == ref_id(sent, name)
            for name in ("CustomerRef", *(FILLED_IN & sent.keys()))
        )
        and same_rate(found, sent)
        and same_words(found, sent)
    )


def same_length(found: Row, sent: Row) -> bool:
    """Say whether two bodies hold equally much time."""
    return _minutes(found) is not None and _minutes(found) == _minutes(sent)


def same_words(found: Row, sent: Row) -> bool:
    """Say whether two bodies are described alike."""
    return _words(found) == _words(sent)


def same_rate(found: Row, sent: Row) -> bool:
    """Say whether an activity has the rate that we sent, if we sent one."""
    if "HourlyRate" not in sent:
        return True
    return _amount(found, "HourlyRate") == _amount(sent, "HourlyRate")


def person(kind: PersonKind, row: Row) -> Person:
    """Read an Employee or a Vendor."""
    address = row.get("PrimaryEmailAddr")
    email = clean(address.get("Address")) if isinstance(address, dict) else ""
    return Person(
        kind=kind,
        id=_id(row),
        name=_name(row),
        email=email.strip() or None,
        active=row.get("Active") is not False,
    )


def customer(row: Row) -> Customer:
    """Read a Customer; sub-customers and projects are customers too."""
    level = row.get("Level")
    return Customer(
        id=_id(row),
        name=_name(row),
        path=clean(row.get("FullyQualifiedName")) or _name(row),
        parent_id=ref_id(row, "ParentRef"),
        level=level if isinstance(level, int) else 0,
        active=row.get("Active") is not False,
        is_project=row.get("IsProject") is True,
        currency=ref_id(row, "CurrencyRef"),
    )


def service_item(row: Row) -> ServiceItem:
    """Read an Item of type Service."""
    name = clean(row.get("Name"))
    return ServiceItem(
        id=_id(row),
        name=name,
        path=clean(row.get("FullyQualifiedName")) or name,
        price=_amount(row, "UnitPrice"),
        active=row.get("Active") is not False,
    )


def label(row: Row) -> Label:
    """Read a Class or a Department."""
    name = clean(row.get("Name"))
    path = clean(row.get("FullyQualifiedName")) or name
    return Label(_id(row), name, path, active=row.get("Active") is not False)


def company_facts(info: Row, preferences: Row) -> CompanyFacts:
    """Read CompanyInfo and Preferences together; what they leave out stays unknown."""
    company = info.get("CompanyInfo")
    if not isinstance(company, dict):
        raise Malformed("QuickBooks gave no CompanyInfo", sent=False)
    settings = preferences.get("Preferences")
    if not isinstance(settings, dict):
        raise Malformed("QuickBooks gave no Preferences", sent=False)
    told = _name_values(company)
    books = _group(settings, "AccountingInfoPrefs")
    money = _group(settings, "CurrencyPrefs")
    times = _group(settings, "TimeTrackingPrefs")
    other = _name_values(_group(settings, "OtherPrefs"))
    tracking = other.get("TimeTrackingFeatureEnabled")
    return CompanyFacts(
        name=clean(company.get("CompanyName")) or clean(company.get("LegalName")),
        country=clean(company.get("Country")).upper(),
        currency=ref_id(money, "HomeCurrency"),
        multi_currency=_yes(money.get("MultiCurrencyEnabled")),
        plan=told.get("OfferingSku", ""),
        payroll=_yes(told.get("PayrollFeature")),
        time_tracking=None if tracking is None else _yes(tracking),
        closed_through=_day(books.get("BookCloseDate")),
        tracks_classes=_yes(books.get("ClassTrackingPerTxn")),
        tracks_locations=_yes(books.get("TrackDepartments")),
        projects=_yes(other.get("ProjectsEnabled")),
        subscription=told.get("SubscriptionStatus", ""),
        extra={
            "uses_services": str(_yes(times.get("UseServices"))).lower(),
            "bills_customers": str(_yes(times.get("BillCustomers"))).lower(),
            "first_week_day": clean(times.get("WorkWeekStartDate")),
        },
    )


def created_at(row: Row) -> datetime | None:
    """Read when QuickBooks created a record, None where it does not say."""
    try:
        moment = datetime.fromisoformat(
            clean(_group(row, "MetaData").get("CreateTime"))
        )
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _ref(value: str) -> dict[str, str]:
    # QuickBooks: references are objects; a bare id is refused.
    return {"value": value}


def _id(row: Row) -> str:
    identifier = row.get("Id")
    if not isinstance(identifier, str) or not identifier:
        raise Malformed("QuickBooks gave a record without Id", sent=False)
    return identifier


def _name(row: Row) -> str:
    given = f"{clean(row.get('GivenName'))} {clean(row.get('FamilyName'))}".strip()
    return clean(row.get("DisplayName")) or given or f"({_id(row)})"


def ref_id(row: Row, name: str) -> str | None:
    """Read the id that a reference names."""
    ref = row.get(name)
    return clean(ref.get("value") if isinstance(ref, dict) else None) or None


def _person(row: Row) -> tuple[str, str] | None:
    kind = clean(row.get("NameOf"))
    identifier = ref_id(row, f"{kind}Ref")
    return (kind, identifier) if identifier else None


def _minutes(row: Row) -> int | None:
    hours, minutes = row.get("Hours"), row.get("Minutes", 0)
    if hours is None and "Minutes" in row:
        hours = 0
    if not isinstance(hours, int) or not isinstance(minutes, int):
        return None
    return hours * 60 + minutes


def is_billable(row: Row) -> bool:
    """Say whether the time can be put on an invoice, or has been."""
    # An activity that an invoice has taken was billable before.
    return row.get("BillableStatus") in {"Billable", "HasBeenBilled"}


def _words(row: Row) -> str:
    # QuickBooks may trim text and change its line ends.
    text = unicodedata.normalize("NFC", clean(row.get("Description")))
    return " ".join(text.split())


def _amount(row: Row, name: str) -> Decimal | None:
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return None
    try:
        # The text of a float is its shortest form: 153.5, not 153.4999...
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _group(row: Row, name: str) -> dict[str, Any]:
    group = row.get(name)
    return group if isinstance(group, dict) else {}


def _name_values(row: Row) -> dict[str, str]:
    pairs = row.get("NameValue")
    if not isinstance(pairs, list):
        return {}
    return {
        clean(pair.get("Name")): clean(pair.get("Value"))
        for pair in pairs
        if isinstance(pair, dict)
    }


def _yes(value: object) -> bool:
    return clean(value).lower() == "true"


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(clean(value)[:10])
    except ValueError:
        return None
