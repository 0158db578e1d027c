"""What can be chosen for a user or a project: records, and the choices without one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from addon.records.directory import Kind
from addon.records.glance import Glance, glances
from addon.records.link import LinkKind, Target
from addon.records.preferences import may_create
from addon.transfer.suggestions import THEIRS

OURS = {LinkKind.USER: Kind.USER, LinkKind.PROJECT: Kind.PROJECT}
GROUPS = {
    Kind.EMPLOYEE: "Employees",
    Kind.VENDOR: "Vendors",
    Kind.CUSTOMER: "Customers",
}
NOBODY = f"{Target.NOBODY}:"
OUT = f"{Target.OUT}:"
# These two never become links.
LATER = "later:"
CREATE = "create:"


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen, with the value that chooses it."""

    value: str
    label: str
    group: str = ""
    inactive: bool = False


def choices(company_id: int, kind: LinkKind) -> tuple[Choice, ...]:
    """List what a user or a project can be linked to, by name."""
    theirs = glances(*THEIRS[kind], company_id=company_id)
    return offered(kind, theirs, creating=may_create(company_id))


def offered(
    kind: LinkKind, theirs: Iterable[Glance], *, creating: bool
) -> tuple[Choice, ...]:
    """Put the choices in order: those without a record first, then records by name."""
    found = [
        Choice(
            value=each.value,
            label=each.label,
            group=GROUPS[Kind(each.kind)],
            inactive=not each.active,
        )
        for each in theirs
    ]
    found.sort(key=lambda choice: (choice.group, choice.label.casefold()))
    return (*_without_record(kind, creating=creating), *found)


def looks(name: str, email: str | None, path: str) -> str:
    """Give a print of how somebody looks, to notice later that it has changed."""
    face = "\0".join((name, email or "", path))
    return hashlib.sha256(face.encode()).hexdigest()


def _without_record(kind: LinkKind, *, creating: bool) -> list[Choice]:
    found = [Choice(OUT, "Leave out", "Other"), Choice(LATER, "Decide later", "Other")]
    if kind is LinkKind.PROJECT:
        label = "No customer (only non-billable time)"
        found.insert(0, Choice(NOBODY, label, "Other"))
    if creating:
        found.append(Choice(CREATE, "Create in QuickBooks…", "Other"))
    return found
