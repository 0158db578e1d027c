"""Worlds with a name: the companies that tests, journeys and the demo share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal

from addon.sandbox.quickbooks.company import SIMPLE_START, Company, Settings
from addon.sandbox.quickbooks.craig import (
    CRAIG,
    CUSTOMERS,
    EMPLOYEES,
    ITEMS,
    VENDORS,
)

_SETTINGS = {field.name for field in fields(Settings)}


def tell(
    story: str, realm: str, now: Callable[[], datetime], **facts: object
) -> Company:
    """The company of a story, or an empty one with that name.

    Stories: craig, payroll, simple-start, other, empty, large. `facts` are Settings,
    or `name`, `time_zone`; for large also `employees` and `projects`.
    """
    settings = replace(_BASE.get(story, Settings()))
    for fact, value in _chosen(facts).items():
        setattr(settings, fact, value)
    name = str(facts.get("name", _NAMES.get(story, story)))
    zone = str(facts.get("time_zone", "America/Los_Angeles"))
    company = Company(realm, name, now=now, time_zone=zone, settings=settings)
    for row_id, account in (("1", "Services"), ("79", "Sales of Product Income")):
        company.add("Account", row_id, Name=account, AccountType="Income")
    if story in ("craig", "payroll", "simple-start"):
        _craig(company)
    else:
        _built_in(company)
    if story == "other":
        _other(company)
    if story == "large":
        _large(company, facts)
    company.changes.clear()
    return company


def _chosen(facts: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name in _SETTINGS}


_BASE = {
    "payroll": Settings(payroll=True),
    "simple-start": Settings(plan=SIMPLE_START),
}
_NAMES = {
    "craig": CRAIG,
    "payroll": "Larry's Bakery",
    "simple-start": "Tania's Nursery",
    "empty": "Brand New Company",
    "other": "Harbor Marine Repair",
    "large": "Thousand Acres",
}


def _built_in(company: Company) -> None:
    company.add_item("Services", 0, "1")
    company.add_item("Hours", 0, "2")


def _craig(company: Company) -> None:
    for row_id, name, parent in CUSTOMERS:
        company.add_customer(name, row_id, parent=parent)
    for row_id, name, contractor in VENDORS:
        company.add_vendor(name, row_id, Vendor1099=contractor)
    for row_id, name, mail, rate in EMPLOYEES:
        address = {"City": "Half Moon Bay", "CountrySubDivisionCode": "CA"}
        company.add_employee(
            name,
            row_id,
            PrimaryEmailAddr={"Address": mail},
            BillableTime=True,
            BillRate=Decimal(rate),
            PrimaryAddr={**address, "PostalCode": "94213"},
        )
    for row_id, name, kind, price in ITEMS:
        company.add_item(name, price, row_id, Type=kind)


def _other(company: Company) -> None:
    """A second firm; every word of it says Harbor, so that a leak is seen at once."""
    for name in ("Hanna", "Hugo"):
        mail = {"Address": f"{name.lower()}@harbor.example"}
        company.add_employee(f"{name} Harbor", PrimaryEmailAddr=mail)
    client = company.add_customer("Harbor Authority")
    company.add_customer("Harbor Pier 9", parent=client)
    company.add_customer("Harbor Tug Overhaul")


def _large(company: Company, facts: dict[str, object]) -> None:
    """A firm of many: a tenth of the customers are estates, the rest their fields."""
    projects = _number(facts, "projects", 120)
    for n in range(_number(facts, "employees", 40)):
        mail = {"Address": f"worker{n}@thousandacres.example"}
        company.add_employee(f"Worker {n:04}", PrimaryEmailAddr=mail)
    tops = max(1, projects // 10)
    estates = [company.add_customer(f"Estate {n:03}") for n in range(tops)]
    for n in range(projects):
        company.add_customer(f"Field {n:04}", parent=estates[n % tops])


def _number(facts: dict[str, object], name: str, default: int) -> int:
    return int(str(facts.get(name, default)))
