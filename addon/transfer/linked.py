"""What is linked to what, as a person reads it: rows, choices and pages."""

from dataclasses import dataclass

from addon.records import link as linking
from addon.records.directory import Kind, Listing, listings
from addon.records.link import Link, LinkKind, Target

OURS = {LinkKind.USER: Kind.USER, LinkKind.PROJECT: Kind.PROJECT}
THEIRS = {
    LinkKind.USER: (Kind.EMPLOYEE, Kind.VENDOR),
    LinkKind.PROJECT: (Kind.CUSTOMER,),
}
GROUPS = {
    Kind.EMPLOYEE: "Employees",
    Kind.VENDOR: "Vendors",
    Kind.CUSTOMER: "Customers",
}
REASONS = {
    "email": "Linked by itself: same e-mail address",
    "name": "Linked by itself: same name",
    "path": "Linked by itself: same client and project",
    "created": "Linked when it was created from QuickBooks",
    "hand": "Chosen by hand",
}
NOBODY = f"{Target.NOBODY}:"
PAGE = 50


@dataclass(frozen=True)
class LinkRow:
    """One user or project with what it is linked to; `target` is "" while it waits."""

    kind: LinkKind
    clockify_id: str
    name: str
    detail: str
    inactive: bool
    target: str
    target_name: str
    origin: str
    reason: str
    trouble: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody who still matters waits for a choice."""
        return not self.target and not self.inactive


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen, with the value that chooses it."""

    value: str
    label: str
    group: str = ""
    inactive: bool = False


@dataclass(frozen=True)
class LinkPage:
    """A page of rows, those that need somebody first, and what they can choose."""

    kind: LinkKind
    rows: tuple[LinkRow, ...]
    choices: tuple[Choice, ...]
    waiting: int
    linked: int
    total: int
    page: int
    pages: int
    search: str


def link_page(
    company_id: int,
    kind: LinkKind,
    *,
    page: int = 1,
    search: str = "",
) -> LinkPage:
    """Give one page of users or projects with their links."""
    rows = _rows(company_id, kind)
    current = [row for row in rows if row.target or not row.inactive]
    wanted = search.strip().casefold()
    shown = [row for row in current if wanted in f"{row.name} {row.detail}".casefold()]
    shown.sort(key=_order)
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(1, page), pages)
    return LinkPage(
        kind=kind,
        rows=tuple(shown[(page - 1) * PAGE : page * PAGE]),
        choices=choices(company_id, kind),
        waiting=sum(row.is_waiting for row in current),
        linked=sum(bool(row.target) for row in current),
        total=len(current),
        page=page,
        pages=pages,
        search=search,
    )


def choices(company_id: int, kind: LinkKind) -> tuple[Choice, ...]:
    """List what a user or a project can be linked to, by name."""
    found = [
        Choice(
            value=f"{row.kind}:{row.foreign_id}",
            label=row.path or row.name,
            group=GROUPS[Kind(row.kind)],
            inactive=not row.active,
        )
        for row in listings(*THEIRS[kind], company_id=company_id)
    ]
    found.sort(key=lambda choice: (choice.group, choice.label.casefold()))
    if kind is LinkKind.PROJECT:
        found.insert(
            0, Choice(NOBODY, "No customer (only non-billable time)", group="Other")
        )
    return tuple(found)


def _rows(company_id: int, kind: LinkKind) -> list[LinkRow]:
    links = linking.links(company_id, kind)
    theirs = targets(company_id, kind)
    return [
        row_of(kind, row, links.get(row.foreign_id), theirs)
        for row in listings(OURS[kind])
    ]


def targets(company_id: int, kind: LinkKind) -> dict[str, Listing]:
    return {
        f"{row.kind}:{row.foreign_id}": row
        for row in listings(*THEIRS[kind], company_id=company_id)
    }


def row_of(
    kind: LinkKind, ours: Listing, link: Link | None, known: dict[str, Listing]
) -> LinkRow:
    target = f"{link.target}:{link.target_id}" if link else ""
    theirs = known.get(target)
    return LinkRow(
        kind=kind,
        clockify_id=ours.foreign_id,
        name=ours.name,
        detail=(ours.email or "") if kind is LinkKind.USER else ours.path,
        inactive=ours.gone or not ours.active,
        target=target,
        target_name=(theirs.path or theirs.name) if theirs else "",
        origin=link.origin if link else "",
        reason=REASONS.get(link.origin, "") if link else "",
        trouble=_trouble(target, theirs),
    )


def _trouble(target: str, theirs: Listing | None) -> str:
    if not target or target == NOBODY:
        return ""
    if theirs is None or theirs.gone:
        return "QuickBooks does not list this record any more. Choose another one."
    if not theirs.active:
        return f"{theirs.name} is inactive in QuickBooks. Choose another one."
    return ""


def _order(row: LinkRow) -> tuple[int, str, str]:
    urgency = 0 if row.is_waiting else 1 if row.trouble else 3 if row.inactive else 2
    return urgency, row.detail.casefold() if row.kind == "project" else "", row.name
