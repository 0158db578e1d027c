"""Reads what changed in a company's lists since a moment, with one call."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from addon.quickbooks import payloads
from addon.quickbooks.answers import clean, fault_in
from addon.quickbooks.errors import Malformed
from addon.rules.entry import Customer, Label, Person, PersonKind, ServiceItem

ENTITIES = ("Employee", "Vendor", "Customer", "Item", "Class", "Department")

# QuickBooks: change data capture. It looks back thirty days, by its own clock, and
# shows a thousand records over all entities together, without saying that it cut.
DEPTH = timedelta(days=29)
MOST = 1000

Row = Mapping[str, Any]
Read = Callable[[str, Mapping[str, str]], dict[str, Any]]


@dataclass(frozen=True)
class Changes:
    """
    Records that were made or changed, the inactive too, and ids that are gone.

    `deleted` holds ids by entity. Where `complete` is false the lists have to be read
    as a whole. `as_of` is QuickBooks' own time of the answer; the next `since` is a
    little before it, for what was being written just then.
    """

    people: tuple[Person, ...] = ()
    customers: tuple[Customer, ...] = ()
    items: tuple[ServiceItem, ...] = ()
    classes: tuple[Label, ...] = ()
    departments: tuple[Label, ...] = ()
    deleted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    complete: bool = True
    as_of: datetime | None = None


def changed_since(
    read: Read, since: datetime, entities: Iterable[str] = ENTITIES, *, now: datetime
) -> Changes:
    """
    Read what changed since an aware moment; at most one call, which is metered.

    Nothing is asked where `since` lies too far back for QuickBooks to know all. Time
    activities are not among the changes QuickBooks can tell. Raises ValueError for an
    entity without changes to tell, and what the call raises.
    """
    names = tuple(dict.fromkeys(entities))
    if not names or not set(names) <= set(ENTITIES):
        raise ValueError(f"QuickBooks tells no changes of {', '.join(names) or 'none'}")
    if now - since > DEPTH:
        return Changes(complete=False)
    moment = since.astimezone(UTC).isoformat(timespec="seconds")
    question = {
        "entities": ",".join(names),
        "changedSince": moment.replace("+00:00", "Z"),
    }
    return _changes(read("cdc", question), names)


def _changes(answer: Row, names: Iterable[str]) -> Changes:
    sections = _sections(answer)
    rows = {name: _rows(sections, name) for name in names}
    living = {
        name: [row for row in found if row.get("status") != "Deleted"]
        for name, found in rows.items()
    }
    gone = {
        name: frozenset(row["Id"] for row in found if row.get("status") == "Deleted")
        for name, found in rows.items()
    }
    return Changes(
        people=tuple(
            payloads.person(kind, row)
            for kind in PersonKind
            for row in living.get(kind.value, ())
        ),
        customers=tuple(map(payloads.customer, living.get("Customer", ()))),
        items=tuple(
            payloads.service_item(row)
            for row in living.get("Item", ())
            if row.get("Type") == "Service"
        ),
        classes=tuple(map(payloads.label, living.get("Class", ()))),
        departments=tuple(map(payloads.label, living.get("Department", ()))),
        deleted={name: ids for name, ids in gone.items() if ids},
        complete=not any(map(_is_cut, sections))
        and sum(map(len, rows.values())) < MOST,
        as_of=_moment(answer.get("time")),
    )


def _sections(answer: Row) -> list[Row]:
    parts = answer.get("CDCResponse")
    if not isinstance(parts, list) or not parts:
        raise Malformed("QuickBooks gave no CDCResponse", sent=False)
    sections: list[Row] = []
    for part in parts:
        if isinstance(part, dict) and fault_in(part) is not None:
            sections.append(part)
            continue
        found = part.get("QueryResponse") if isinstance(part, dict) else None
        if not isinstance(found, list) or not all(isinstance(s, dict) for s in found):
            raise Malformed("QuickBooks gave no list of changes", sent=False)
        sections += found
    return sections


def _rows(sections: Iterable[Row], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for section in sections:
        found = section.get(name, [])
        if not isinstance(found, list):
            raise Malformed(f"QuickBooks gave no list of {name}", sent=False)
        for row in found:
            if not isinstance(row, dict) or not isinstance(row.get("Id"), str):
                raise Malformed(f"QuickBooks gave {name} without Id", sent=False)
        rows += found
    return rows


def _is_cut(section: Row) -> bool:
    """Say whether QuickBooks kept something back: for a fault, or by its own count."""
    if fault_in(section) is not None:
        return True
    total = section.get("totalCount")
    shown = sum(len(rows) for rows in section.values() if isinstance(rows, list))
    return isinstance(total, int) and total > shown


def _moment(given: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(clean(given))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
