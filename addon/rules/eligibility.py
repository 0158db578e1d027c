"""The verdict on an entry: ready, or held, why, and what cures it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from addon.rules import holds, resolving
from addon.rules.activity import Activity
from addon.rules.entry import (
    CompanyFacts,
    Customer,
    Entry,
    Label,
    NoCustomer,
    Person,
    ServiceItem,
    Workspace,
)
from addon.rules.holds import Held, Hold, titled
from addon.rules.money import code
from addon.rules.resolving import Choices, Won
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
    `item` is the workspace's default service, None to let QuickBooks put its own.
    """

    workspace: Workspace
    company: CompanyFacts
    people: Mapping[str, Person]
    customers: Mapping[str, Customer | NoCustomer]
    item: ServiceItem | None = None
    rates_known: bool = True
    choices: Choices = field(default_factory=Choices)
    left_out_users: frozenset[str] = frozenset()
    left_out_projects: frozenset[str] = frozenset()


def judge(entry: Entry, context: Context) -> Activity | Held:
    """Draft the activity an entry would become, or say why it cannot be sent."""
    left_out = _left_out(entry, context)
    if left_out is not None:
        return left_out
    stretch = _stretch(entry, context)
    if isinstance(stretch, Held):
        return stretch
    person = _person(entry, context)
    if isinstance(person, Held):
        return person
    customer = _customer(entry, context)
    if isinstance(customer, Held):
        return customer
    rate = _rate(entry, customer.target, context)
    if isinstance(rate, Held):
        return rate
    day, minutes = stretch
    draft = Activity(
        person_kind=person.kind,
        person_id=person.id,
        person_name=person.name,
        day=day,
        minutes=minutes,
        customer_id=customer.target.id if customer.target else None,
        customer_name=_called(customer.target),
        billable=entry.billable,
        rate=rate,
        currency=_billed_in(entry, customer.target, context.company),
        description=describe(entry.description),
        item_id=None,
        item_name="",
        customer_rule=customer.rule,
    )
    return _with_further_fields(draft, entry, context)


def _with_further_fields(
    draft: Activity, entry: Entry, context: Context
) -> Activity | Held:
    item = resolving.item_for(entry, context.choices, context.item)
    if isinstance(item, Held):
        return item
    group = resolving.class_for(entry, context.choices, context.company)
    if isinstance(group, Held):
        return group
    location = resolving.location_for(entry, context.choices, context.company)
    if isinstance(location, Held):
        return location
    return replace(
        draft,
        item_id=item.target.id if item.target else None,
        item_name=_called(item.target),
        item_rule=item.rule,
        class_id=group.target.id if group.target else None,
        class_name=_called(group.target),
        class_rule=group.rule,
        location_id=location.target.id if location.target else None,
        location_name=_called(location.target),
        location_rule=location.rule,
        warnings=tuple(each.warning for each in (group, location) if each.warning),
    )


def _left_out(entry: Entry, context: Context) -> Held | None:
    if entry.user_id in context.left_out_users:
        return holds.user_left_out(entry)
    if entry.project_id in context.left_out_projects:
        return holds.project_left_out(entry)
    return None


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


def _customer(entry: Entry, context: Context) -> Won[Customer] | Held:
    if entry.project_id is None:
        if entry.billable:
            return holds.no_project(entry)
        return Won(rule="Not billable and without a project")
    project = titled("Project", entry.project_name)
    customer = context.customers.get(entry.project_id)
    if customer is None:
        return _fallback(entry, context)
    if isinstance(customer, NoCustomer):
        if entry.billable:
            return holds.customer_needed(entry)
        return Won(rule=f"{project} is set to have no customer")
    if not customer.active:
        return holds.customer_inactive(entry, customer)
    return Won(customer, project)


def _fallback(entry: Entry, context: Context) -> Won[Customer] | Held:
    customer = resolving.fallback_for(entry, context.choices)
    if customer is None:
        return holds.project_not_linked(entry)
    if not customer.active:
        return holds.fallback_inactive(entry, customer)
    return Won(customer, f"Fallback of {titled('client', entry.client_name)}")


def _rate(
    entry: Entry, customer: Customer | None, context: Context
) -> Decimal | Held | None:
    if not entry.billable or customer is None:
        return None
    theirs, ours = _currency(customer, context.company), code(entry.currency)
    if theirs and ours and theirs != ours:
        return holds.wrong_currency(customer, ours=ours, theirs=theirs)
    rate = entry.hourly_rate
    if rate is None:
        return holds.no_rate(entry) if context.rates_known else None
    is_takable = rate.is_finite() and 0 <= rate <= HIGHEST_RATE
    return rate if is_takable else holds.bad_rate(rate)


def _billed_in(entry: Entry, customer: Customer | None, company: CompanyFacts) -> str:
    if not entry.billable or customer is None:
        return ""
    if not company.multi_currency:
        return code(company.currency)
    # Where the customer's is not known, it is what the rate says it is in.
    return code(customer.currency or entry.currency or company.currency)


def _called(target: Customer | ServiceItem | Label | None) -> str:
    return (target.path or target.name) if target else ""


def _currency(customer: Customer, company: CompanyFacts) -> str:
    # A company that keeps one currency bills every customer in it.
    home = None if company.multi_currency else company.currency
    return code(customer.currency or home)
