"""The verdict on an entry."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from addon.rules.activity import Activity
from addon.rules.eligibility import Held, Hold, judge
from addon.rules.entry import NoCustomer, PersonKind, Rounding, RoundingWay, Tag
from addon.rules.resolving import Choices, Source
from tests.entries import (
    MONDAY,
    a_context,
    a_customer,
    a_label,
    a_person,
    a_service,
    a_vendor,
    a_workspace,
    an_entry,
    company_facts,
)

CLOSED = company_facts(closed_through=date(2025, 3, 31))
EURO = a_customer(currency="EUR")
MANY = company_facts(multi_currency=True)
TRACKING = company_facts(tracks_classes=True, tracks_locations=True)
GARDEN = (Source.PROJECT, "project-garden")
OLD = {GARDEN: a_label(active=False)}
TORN = {
    (Source.TAG, "tag-1"): a_service(),
    (Source.TAG, "tag-2"): a_service(id="7", name="Design", path="Design"),
}
TAGGED = an_entry(tags=(Tag("tag-1", "Outdoors"), Tag("tag-2", "Drawing")))


def tracking(**choices):
    return a_context(company=TRACKING, choices=Choices(**choices))


def test_an_entry_with_everything_in_place_becomes_an_activity():
    """The activity says who worked, when, how long, for whom and at which rate."""
    cars = a_customer(id="1", name="Cool Cars")
    context = a_context(customer=a_customer(parent=cars), item=a_service())
    assert judge(an_entry(hours=1, minutes=38), context) == Activity(
        person_kind=PersonKind.EMPLOYEE,
        person_id="55",
        person_name="Mia Member",
        day=MONDAY,
        minutes=98,
        customer_id="3",
        customer_name="Cool Cars:Garden",
        billable=True,
        rate=Decimal("60.00"),
        description="Planted the roses",
        item_id="6",
        item_name="Landscaping:Gardening",
        currency="USD",
    )


HELD = [
    (Hold.LEFT_OUT, an_entry(), a_context(left_out_users=frozenset({"user-mia"}))),
    (
        Hold.LEFT_OUT,
        an_entry(running=True),
        a_context(left_out_projects=frozenset({"project-garden"}), people={}),
    ),
    (Hold.RUNNING, an_entry(running=True), a_context()),
    (Hold.RUNNING, an_entry(end=None), a_context()),
    (Hold.NOT_WORK, an_entry(kind="BREAK"), a_context()),
    (Hold.NOT_WORK, an_entry(kind="HOLIDAY", running=True), a_context()),
    (Hold.NOT_WORK, an_entry(kind="TIME_OFF"), a_context()),
    (Hold.NOT_WORK, an_entry(kind="SOMETHING_NEW"), a_context()),
    (Hold.NO_TIME_ZONE, an_entry(day=None), a_context()),
    (Hold.TOO_SHORT, an_entry(hours=0), a_context()),
    (Hold.TOO_SHORT, an_entry(hours=0, seconds=29), a_context()),
    (Hold.TOO_SHORT, an_entry(hours=-1), a_context()),
    (Hold.TOO_LONG, an_entry(hours=23, minutes=56), a_context()),
    (Hold.TOO_LONG, an_entry(hours=23, minutes=55, seconds=30), a_context()),
    (
        Hold.TOO_LONG,
        an_entry(duration=timedelta.max),
        a_context(workspace=a_workspace(rounding=Rounding(RoundingWay.UP, 15))),
    ),
    (Hold.BOOKS_CLOSED, an_entry(), a_context(company=CLOSED)),
    (Hold.BOOKS_CLOSED, an_entry(day=date(2025, 3, 31)), a_context(company=CLOSED)),
    (Hold.PERSON_NOT_LINKED, an_entry(), a_context(people={})),
    (Hold.PERSON_INACTIVE, an_entry(), a_context(person=a_person(active=False))),
    (Hold.NO_PROJECT, an_entry(project_id=None), a_context()),
    (Hold.PROJECT_NOT_LINKED, an_entry(), a_context(customers={})),
    (Hold.PROJECT_NOT_LINKED, an_entry(billable=False), a_context(customers={})),
    (Hold.CUSTOMER_NEEDED, an_entry(), a_context(customer=NoCustomer())),
    (Hold.CUSTOMER_INACTIVE, an_entry(), a_context(customer=a_customer(active=False))),
    (Hold.ITEM_INACTIVE, an_entry(), a_context(item=a_service(active=False))),
    (Hold.CLASS_MISSING, an_entry(), tracking(class_needed=True)),
    (Hold.CLASS_INACTIVE, an_entry(), tracking(classes=OLD)),
    (Hold.LOCATION_MISSING, an_entry(), tracking(location_needed=True)),
    (Hold.LOCATION_INACTIVE, an_entry(), tracking(locations=OLD)),
    (Hold.TAGS_DISAGREE, TAGGED, a_context(choices=Choices(items=TORN))),
    (
        Hold.ITEM_INACTIVE,
        an_entry(),
        a_context(choices=Choices(items={GARDEN: a_service(active=False)})),
    ),
    (
        Hold.CUSTOMER_INACTIVE,
        an_entry(),
        a_context(
            customers={},
            choices=Choices(fallbacks={"client-cool-cars": a_customer(active=False)}),
        ),
    ),
    (Hold.NO_RATE, an_entry(hourly_rate=None), a_context()),
    (Hold.BAD_RATE, an_entry(hourly_rate=Decimal("-0.01")), a_context()),
    (Hold.BAD_RATE, an_entry(hourly_rate=Decimal("NaN")), a_context()),
    (Hold.BAD_RATE, an_entry(hourly_rate=Decimal("Infinity")), a_context()),
    (Hold.BAD_RATE, an_entry(hourly_rate=Decimal(100_000_000_000)), a_context()),
    (Hold.WRONG_CURRENCY, an_entry(), a_context(customer=EURO)),
    (Hold.WRONG_CURRENCY, an_entry(currency="EUR"), a_context()),
    (
        Hold.WRONG_CURRENCY,
        an_entry(),
        a_context(customer=EURO, company=MANY, rates_known=False),
    ),
]


@pytest.mark.parametrize(("reason", "entry", "context"), HELD)
def test_an_entry_that_cannot_be_sent_is_held_with_its_reason(reason, entry, context):
    """Every obstacle is named for what it is before anything is sent."""
    verdict = judge(entry, context)
    assert isinstance(verdict, Held)
    assert verdict.reason is reason


def test_every_reason_to_hold_is_tried_here():
    """No reason exists that nothing can lead to."""
    assert {reason for reason, *_ in HELD} == set(Hold)


READY = [
    ("one minute", an_entry(hours=0, seconds=30), a_context(), 1),
    ("the longest", an_entry(hours=23, minutes=55, seconds=29), a_context(), 1435),
    (
        "rounded up",
        an_entry(hours=1, minutes=38),
        a_context(workspace=a_workspace(rounding=Rounding(RoundingWay.UP, 10))),
        100,
    ),
    (
        "too long before it is rounded down",
        an_entry(hours=23, minutes=58),
        a_context(workspace=a_workspace(rounding=Rounding(RoundingWay.DOWN, 15))),
        1425,
    ),
    (
        "the day after closing",
        an_entry(day=date(2025, 4, 1)),
        a_context(company=CLOSED),
        120,
    ),
    ("a rate of zero", an_entry(hourly_rate=Decimal(0)), a_context(), 120),
    ("the highest rate", an_entry(hourly_rate=Decimal(99999999999)), a_context(), 120),
    ("a currency in small letters", an_entry(currency=" usd"), a_context(), 120),
    (
        "a currency that is not known",
        an_entry(currency=None),
        a_context(customer=EURO),
        120,
    ),
    (
        "a customer whose currency is not known",
        an_entry(currency="EUR"),
        a_context(company=MANY),
        120,
    ),
    (
        "a customer billed in euro",
        an_entry(currency="EUR"),
        a_context(customer=EURO, company=MANY),
        120,
    ),
    ("a vendor", an_entry(), a_context(person=a_vendor()), 120),
]


@pytest.mark.parametrize(
    ("entry", "context", "minutes"),
    [pytest.param(*case, id=why) for why, *case in READY],
)
def test_an_entry_just_inside_the_limits_is_ready(entry, context, minutes):
    """Nothing is held that QuickBooks would take."""
    verdict = judge(entry, context)
    assert isinstance(verdict, Activity)
    assert verdict.minutes == minutes
    assert verdict.rate == entry.hourly_rate


@pytest.mark.parametrize(
    ("entry", "context"),
    [
        (an_entry(billable=False, project_id=None), a_context()),
        (an_entry(billable=False), a_context(customer=NoCustomer())),
    ],
    ids=["no project", "no customer by choice"],
)
def test_time_that_is_not_billed_needs_no_customer(entry, context):
    """Internal work can be sent without anybody to bill."""
    verdict = judge(entry, context)
    assert isinstance(verdict, Activity)
    assert (verdict.customer_id, verdict.customer_name) == (None, "")
    assert (verdict.billable, verdict.rate) == (False, None)


def test_time_that_is_not_billed_carries_no_rate_whatever_clockify_says():
    """A missing, odd or foreign rate does not matter where nothing is billed."""
    entry = an_entry(billable=False, hourly_rate=Decimal(-1), currency="EUR")
    verdict = judge(entry, a_context())
    assert isinstance(verdict, Activity)
    assert verdict.rate is None
    assert verdict.customer_id == "3"


def test_somebody_who_may_not_see_rates_still_sees_what_is_ready():
    """A member's own list does not call every entry faulty."""
    verdict = judge(an_entry(hourly_rate=None), a_context(rates_known=False))
    assert isinstance(verdict, Activity)
    assert verdict.rate is None


