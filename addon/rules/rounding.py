"""Workspace rounding, and seconds into the whole minutes that QuickBooks keeps."""

from datetime import timedelta

from addon.rules.entry import Rounding, RoundingWay

_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000
_DAY_IN_MINUTES = 24 * 60


def round_duration(length: timedelta, rounding: Rounding | None) -> timedelta:
    """
    Round a length of time the way the workspace rounds its reports.

    A length exactly between two steps goes up when rounding to the nearest. Without
    a rounding, or with a step that is not between one minute and one day, the length
    comes back unchanged. Rounding twice changes nothing more.
    """
    if rounding is None or not 1 <= rounding.minutes <= _DAY_IN_MINUTES:
        return length
    step = timedelta(minutes=rounding.minutes)
    steps, rest = divmod(length, step)
    match rounding.way:
        case RoundingWay.UP:
            up = bool(rest)
        case RoundingWay.DOWN:
            up = False
        case RoundingWay.NEAREST:
            up = 2 * rest >= step
    return (steps + up) * step


def whole_minutes(length: timedelta) -> int:
    """
    Give the nearest whole number of minutes; exactly half a minute counts as one.

    QuickBooks holds hours and minutes only, so seconds must be decided here, once:
    1 h 38 min 29 s becomes 98 minutes and 1 h 38 min 30 s becomes 99.
    """
    return (length // _MICROSECOND + _MINUTE // 2) // _MINUTE
