"""The verdict on an entry: ready, or held, why, and what cures it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from addon.rules import holds
from addon.rules.activity import Activity
from addon.rules.entry import (
    CompanyFacts,
    Customer,
    Entry,
    NoCustomer,
    Person,
    ServiceItem,
    Workspace,
)
from addon.rules.holds import Held, Hold
from addon.rules.rounding import round_duration, whole_minutes
from addon.rules.wording import describe

__all__ = ["Context", "Held", "Hold", "judge"]

# Clockify: the longest entry its own integration hands over is 23 h 55 min.
LONGEST_MINUTES = 23 * 60 + 55
# QuickBooks: HourlyRate lies between 0 and 99,999,999,999.
HIGHEST_RATE = Decimal(99_999_999_999)


@dataclass(frozen=True)
class Context:
    """
    What a verdict depends on besides the entry itself.

    `people` holds the linked person by user id, `customers` the linked customer (or
    the choice of none) by project id. `rates_known` is False where the viewer may not
    see amounts: then a missing rate is no reason to hold, and the draft has no rate.
    Such a draft is for looking at only; QuickBooks would make up a rate of its own.
    """

    workspace: Workspace
    company: CompanyFacts
    people: Mapping[str, Person]
    customers: Mapping[str, Customer | NoCustomer]
    item: ServiceItem | None = None
    rates_known: bool = True


def judge(entry: Entry, context: Context) -> Activity | Held:
    """Draft the activity an entry would become, or say why it cannot be sent."""
    stretch = _stretch(entry, context)
    if isinstance(stretch, Held):
        return stretch
    person = _person(entry, context)
    if isinstance(person, Held):
        return person
    customer = _customer(entry, context)
    if isinstance(customer, Held):
        return customer
    rate = _rate(entry, customer, context)
    if isinstance(rate, Held):
        return rate
    item = context.item
    if item and not item.active:
        return holds.item_inactive(item)
    day, minutes = stretch
    return Activity(
        person_kind=person.kind,
        person_id=person.id,
        person_name=person.name,
        day=day,
        minutes=minutes,
        customer_id=customer.id if customer else None,
        customer_name=(customer.path or customer.name) if customer else "",
        billable=entry.billable,
        rate=rate,
        description=describe(entry.description),
        item_id=item.id if item else None,
        item_name=(item.path or item.name) if item else "",
    )


def _stretch(entry: Entry, context: Context) -> tuple[date, int] | Held:
    if entry.kind != "REGULAR":
        return holds.not_work(entry)
    if entry.duration is None or entry.end is None:
        return holds.running(entry)
    if entry.day is None:
        return holds.no_time_zone(entry)
    minutes = _minutes(entry.duration, context)
    if minutes > LONGEST_MINUTES:
        return holds.too_long(entry, minutes, LONGEST_MINUTES)
    if minutes < 1:
        return holds.too_short(entry, minutes)
    closed = context.company.closed_through
    if closed is not None and entry.day <= closed:
        return holds.books_closed(entry.day, closed, context.company)
    return entry.day, minutes


def _minutes(length: timedelta, context: Context) -> int:
    # Rounding moves a length by a day at most, so beyond two days it cannot help;
    # and at the far ends of what a timedelta holds it would overflow.
    if abs(length.days) <= 2:
        length = round_duration(length, context.workspace.rounding)
    return whole_minutes(length)


def _person(entry: Entry, context: Context) -> Person | Held:
    person = context.people.get(entry.user_id)
    if person is None:
        return holds.person_not_linked(entry)
    return person if person.active else holds.person_inactive(entry, person)


def _customer(entry: Entry, context: Context) -> Customer | Held | None:
    if entry.project_id is None:
        return holds.no_project(entry) if entry.billable else None
    customer = context.customers.get(entry.project_id)
    if customer is None:
        return holds.project_not_linked(entry)
    if isinstance(customer, NoCustomer):
        return holds.customer_needed(entry) if entry.billable else None
    return customer if customer.active else holds.customer_inactive(entry, customer)


def _rate(
    entry: Entry, customer: Customer | None, context: Context
) -> Decimal | Held | None:
    if not entry.billable or customer is None:
        return None
    theirs, ours = _currency(customer, context.company), _code(entry.currency)
    if theirs and ours and theirs != ours:
        return holds.wrong_currency(customer, ours=ours, theirs=theirs)
    rate = entry.hourly_rate
    if rate is None:
        return holds.no_rate(entry) if context.rates_known else None
    is_takable = rate.is_finite() and 0 <= rate <= HIGHEST_RATE
    return rate if is_takable else holds.bad_rate(rate)


def _currency(customer: Customer, company: CompanyFacts) -> str:
    # A company that keeps one currency bills every customer in it.
    home = None if company.multi_currency else company.currency
    return _code(customer.currency or home)


def _code(currency: str | None) -> str:
    return (currency or "").strip().upper()
