"""Speaks to one QuickBooks company: reads its lists, records and removes activities."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote as quote_path

import requests

from addon.quickbooks import changes, payloads, query, transport
from addon.quickbooks.answers import clean, decipher, told_time
from addon.quickbooks.batch import (
    LONGEST_REQUEST_ID,
    Missing,
    Outcome,
    Recorded,
    outcomes,
    request_text,
)
from addon.quickbooks.errors import (
    Disconnected,
    Malformed,
    QuickBooksError,
    Rejected,
    Unreachable,
)
from addon.quickbooks.present import Found, found
from addon.rules.entry import (
    CompanyFacts,
    Customer,
    Label,
    Person,
    PersonKind,
    ServiceItem,
)

__all__ = ["Calls", "Client", "Found", "Missing", "Outcome", "Recorded"]

MINOR_VERSION = "75"
# How long a read is waited for, try by try: a lost answer is missed soon, and whoever
# is only slow gets the time he needs.
PATIENCE = (10.0, 10.0, 20.0, 60.0)
ALSO_INACTIVE = "Active IN (true, false)"
GONE = "610"

# The JSON object of an answer, and Intuit's number for the call.
Answer = tuple[dict[str, Any], str]


@dataclass
class Calls:
    """How many calls were made: Intuit counts reads that succeed, writes are free."""

    reads: int = 0
    writes: int = 0


@dataclass(frozen=True)
class _Request:
    """One call; `seconds` is how long its answer is waited for."""

    method: str
    path: str
    question: Mapping[str, str]
    body: bytes | None = field(repr=False)
    seconds: float


class Client:
    """
    One company behind one connection.

    `access(renew)` gives a bearer token, a fresh one where `renew` is true; `pace()`
    returns when the next call is in rhythm (QuickBooks: 10 a second); `clock` is told
    QuickBooks' own time with each answer, and how long that took; `heard` is told how
    each call ended. Seconds are waiting times, those of `patience` for the tries of one
    read; QuickBooks itself gives up on a write after 120.
    Every method may raise Unreachable, Busy, Disconnected or Rejected.
    """

    def __init__(
        self,
        http: requests.Session,
        api_url: str,
        realm: str,
        access: Callable[[bool], str],
        *,
        pace: Callable[[], None] = lambda: None,
        clock: Callable[[datetime, timedelta], None] = lambda _time, _took: None,
        heard: Callable[[QuickBooksError | None], None] = lambda _problem: None,
        connect_seconds: float = transport.CONNECT_SECONDS,
        patience: Sequence[float] = PATIENCE,
        write_seconds: float = 130.0,
    ) -> None:
        self.calls = Calls()
        self._http = http
        self._company = f"{api_url}/v3/company/{quote_path(realm, safe='')}"
        self._realm = quote_path(realm, safe="")
        self._access = access
        self._pace = pace
        self._clock = clock
        self._heard = heard
        self._connect_seconds = connect_seconds
        self._patience = patience
        self._write_seconds = write_seconds

    def company(self) -> CompanyFacts:
        """Read what the company says about itself."""
        info = self._read(f"companyinfo/{self._realm}")
        return payloads.company_facts(info, self._read("preferences"))

    def look_at_the_clock(self) -> None:
        """Read anything small, for the time that QuickBooks tells with it."""
        self._read(f"companyinfo/{self._realm}")

    def people(self) -> list[Person]:
        """Read all employees and vendors, the inactive too."""
        return [
            payloads.person(kind, row)
            for kind in PersonKind
            for row in query.everything(self._ask, kind.value, ALSO_INACTIVE)
        ]

    def customers(self) -> list[Customer]:
        """Read all customers, sub-customers and projects, the inactive too."""
        rows = query.everything(self._ask, "Customer", ALSO_INACTIVE)
        return [payloads.customer(row) for row in rows]

    def service_items(self) -> list[ServiceItem]:
        """Read all services, the inactive too."""
        where = f"Type = 'Service' AND {ALSO_INACTIVE}"
        rows = query.everything(self._ask, "Item", where)
        return [payloads.service_item(row) for row in rows]

    def classes(self) -> list[Label]:
        """Read all classes, the inactive too."""
        rows = query.everything(self._ask, "Class", ALSO_INACTIVE)
        return [payloads.label(row) for row in rows]

    def departments(self) -> list[Label]:
        """Read all departments, which people see as locations, the inactive too."""
        rows = query.everything(self._ask, "Department", ALSO_INACTIVE)
        return [payloads.label(row) for row in rows]

    def changed_since(
        self,
        since: datetime,
        entities: Iterable[str] = changes.ENTITIES,
        *,
        now: datetime,
    ) -> changes.Changes:
        """Read what changed in the lists since an aware moment, with one read."""
        return changes.changed_since(self._read, since, entities, now=now)

    def activities(self, first_day: date, last_day: date) -> list[Found]:
        """
        Read all time activities of a span of days, both ends included.

        QuickBooks cannot ask for a person's activities; the caller has to choose.
        """
        return self._activities("TxnDate", first_day.isoformat(), last_day.isoformat())

    def activities_made(self, first: datetime, last: datetime) -> list[Found]:
        """
        Read all time activities made between two aware moments, both included.

        Whatever a person changes in an activity, this stays as it was.
        """
        ends = (
            each.astimezone(UTC).isoformat("T", "seconds") for each in (first, last)
        )
        return self._activities("MetaData.CreateTime", *ends)

    def activity(self, activity_id: str) -> Found | None:
        """Read one time activity; None where QuickBooks does not hold it."""
        rows = self._found(f"Id = {query.quote(activity_id)}")
        return rows[0] if rows else None

    def _activities(self, name: str, first: str, last: str) -> list[Found]:
        first, last = query.quote(first), query.quote(last)
        return self._found(f"{name} >= {first} AND {name} <= {last}")

    def _found(self, where: str) -> list[Found]:
        rows = query.everything(self._ask, "TimeActivity", where)
        return [found(row) for row in rows]

    def record_batch(
        self, request_id: str, drafts: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Outcome]:
        """
        Record 1 to 30 drafts with one call and say what became of each.

        The same id with the same drafts sends the very same bytes. Raises ValueError
        for an id above 36 or an item id above 10 characters (QuickBooks: RequestId).
        """
        if not 0 < len(request_id) <= LONGEST_REQUEST_ID:
            raise ValueError(f"A request id has 1 to {LONGEST_REQUEST_ID} characters")
        question = {"requestid": request_id}
        answer, tid = self._write("batch", question, request_text(drafts))
        return outcomes(drafts, answer, tid)

    def create(
        self, entity: str, body: Mapping[str, Any], request_id: str
    ) -> Mapping[str, Any]:
        """
        Make one record of a list and give it as QuickBooks shows it.

        The way in for `making`; the same id with the same body makes it once. Raises
        Malformed where QuickBooks shows none.
        """
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
        answer, _ = self._write(entity.lower(), {"requestid": request_id}, text)
        made = answer.get(entity)
        if not isinstance(made, dict):
            raise Malformed(f"QuickBooks did not say which {entity} it made")
        return made

    def delete_activity(self, activity_id: str, sync_token: str) -> None:
        """Remove an activity; one that is gone already counts as removed."""
        body = json.dumps({"Id": activity_id, "SyncToken": sync_token})
        question = {
            "operation": "delete",
            "requestid": f"delete-{activity_id}-{sync_token}"[:50],
        }
        try:
            answer, _ = self._write("timeactivity", question, body)
        except Rejected as refusal:
            if refusal.fault.code == GONE:
                return
            raise
        removed = answer.get("TimeActivity")
        if not isinstance(removed, dict) or removed.get("status") != "Deleted":
            raise Malformed("QuickBooks did not confirm that the activity is gone")

    def _ask(self, statement: str) -> dict[str, Any]:
        return self._read("query", {"query": statement})

    def _read(
        self, path: str, question: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        for seconds in self._patience[:-1]:
            # Reading twice harms nobody, and a kept connection may have gone old.
            with suppress(Unreachable):
                return self._read_once(path, question or {}, seconds)
        return self._read_once(path, question or {}, self._patience[-1])

    def _read_once(
        self, path: str, question: Mapping[str, str], seconds: float
    ) -> dict[str, Any]:
        answer, _ = self._renewing(_Request("GET", path, question, None, seconds))
        self.calls.reads += 1
        return answer

    def _write(self, path: str, question: Mapping[str, str], text: str) -> Answer:
        self.calls.writes += 1
        body, seconds = text.encode(), self._write_seconds
        return self._renewing(_Request("POST", path, question, body, seconds))

    def _renewing(self, request: _Request) -> Answer:
        try:
            return self._once(request, renew=False)
        except Disconnected as refusal:
            if not refusal.renewable:
                raise
        # A refused token means that nothing was done, so writes may be repeated too.
        return self._once(request, renew=True)

    def _once(self, request: _Request, *, renew: bool) -> Answer:
        headers = {"Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        self._pace()
        # Before the call: trouble with it says nothing about the company.
        access = self._access(renew)
        try:
            answer = transport.send(
                self._http,
                request.method,
                f"{self._company}/{request.path}",
                params={**request.question, "minorversion": MINOR_VERSION},
                data=request.body,
                headers=headers,
                auth=transport.Bearer(access),
                connect_seconds=self._connect_seconds,
                read_seconds=request.seconds,
            )
            data = decipher(answer.status_code, answer.headers, answer.content)
        except QuickBooksError as problem:
            self._heard(problem)
            raise
        self._heard(None)
        if moment := told_time(data):
            self._clock(moment, answer.elapsed)
        return data, clean(answer.headers.get("intuit_tid"))
