"""Writes lists that were read, or changes in them, into the directory."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, update

from addon.quickbooks.changes import Changes
from addon.records import db
from addon.records.directory import Kind, Listing
from addon.records.glance import Known
from addon.records.glance import known as read_known
from addon.records.installation import Installation, beat
from addon.transfer import listed
from addon.transfer.listed import Line

Key = tuple[Kind, str]
Values = dict[str, Any]

KIND_OF = {
    "Employee": Kind.EMPLOYEE,
    "Vendor": Kind.VENDOR,
    "Customer": Kind.CUSTOMER,
    "Item": Kind.ITEM,
    "Class": Kind.CLASS,
    "Department": Kind.DEPARTMENT,
}
GONE = {"gone": True, "active": False}


def keep(
    here: Installation, company_id: int, kinds: Iterable[Kind], found: Iterable[Line]
) -> set[Kind]:
    """
    Make the stored lists equal to what was found, and give the kinds that differed.

    What is gone is kept, marked so.
    """
    known = _stored(kinds, company_id)
    lines = {(line.kind, line.foreign_id): line for line in found}
    wanted = {key: line.values() for key, line in lines.items()}
    for key, row in known.items():
        if key not in wanted and not row.gone:
            wanted[key] = _values(row) | GONE
    return _write(here, company_id, known, wanted)


def apply(here: Installation, company_id: int, changes: Changes) -> set[Kind]:
    """Bring the stored lists up to date, and give the kinds that something changed."""
    lines = [
        *map(listed.from_person, changes.people),
        *map(listed.from_customer, changes.customers),
        *map(listed.from_item, changes.items),
        *(listed.from_label(Kind.CLASS, each) for each in changes.classes),
        *(listed.from_label(Kind.DEPARTMENT, each) for each in changes.departments),
    ]
    gone = {
        (KIND_OF[name], each) for name, ids in changes.deleted.items() for each in ids
    }
    kinds = {line.kind for line in lines} | {kind for kind, _ in gone}
    if not kinds:
        return set()
    known = _stored(kinds, company_id)
    told = {(line.kind, line.foreign_id): line.values() for line in lines}
    below = _moved_below(known, told)
    wanted = below | told
    for key in gone & known.keys():
        wanted[key] = wanted.get(key, _values(known[key])) | GONE
    return _write(here, company_id, known, wanted)


def _moved_below(
    known: Mapping[Key, Known], told: Mapping[Key, Values]
) -> dict[Key, Values]:
    """Rename what lies below a renamed record and was not told of itself."""
    moved: dict[Key, Values] = {}
    both = told.keys() & known.keys()
    for key in sorted(both, key=lambda each: known[each].path):
        old, new = known[key].path, told[key]["path"]
        if not old or old == new:
            continue
        for other, row in known.items():
            path = moved.get(other, {"path": row.path})["path"]
            is_below = other[0] == key[0] and other not in told
            if is_below and path.startswith(f"{old}:"):
                path = new + path.removeprefix(old)
                moved[other] = _values(row) | {"path": path}
    return moved


def _stored(kinds: Iterable[Kind], company_id: int) -> dict[Key, Known]:
    return {
        (Kind(row.kind), row.foreign_id): row
        for row in read_known(*kinds, company_id=company_id)
    }


def _values(row: Known) -> Values:
    """Give what is kept of a line, by column."""
    values = row._asdict()
    for name in ("number", "kind", "foreign_id"):
        del values[name]
    return values


def _write(
    here: Installation,
    company_id: int,
    known: Mapping[Key, Known],
    wanted: Mapping[Key, Values],
) -> set[Kind]:
    """Write what differs, many lines with one statement; give the kinds it was."""
    differing = {
        key: values
        for key, values in wanted.items()
        if key not in known or _values(known[key]) != values
    }
    new = [
        {
            "installation_id": here.id,
            "company_id": company_id,
            "kind": kind,
            "foreign_id": foreign_id,
            **values,
        }
        for (kind, foreign_id), values in differing.items()
        if (kind, foreign_id) not in known
    ]
    changed = [
        {"id": known[key].number, **values}
        for key, values in differing.items()
        if key in known
    ]
    if new:
        db.session.execute(insert(Listing), new)
    if changed:
        db.session.execute(update(Listing), changed)
    if differing:
        beat(here.id)
    return {kind for kind, _ in differing}
