"""An entry as it was when it was chosen, as JSON and back."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from addon.rules.entry import Entry, Tag


def pack(entry: Entry) -> dict[str, Any]:
    """Write an entry down; nothing is lost on the way."""
    plain = {each.name: getattr(entry, each.name) for each in fields(entry)}
    plain["start"] = entry.start.isoformat()
    plain["end"] = entry.end.isoformat() if entry.end else None
    seconds = entry.duration
    plain["duration"] = None if seconds is None else seconds / timedelta(seconds=1)
    plain["day"] = entry.day.isoformat() if entry.day else None
    rate = entry.hourly_rate
    plain["hourly_rate"] = None if rate is None else str(rate)
    plain["tags"] = [[tag.id, tag.name] for tag in entry.tags]
    return plain


def unpack(plain: dict[str, Any]) -> Entry:
    """Read an entry back."""
    values = dict(plain)
    values["start"] = datetime.fromisoformat(plain["start"])
    values["end"] = _if(plain["end"], datetime.fromisoformat)
    values["duration"] = _if(plain["duration"], lambda each: timedelta(seconds=each))
    values["day"] = _if(plain["day"], date.fromisoformat)
    values["hourly_rate"] = _if(plain["hourly_rate"], Decimal)
    values["tags"] = tuple(Tag(*pair) for pair in plain["tags"])
    return Entry(**values)


def _if(value: Any, read: Any) -> Any:  # noqa: ANN401
    return None if value is None else read(value)
