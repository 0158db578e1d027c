"""Why an entry cannot be sent, and what cures it, in whole sentences."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from addon.rules.durations import say
from addon.rules.entry import CompanyFacts, Customer, Entry, Person, ServiceItem

_NOT_WORK = {"BREAK": "a break", "HOLIDAY": "a holiday", "TIME_OFF": "time off"}


class Hold(StrEnum):
    """The reasons for which an entry cannot be sent as it is."""

    LEFT_OUT = "left-out"
    RUNNING = "running"
    NOT_WORK = "not-work"
    NO_TIME_ZONE = "no-time-zone"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    BOOKS_CLOSED = "books-closed"
    PERSON_NOT_LINKED = "person-not-linked"
    PERSON_INACTIVE = "person-inactive"
    NO_PROJECT = "no-project"
    PROJECT_NOT_LINKED = "project-not-linked"
    CUSTOMER_NEEDED = "customer-needed"
    CUSTOMER_INACTIVE = "customer-inactive"
    ITEM_INACTIVE = "item-inactive"
    CLASS_MISSING = "class-missing"
    CLASS_INACTIVE = "class-inactive"
    LOCATION_MISSING = "location-missing"
    LOCATION_INACTIVE = "location-inactive"
    TAGS_DISAGREE = "tags-disagree"
    NO_RATE = "no-rate"
    BAD_RATE = "bad-rate"
    WRONG_CURRENCY = "wrong-currency"


# Whoever tracked the entry can mend these in Clockify; the others are for admins.
IN_THE_ENTRY = frozenset(
    {
        Hold.RUNNING,
        Hold.NOT_WORK,
        Hold.NO_TIME_ZONE,
        Hold.TOO_SHORT,
        Hold.TOO_LONG,
        Hold.NO_PROJECT,
        Hold.TAGS_DISAGREE,
    }
)


@dataclass(frozen=True)
class Held:
    """An entry that cannot be sent: the reason in a sentence, and what cures it."""

    reason: Hold
    text: str
    cure: str


def user_left_out(entry: Entry) -> Held:
    """Hold an entry of a user who was left out on purpose."""
    return Held(
        Hold.LEFT_OUT,
        f"{_called(entry.user_name, 'This user')} is left out on purpose.",
        "To send this time after all, choose their record in the add-on's settings "
        "under Users.",
    )


def project_left_out(entry: Entry) -> Held:
    """Hold an entry of a project that was left out on purpose."""
    return Held(
        Hold.LEFT_OUT,
        f"{_project(entry)} is left out on purpose.",
        "To send this time after all, choose its customer in the add-on's settings "
        "under Projects.",
    )


def running(entry: Entry) -> Held:
    """Hold an entry whose timer has not been stopped."""
    return Held(
        Hold.RUNNING,
        f"The timer of {_user(entry)} is still running.",
        "Stop the timer in Clockify; the entry can be sent afterwards.",
    )


def not_work(entry: Entry) -> Held:
    """Hold a break, a holiday or time off."""
    kind = _NOT_WORK.get(entry.kind, f"“{entry.kind}”, which is not regular work")
    return Held(
        Hold.NOT_WORK,
        f"This entry of {_user(entry)} is {kind}.",
        "Nothing needs to be done: only regular work is sent to QuickBooks.",
    )


def no_time_zone(entry: Entry) -> Held:
    """Hold an entry whose calendar day cannot be told."""
    return Held(
        Hold.NO_TIME_ZONE,
        "The day of this entry is unknown, because no time zone is known for "
        f"{_user(entry)}.",
        "Set a time zone in the profile settings of this user in Clockify.",
    )


def too_long(entry: Entry, minutes: int, longest: int) -> Held:
    """Hold an entry of more minutes than can be sent at once."""
    return Held(
        Hold.TOO_LONG,
        f"This entry of {_user(entry)} lasts {say(minutes)}, longer than the "
        f"{say(longest)} that can be sent at once.",
        "Split it into two or more entries in Clockify.",
    )


def too_short(entry: Entry, minutes: int) -> Held:
    """Hold an entry that comes to no whole minute, or ends before it begins."""
    if minutes < 0:
        return Held(
            Hold.TOO_SHORT,
            f"This entry of {_user(entry)} ends before it begins.",
            "Correct its start or end in Clockify.",
        )
    return Held(
        Hold.TOO_SHORT,
        f"This entry of {_user(entry)} comes to {say(0)}, and QuickBooks takes "
        "no less than one minute.",
        "Lengthen the entry in Clockify, or leave it out.",
    )


def books_closed(day: date, closed: date, company: CompanyFacts) -> Held:
    """Hold an entry of a day on or before the company's closing date."""
    return Held(
        Hold.BOOKS_CLOSED,
        f"The books of {_called(company.name, 'the company')} are closed through "
        f"{_date(closed)}, and this entry is of {_date(day)}.",
        "Ask whoever keeps the books to move the closing date in QuickBooks, "
        "or leave the entry out.",
    )


