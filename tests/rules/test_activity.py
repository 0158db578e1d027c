"""What an activity comes to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.activity import Activity, amount
from addon.rules.entry import PersonKind


def an_activity(*, minutes: int, rate: Decimal | None, billable: bool = True):
    return Activity(
        person_kind=PersonKind.EMPLOYEE,
        person_id="55",
        person_name="Mia Member",
        day=date(2025, 3, 10),
        minutes=minutes,
        customer_id="3",
        customer_name="Garden",
        billable=billable,
        rate=rate,
        description="",
        item_id=None,
        item_name="",
    )


@pytest.mark.parametrize(
    ("minutes", "rate", "comes_to"),
    [
        (60, "60", "60.00"),
        (100, "60.00", "100.00"),
        (20, "100", "33.33"),
        (40, "100", "66.67"),
        (3, "0.10", "0.01"),  # half a cent goes up
        (1, "0.29", "0.00"),
        (1, "0.30", "0.01"),
        (90, "0", "0.00"),
        (1435, "99999999999", "2391666666642.75"),
    ],
)
def test_an_amount_is_the_rate_times_the_hours_to_the_cent(minutes, rate, comes_to):
    """The amount shown is the one that the invoice will show."""
    activity = an_activity(minutes=minutes, rate=Decimal(rate))
    assert str(amount(activity)) == comes_to


def test_time_that_is_not_billed_comes_to_nothing():
    """Neither non-billable time nor an unknown rate adds to an amount."""
    assert amount(an_activity(minutes=60, rate=None)) == Decimal(0)
    free = an_activity(minutes=60, rate=Decimal(60), billable=False)
    assert amount(free) == Decimal(0)


@given(st.integers(1, 1435), st.decimals(0, 99_999_999_999, places=2))
def test_an_amount_is_never_off_by_more_than_half_a_cent(minutes, rate):
    """Sixty times the amount is the rate times the minutes, give or take rounding."""
    difference = amount(an_activity(minutes=minutes, rate=rate)) * 60 - rate * minutes
    assert -Decimal("0.30") < difference <= Decimal("0.30")
