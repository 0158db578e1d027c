"""The detailed report: how it is asked for, and its entries as our values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from addon.clockify import fields
from addon.clockify.errors import Malformed
from addon.rules.entry import Entry, Tag

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """
    What the report should hold: days (both included), filters and amounts.

    `zone` is an IANA name. `amounts` asks for rates, which Clockify gives to admins
    only; `rounding` has Clockify apply the workspace's rounding to durations.
    """

    start: date
    end: date
    zone: str
    users: Sequence[str] = ()
    clients: Sequence[str] = ()
    projects: Sequence[str] = ()
    billable: bool | None = None
    amounts: bool = False
    rounding: bool = False

    def covers(self, entry: Entry) -> bool:
        """Say whether the entry belongs to these days; of unknown day, by UTC."""
        return self.start <= (entry.day or entry.start.date()) <= self.end


@dataclass(frozen=True)
class Page:
    """One page of the report; `total` counts the entries of all pages, where told."""

    entries: tuple[Entry, ...]
    total: int | None = None


def question_body(
    question: Question, *, page: int, page_size: int
) -> dict[str, object]:
    """
    Draft the request for one page.

    Whose zone bounds the range is not settled in Clockify's documentation, so a
    day more is asked for on both sides; `Question.covers` takes it off again. Filters
    say `ALL` so that deactivated people and archived projects are not left out.
    """
    body: dict[str, object] = {
        "dateRangeStart": f"{question.start - _DAY}T00:00:00.000",
        "dateRangeEnd": f"{question.end + _DAY}T23:59:59.999",
        "dateRangeType": "ABSOLUTE",
        "timeZone": question.zone,
        "detailedFilter": {
            "page": page,
            "pageSize": page_size,
            "sortColumn": "DATE",
            "options": {"totals": "CALCULATE"},
        },
        "sortOrder": "ASCENDING",
        "exportType": "JSON",
        "amountShown": "EARNED" if question.amounts else "HIDE_AMOUNT",
        "approvalState": "ALL",
        "invoicingState": "ALL",
        "rounding": question.rounding,
        "users": _filter(question.users),
        "clients": _filter(question.clients),
        "projects": _filter(question.projects),
    }
    if question.billable is not None:
        body["billable"] = question.billable
    return body


def _filter(ids: Sequence[str]) -> dict[str, object]:
    return {"ids": list(ids), "contains": "CONTAINS", "status": "ALL"}


def page(body: object, zones: Mapping[str, str]) -> Page:
    """
    Read a page; `zones` gives the time zone of each user id. Raises Malformed.

    The live service spells its root key in lower case, its contract does not.
    """
    source = fields.record(body, "a report")
    listed = source.get("timeentries", source.get("timeEntries"))
    if not isinstance(listed, list):
        raise Malformed("Clockify sent a report without time entries.")
    return Page(tuple(entry(each, zones) for each in listed), _total(source))


def entry(body: object, zones: Mapping[str, str]) -> Entry:
    """Read one time entry of the report; raises Malformed."""
    source = fields.record(body, "a time entry")
    user_id = fields.identifier(source, "userId")
    span = _span(source, zones.get(user_id))
    money = _money(source)
    return Entry(
        id=fields.identifier(source, "_id", "id"),
        user_id=user_id,
        user_name=fields.text(source, "userName"),
        start=span.start,
        end=span.end,
        duration=span.duration,
        day=span.day,
        billable=fields.flag(source, "billable", default=False),
        description=fields.text(source, "description"),
        user_email=fields.optional_text(source, "userEmail"),
        project_id=fields.optional_identifier(source, "projectId"),
        project_name=fields.text(source, "projectName"),
        client_id=fields.optional_identifier(source, "clientId"),
        client_name=fields.text(source, "clientName"),
        task_id=fields.optional_identifier(source, "taskId"),
        task_name=fields.text(source, "taskName"),
        tags=_tags(source.get("tags")),
        hourly_rate=money.rate,
        currency=money.currency,
        kind=fields.text(source, "type").upper() or "REGULAR",
        is_locked=fields.flag(source, "isLocked", default=False),
        approval_request_id=fields.optional_identifier(source, "approvalRequestId"),
    )


@dataclass(frozen=True)
class _Span:
    start: datetime
    end: datetime | None
    duration: timedelta | None
    day: date | None


def _span(source: fields.Record, users_zone: str | None) -> _Span:
    interval = fields.record(source.get("timeInterval"), "a time interval")
    start = fields.moment(interval, "start")
    if start is None:
        raise Malformed("Clockify sent a time entry without its start.")
    end = fields.moment(interval, "end")
    return _Span(
        start=start.astimezone(UTC),
        end=end and end.astimezone(UTC),
        duration=_duration(interval, start, end),
        day=_day(interval, start, users_zone),
    )


def _duration(
    interval: fields.Record, start: datetime, end: datetime | None
) -> timedelta | None:
    if end is None:
        return None
    if interval.get("duration") is None:
        length = end - start
    else:
        seconds = fields.number(interval["duration"], "duration")
        length = timedelta(seconds=int(seconds))
    if length < timedelta(0):
        raise Malformed("Clockify sent a time entry that ends before it begins.")
    return length


def _day(
    interval: fields.Record, start: datetime, users_zone: str | None
) -> date | None:
    zoned = fields.optional_text(interval, "zonedStart")
    if zoned is not None:
        try:
            return datetime.fromisoformat(zoned).date()
        except ValueError:
            pass  # the zone below says the same in another way
    own = fields.zone(fields.optional_text(interval, "timeZone"))
    if own is not None:
        return start.astimezone(own).date()
    # "Z" says only when, an offset says also where the work was done.
    if not fields.text(interval, "start").upper().endswith("Z"):
        return start.date()
    theirs = fields.zone(users_zone)
    return start.astimezone(theirs).date() if theirs is not None else None


@dataclass(frozen=True)
class _Money:
    rate: Decimal | None = None
    currency: str | None = field(default=None)


def _money(source: fields.Record) -> _Money:
    """Find the hourly rate, which Clockify counts in cents, pence and the like."""
    currency = source.get("currency")
    code = (
        fields.optional_text(source, "currency") if isinstance(currency, str) else None
    )
    for key in ("rate", "earnedRate", "hourlyRate"):
        told = source.get(key)
        if isinstance(told, dict):
            code = fields.optional_text(told, "currency") or code
            told = told.get("amount")
        if told is not None:
            return _Money(fields.number(told, "rate").scaleb(-2), code)
    return _Money(None, code)


def _tags(value: object) -> tuple[Tag, ...]:
    return tuple(
        Tag(fields.identifier(each, "_id", "id"), fields.text(each, "name"))
        for each in fields.records(value, "tags")
    )


def _total(source: fields.Record) -> int | None:
    totals = source.get("totals")
    if not isinstance(totals, list) or not totals or totals[0] is None:
        return None
    count = fields.record(totals[0], "a report's total").get("entriesCount")
    return None if count is None else int(fields.number(count, "count of entries"))
