"""Writes lists that were read, or changes in them, into the directory."""

from collections.abc import Iterable, Mapping

from addon.quickbooks.changes import Changes
from addon.records import db
from addon.records.directory import Kind, Listing, listings
from addon.records.installation import Installation
from addon.transfer import listed
from addon.transfer.listed import Line

Key = tuple[Kind, str]

KIND_OF = {
    "Employee": Kind.EMPLOYEE,
    "Vendor": Kind.VENDOR,
    "Customer": Kind.CUSTOMER,
    "Item": Kind.ITEM,
    "Class": Kind.CLASS,
    "Department": Kind.DEPARTMENT,
}


def keep(
    here: Installation, company_id: int, kinds: Iterable[Kind], found: Iterable[Line]
) -> int:
    """Make the stored lists equal to what was found; keep what is gone, marked so."""
    known = _stored(kinds, company_id)
    changed = sum(_write(here, company_id, known, line) for line in found)
    missing = [row for row in known.values() if not row.gone]
    for row in missing:
        row.gone, row.active = True, False
    return changed + len(missing)


def apply(here: Installation, company_id: int, changes: Changes) -> int:
    """Bring the stored lists up to date with what changed in them."""
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
        return 0
    known = _stored(kinds, company_id)
    rows = dict(known)
    paths = {key: row.path for key, row in known.items()}
    changed = sum(_write(here, company_id, known, line) for line in lines)
    for key in gone & set(rows):
        changed += not rows[key].gone
        rows[key].gone, rows[key].active = True, False
    _move_below(rows, paths, {(line.kind, line.foreign_id) for line in lines})
    return changed


def _move_below(
    rows: Mapping[Key, Listing], before: Mapping[Key, str], told: set[Key]
) -> None:
    """Rename what lies below a renamed record: only that itself counts as changed."""
    for key in sorted(told & set(before), key=lambda each: before[each]):
        old, new = before[key], rows[key].path
        if not old or old == new:
            continue
        for other, row in rows.items():
            is_below = other[0] == key[0] and other not in told
            if is_below and row.path.startswith(f"{old}:"):
                row.path = new + row.path.removeprefix(old)


def _stored(kinds: Iterable[Kind], company_id: int) -> dict[Key, Listing]:
    return {
        (Kind(row.kind), row.foreign_id): row
        for row in listings(*kinds, company_id=company_id)
    }


def _write(
    here: Installation, company_id: int, known: dict[Key, Listing], line: Line
) -> bool:
    """Write one line, take it off what is known, and say if it brought a change."""
    row = known.pop((line.kind, line.foreign_id), None)
    if row is None:
        row = Listing(
            installation_id=here.id,
            company_id=company_id,
            kind=line.kind,
            foreign_id=line.foreign_id,
        )
        db.session.add(row)
    return line.write_into(row)
