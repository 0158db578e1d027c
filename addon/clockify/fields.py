"""Single fields of Clockify's JSON: the missing gets a default, nonsense is refused."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from addon.clockify.errors import Malformed

Record = Mapping[str, object]

# Ids end up in addresses and in primary keys, so nothing else may pass as one.
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")

_LARGEST = Decimal(10) ** 12
_MOST_DECIMALS = 20
_EARLIEST_YEAR, _LATEST_YEAR = 1971, 2199


def record(value: object, what: str) -> Record:
    """Take a JSON object, or raise Malformed naming what should have been there."""
    if not isinstance(value, dict):
        raise Malformed(f"Clockify sent something that is not {what}.")
    return value


def records(value: object, what: str) -> list[Record]:
    """Take a list of JSON objects; null is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"Clockify sent something that is not a list of {what}.")
    return [record(each, f"one of the {what}") for each in value]


def text(source: Record, key: str) -> str:
    """Take a text; missing and null are the empty text."""
    value = source.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"Clockify sent a {key} that is not a text.")
    # Half a surrogate pair and NUL are legal in JSON but in no database.
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def optional_text(source: Record, key: str) -> str | None:
    """Take a text; missing, null, empty and blank are None."""
    return text(source, key).strip() or None


def identifier(source: Record, *keys: str) -> str:
    """Take the id under the first key that has one; without any, raise Malformed."""
    for key in keys:
        found = optional_identifier(source, key)
        if found is not None:
            return found
    raise Malformed(f"Clockify sent something without its {' or '.join(keys)}.")


def optional_identifier(source: Record, key: str) -> str | None:
    """Take an id; missing, null and empty are None."""
    value = source.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise Malformed(f"Clockify sent a {key} that is not an id.")
    return value


def flag(source: Record, key: str, *, default: bool) -> bool:
    """Take a yes or no."""
    value = source.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Malformed(f"Clockify sent a {key} that is neither true nor false.")
    return value


def number(value: object, what: str) -> Decimal:
    """Take an exact, finite number of a size that money and time can have."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Malformed(f"Clockify sent a {what} that is not a number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Malformed(f"Clockify sent a {what} that is not a number.")
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation as error:
        raise Malformed(f"Clockify sent a {what} that is not a number.") from error
    if not exact.is_finite() or exact.copy_abs() > _LARGEST or _is_endless(exact):
        raise Malformed(f"Clockify sent a {what} that cannot be true.")
    return exact


def moment(source: Record, key: str) -> datetime | None:
    """Take an instant with its offset (`Z` or `-03:00`); missing and null are None."""
    value = text(source, key)
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise Malformed(f"Clockify sent a {key} that is not a moment.") from error
    if found.tzinfo is None:
        raise Malformed(f"Clockify sent a {key} without its time zone.")
    if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise Malformed(f"Clockify sent a {key} in the year {found.year}.")
    return found


def _is_endless(exact: Decimal) -> bool:
    exponent = exact.as_tuple().exponent
    return not isinstance(exponent, int) or exponent < -_MOST_DECIMALS


@lru_cache(maxsize=1024)
def zone(name: str | None) -> ZoneInfo | None:
    """Give the time zone of that name, None where the world knows no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder of zones
        return None