@pytest.mark.parametrize(
    ("entry", "context", "text"),
    [
        (
            an_entry(),
            a_context(people={}),
            "Mia Member is not linked to a person in QuickBooks.",
        ),
        (
            an_entry(user_name=" "),
            a_context(people={}),
            "This user is not linked to a person in QuickBooks.",
        ),
        (
            an_entry(hours=30, minutes=5),
            a_context(),
            (
                "This entry of Mia Member lasts 30 h 05, longer than the 23 h 55 that "
                "can be sent at once."
            ),
        ),
        (
            an_entry(),
            a_context(company=CLOSED),
            (
                "The books of Craig's Design and Landscaping Services are closed "
                "through 31 March 2025, and this entry is of 10 March 2025."
            ),
        ),
        (
            an_entry(),
            a_context(customers={}),
            "The project “Garden” is not linked to a customer in QuickBooks.",
        ),
        (
            an_entry(currency="EUR"),
            a_context(),
            (
                "The rate of this entry is in EUR, but the customer “Garden” is billed "
                "in USD."
            ),
        ),
        (
            an_entry(),
            a_context(person=a_vendor(active=False, name="Riverside Ltd")),
            (
                "The vendor Riverside Ltd, to whom Mia Member is linked, is inactive "
                "in QuickBooks."
            ),
        ),
    ],
)
def test_a_reason_is_a_whole_sentence_with_the_names_in_it(entry, context, text):
    """Nobody has to look up a code to know what is missing."""
    verdict = judge(entry, context)
    assert isinstance(verdict, Held)
    assert verdict.text == text


def test_the_day_of_an_entry_is_taken_as_it_is():
    """Work at half past eleven at night lands on the day the user worked."""
    late = datetime(2025, 3, 11, 6, 30, tzinfo=UTC)
    verdict = judge(an_entry(start=late, day=MONDAY), a_context())
    assert isinstance(verdict, Activity)
    assert verdict.day == MONDAY
