"""Time activities that others recorded, as values that can be compared with ours."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from addon.quickbooks import payloads
from addon.quickbooks.answers import clean
from addon.rules.entry import PersonKind
from addon.rules.pairing import Present

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Found:
    """An activity that QuickBooks holds; `created_at` is aware, or None."""

    id: str
    sync_token: str
    body: dict[str, Any] = field(repr=False)
    created_at: datetime | None = None


def found(row: dict[str, Any]) -> Found:
    """Read an activity of QuickBooks' own answer."""
    return Found(
        id=row["Id"],
        sync_token=clean(row.get("SyncToken")) or "0",
        body=row,
        created_at=payloads.created_at(row),
    )


def summary(found: Found) -> dict[str, Any]:
    """Put down what a person knows an activity by, so that JSON can keep it."""
    day, customer = _day(found.body), found.body.get("CustomerRef")
    return {
        "id": found.id,
        "day": day.isoformat() if day else "",
        "minutes": _minutes(found.body),
        "customer": clean(customer.get("name")) if isinstance(customer, dict) else "",
        "description": clean(found.body.get("Description")),
    }


def present(found: Iterable[Found]) -> list[Present]:
    """Read activities; one without person, day or length compares with nothing."""
    return [each for one in found if (each := _present(one)) is not None]


def _present(found: Found) -> Present | None:
    body = found.body
    kind = clean(body.get("NameOf"))
    if kind not in set(PersonKind):
        return None
    person_id, day, minutes = _ref(body, f"{kind}Ref"), _day(body), _minutes(body)
    if person_id is None or day is None or minutes is None:
        return None
    return Present(
        id=found.id,
        sync_token=found.sync_token,
        person_kind=PersonKind(kind),
        person_id=person_id,
        customer_id=_ref(body, "CustomerRef"),
        day=day,
        minutes=minutes,
        billable=body.get("BillableStatus") in {"Billable", "HasBeenBilled"},
        description=unicodedata.normalize("NFC", clean(body.get("Description"))),
    )


def _ref(body: dict[str, Any], name: str) -> str | None:
    ref = body.get(name)
    return clean(ref.get("value")) or None if isinstance(ref, dict) else None


def _day(body: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(clean(body.get("TxnDate"))[:10])
    except ValueError:
        return None


def _minutes(body: dict[str, Any]) -> int | None:
    """Read the length, which is told as a total or by the clock, less the break."""
    if "Hours" in body or "Minutes" in body:
        return _total(body.get("Hours", 0), body.get("Minutes", 0))
    begun, ended = _clock(body.get("StartTime")), _clock(body.get("EndTime"))
    pause = _total(body.get("BreakHours", 0), body.get("BreakMinutes", 0))
    if begun is None or ended is None or pause is None:
        return None
    if (begun.tzinfo is None) != (ended.tzinfo is None):
        return None
    # QuickBooks takes an end before the start for one on the next day.
    length = (ended - begun) % _DAY
    minutes, rest = divmod(length, _MINUTE)
    return None if rest else minutes - pause


def _total(hours: object, minutes: object) -> int | None:
    if not isinstance(hours, int) or not isinstance(minutes, int):
        return None
    return hours * 60 + minutes


def _clock(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(clean(value))
    except ValueError:
        return None
