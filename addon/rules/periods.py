"""The named periods people choose from, as first and last days."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


class Period(StrEnum):
    """A period that is named by its distance from today."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_30_DAYS = "last-30-days"

    @property
    def label(self) -> str:
        """Say the period the way a menu shows it: "Last 30 days"."""
        return self.value.replace("-", " ").capitalize()


class Days(NamedTuple):
    """A stretch of calendar days; both ends belong to it."""

    start: date
    end: date


def days_of(period: Period, *, today: date, week_start: int = 0) -> Days:
    """
    Give the first and last day of a period, seen from today.

    `week_start` counts like `date.weekday`: 0 is Monday, 6 is Sunday. This week,
    month and quarter are whole: they end in the future unless today is their end.
    """
    first_of_week = today - timedelta(days=(today.weekday() - week_start) % 7)
    match period:
        case Period.TODAY:
            return Days(today, today)
        case Period.YESTERDAY:
            return Days(today - _DAY, today - _DAY)
        case Period.THIS_WEEK:
            return Days(first_of_week, first_of_week + _WEEK - _DAY)
        case Period.LAST_WEEK:
            return Days(first_of_week - _WEEK, first_of_week - _DAY)
        case Period.THIS_MONTH:
            return _months_from(today.replace(day=1), count=1)
        case Period.LAST_MONTH:
            return _months_from((today.replace(day=1) - _DAY).replace(day=1), count=1)
        case Period.THIS_QUARTER:
            month = today.month - (today.month - 1) % 3
            return _months_from(today.replace(month=month, day=1), count=3)
        case Period.LAST_30_DAYS:
            return Days(today - 29 * _DAY, today)


def _months_from(first: date, *, count: int) -> Days:
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return Days(first, date(year, month + 1, 1) - _DAY)