def person_not_linked(entry: Entry) -> Held:
    """Hold an entry of a user without a link."""
    return Held(
        Hold.PERSON_NOT_LINKED,
        f"{_called(entry.user_name, 'This user')} is not linked to a person in "
        "QuickBooks.",
        "Choose their record in the add-on's settings under Users.",
    )


def person_inactive(entry: Entry, person: Person) -> Held:
    """Hold an entry of a user whose employee or vendor was made inactive."""
    return Held(
        Hold.PERSON_INACTIVE,
        f"The {person.kind.lower()} {_called(person.name, 'of this user')}, to whom "
        f"{_user(entry)} is linked, is inactive in QuickBooks.",
        "Make the record active in QuickBooks, or choose another in the add-on's "
        "settings under Users.",
    )


def no_project(entry: Entry) -> Held:
    """Hold a billable entry that belongs to no project."""
    return Held(
        Hold.NO_PROJECT,
        f"This billable entry of {_user(entry)} has no project, so there is no "
        "customer to bill.",
        "Give it a project in Clockify, or mark it as not billable.",
    )


def project_not_linked(entry: Entry) -> Held:
    """Hold an entry of a project about which nothing was decided yet."""
    return Held(
        Hold.PROJECT_NOT_LINKED,
        f"{_project(entry)} is not linked to a customer in QuickBooks.",
        "Choose its customer in the add-on's settings under Projects.",
    )


def customer_needed(entry: Entry) -> Held:
    """Hold a billable entry of a project that is set to have no customer."""
    return Held(
        Hold.CUSTOMER_NEEDED,
        f"{_project(entry)} is set to have no customer, but this entry is billable.",
        "Choose a customer in the add-on's settings under Projects, or mark the "
        "entry as not billable in Clockify.",
    )


def customer_inactive(entry: Entry, customer: Customer) -> Held:
    """Hold an entry whose customer was made inactive."""
    return Held(
        Hold.CUSTOMER_INACTIVE,
        f"{_project(entry)} is linked to {_customer(customer)}, which is inactive in "
        "QuickBooks.",
        "Make the customer active in QuickBooks, or choose another in the "
        "add-on's settings under Projects.",
    )


def fallback_inactive(entry: Entry, customer: Customer) -> Held:
    """Hold an entry whose client's fallback customer was made inactive."""
    return Held(
        Hold.CUSTOMER_INACTIVE,
        f"{_project(entry)} has no link, and {_customer(customer)}, the fallback of "
        f"the {titled('client', entry.client_name)}, is inactive in QuickBooks.",
        "Make the customer active in QuickBooks, or choose another in the "
        "add-on's settings.",
    )


def item_inactive(item: ServiceItem) -> Held:
    """Hold an entry whose service was made inactive."""
    return Held(
        Hold.ITEM_INACTIVE,
        f"The service {_called(item.path or item.name, 'of this entry')} is inactive "
        "in QuickBooks.",
        "Make the service active in QuickBooks, or choose another in the add-on's "
        "settings.",
    )


def no_rate(entry: Entry) -> Held:
    """Hold a billable entry for which nobody set a rate."""
    return Held(
        Hold.NO_RATE,
        f"Clockify shows no hourly rate for this billable entry of {_user(entry)}.",
        "Set an hourly rate for the project, the user or the workspace in Clockify.",
    )


def bad_rate(rate: Decimal) -> Held:
    """Hold an entry whose rate QuickBooks cannot take."""
    return Held(
        Hold.BAD_RATE,
        f"QuickBooks does not take the hourly rate of this entry, {rate}.",
        "Correct the hourly rate in Clockify; it cannot be negative.",
    )


def wrong_currency(customer: Customer, *, ours: str, theirs: str) -> Held:
    """Hold an entry whose rate is not in the currency its customer is billed in."""
    return Held(
        Hold.WRONG_CURRENCY,
        f"The rate of this entry is in {ours}, but {_customer(customer)} is billed "
        f"in {theirs}.",
        f"Set the currency of the client to {theirs} in Clockify, or choose a "
        f"customer billed in {ours} in the add-on's settings under Projects.",
    )


def titled(kind: str, name: str) -> str:
    """Word what something is and what it is called: "Task “Pruning”"."""
    called = _called(name, "")
    return f"{kind} “{called}”" if called else f"{kind} of this entry"


def _user(entry: Entry) -> str:
    return _called(entry.user_name, "this user")


def _project(entry: Entry) -> str:
    name = _called(entry.project_name, "")
    return f"The project “{name}”" if name else "The project of this entry"


def _customer(customer: Customer) -> str:
    name = _called(customer.path or customer.name, "")
    return f"the customer “{name}”" if name else "a customer"


def _called(name: str, otherwise: str) -> str:
    return " ".join(name.split()) or otherwise


def _date(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
