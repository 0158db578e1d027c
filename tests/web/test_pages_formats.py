"""How dates, amounts and counts are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from addon.web.formats import ago, day, many, moment, money

NOW = datetime(2026, 5, 4, 14, 3, tzinfo=UTC)


def test_days_are_written_with_their_weekday():
    """A day can be recognised without a calendar."""
    assert day(date(2026, 5, 4)) == "Mon 4 May 2026"
    assert day(None) == ""


def test_moments_say_their_time_zone():
    """A moment from another zone is told in one zone, and which."""
    there = NOW.astimezone(timezone(timedelta(hours=-7)))
    assert moment(there) == "4 May 2026, 14:03 UTC"
    assert moment(None) == ""


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=3, seconds=59), "3 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=9), "on 25 Apr 2026"),
    ],
)
def test_the_past_is_told_in_the_unit_that_fits(passed, said):
    """When lists were last read is told the way people would."""
    assert ago(NOW - passed, NOW) == said


def test_what_never_happened_is_said_too():
    """Lists that were never read say so."""
    assert ago(None) == "never"


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("1234.5"), "USD", "1,234.50 USD"),
        (Decimal(0), "EUR", "0.00 EUR"),
        (Decimal(1234567), "JPY", "1,234,567 JPY"),
        (Decimal("-2.005"), "CAD", "-2.00 CAD"),
        (Decimal(1), None, "1.00"),
        (None, "USD", ""),
    ],
)
def test_amounts_are_grouped_and_keep_their_currency(amount, currency, said):
    """An amount can be read at a glance, and nobody guesses its currency."""
    assert money(amount, currency) == said


def test_things_are_counted_in_words():
    """One entry, two entries, and thousands with a separator."""
    assert many(1, "entry", "entries") == "1 entry"
    assert many(1200, "entry", "entries") == "1,200 entries"
    assert many(0, "check") == "0 checks"
