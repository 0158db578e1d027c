"""The further fields as a person reads them: one field, one source, a page of rows."""

from collections import Counter
from dataclasses import dataclass

from addon.records import connection as connections
from addon.records import preferences as choosing
from addon.records.dimension import (
    TARGET_KIND,
    Dimension,
    DimensionLink,
    dimension_links,
)
from addon.records.directory import Listing, listings
from addon.records.preferences import Preferences
from addon.rules.entry import CompanyFacts
from addon.rules.resolving import ALWAYS, Source
from addon.transfer.dimensions import OURS, SOURCES
from addon.transfer.facts import facts_of
from addon.transfer.linked import Choice
from addon.transfer.outside import Refused

PAGE = 50

LABELS = {
    Dimension.ITEM: "Service item",
    Dimension.CLASS: "Class",
    Dimension.LOCATION: "Location",
    Dimension.CUSTOMER: "Fallback customer",
}
BY = {
    Source.PROJECT: "Project",
    Source.TASK: "Task",
    Source.USER: "User",
    Source.TAG: "Tag",
    Source.FIXED: "Always the same",
    Source.CLIENT: "Client",
}
EXPLANATIONS = {
    Dimension.ITEM: "The first that has a choice wins: task, project, user, tag, then"
    " the service item for all sent time.",
    Dimension.CLASS: "The first that has a choice wins: project, user, tag, then the"
    " one that is always the same.",
    Dimension.LOCATION: "The first that has a choice wins: project, user, tag, then"
    " the one that is always the same.",
    Dimension.CUSTOMER: "Projects of the client that have no link of their own are"
    " sent under this customer.",
}
NOT_TRACKED = (
    "This company does not track {}, so none are sent. An admin can switch them on in"
    " QuickBooks under Account and settings > Advanced > Categories."
)


@dataclass(frozen=True)
class FieldRow:
    """One source with its choice; `target` is "" where nothing was chosen."""

    source: Source
    source_id: str
    name: str
    detail: str
    inactive: bool
    target: str
    target_name: str
    trouble: str


@dataclass(frozen=True)
class FieldsPage:
    """
    One page of the sources of one kind, for one field, those with a choice first.

    `note` says what the choices do, or why there is nothing to choose; `needed` is
    None where a missing value is nothing to insist on.
    """

    dimension: Dimension
    source: Source
    dimensions: tuple[tuple[Dimension, str, int], ...]
    sources: tuple[tuple[Source, str, int], ...]
    rows: tuple[FieldRow, ...]
    choices: tuple[Choice, ...]
    note: str
    can_choose: bool
    needed: bool | None
    total: int
    page: int
    pages: int
    search: str


def fields_page(
    dimension: Dimension, source: Source | None, *, page: int = 1, search: str = ""
) -> FieldsPage:
    """Give one page of choices for one field; Refused without a connection."""
    held = connections.current()
    if held is None:
        raise Refused("Connect to QuickBooks first.")
    links = dimension_links(held.company_id)
    if source not in SOURCES[dimension]:
        source = SOURCES[dimension][0]
    counts = Counter((link.dimension, link.source_kind) for link in links)
    every = rows_of(held.company_id, dimension, source)
    wanted = search.strip().casefold()
    shown = [row for row in every if wanted in f"{row.name} {row.detail}".casefold()]
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(1, page), pages)
    can_choose = _is_tracked(dimension, facts_of(held.company))
    plural = {Dimension.CLASS: "classes"}.get(dimension, f"{dimension}s")
    return FieldsPage(
        dimension=dimension,
        source=source,
        dimensions=tuple(
            (each, label, sum(counts[each, by] for by in SOURCES[each]))
            for each, label in LABELS.items()
        ),
        sources=tuple((by, BY[by], counts[dimension, by]) for by in SOURCES[dimension]),
        rows=tuple(shown[(page - 1) * PAGE : page * PAGE]) if can_choose else (),
        choices=targets(held.company_id, dimension),
        note=EXPLANATIONS[dimension] if can_choose else NOT_TRACKED.format(plural),
        can_choose=can_choose,
        needed=_needed(
            dimension, choosing.preferences(held.installation_id, held.company_id)
        ),
        total=len(every),
        page=page,
        pages=pages,
        search=search,
    )


def are_used(installation_id: int, company_id: int) -> bool:
    """Say whether this workspace has chosen anything for a further field."""
    kept = choosing.preferences(installation_id, company_id)
    is_needed = kept.class_needed or kept.location_needed
    return is_needed or bool(dimension_links(company_id))


def targets(company_id: int, dimension: Dimension) -> tuple[Choice, ...]:
    """List what a field can be set to, by full name; inactive ones are marked."""
    found = [
        Choice(row.foreign_id, row.label, inactive=not row.active)
        for row in listings(TARGET_KIND[dimension], company_id=company_id)
    ]
    return tuple(sorted(found, key=lambda choice: choice.label.casefold()))


def rows_of(company_id: int, dimension: Dimension, source: Source) -> list[FieldRow]:
    """List every source of a kind with its choice; leavers only where they have one."""
    chosen = {
        link.source_id: link
        for link in dimension_links(company_id, dimension)
        if link.source_kind == source
    }
    known = {
        row.foreign_id: row
        for row in listings(TARGET_KIND[dimension], company_id=company_id)
    }
    rows = [
        _row(source, ours, chosen.get(ours.foreign_id), known)
        for ours in (listings(OURS[source]) if source in OURS else ())
        if ours.active or ours.foreign_id in chosen
    ]
    if source is Source.FIXED:
        rows = [_row(source, None, chosen.get(ALWAYS), known)]
    rows.sort(key=_order)
    return rows


def _row(
    source: Source,
    ours: Listing | None,
    link: DimensionLink | None,
    known: dict[str, Listing],
) -> FieldRow:
    theirs = known.get(link.target_id) if link else None
    return FieldRow(
        source=source,
        source_id=ours.foreign_id if ours else ALWAYS,
        name=ours.name if ours else "All time",
        detail=((ours.email if source is Source.USER else ours.path) or "")
        if ours
        else "",
        inactive=ours is not None and not ours.active,
        target=link.target_id if link else "",
        target_name=theirs.label if theirs else "",
        trouble=_trouble(theirs) if link else "",
    )


def _trouble(theirs: Listing | None) -> str:
    if theirs is None or theirs.gone:
        return "QuickBooks does not list this record any more. Choose another one."
    if not theirs.active:
        return f"{theirs.name} is inactive in QuickBooks. Choose another one."
    return ""


def _order(row: FieldRow) -> tuple[int, str, str]:
    urgency = 0 if row.trouble else 1 if row.target else 2
    detail = "" if row.source is Source.USER else row.detail.casefold()
    return urgency, detail, row.name.casefold()


def _is_tracked(dimension: Dimension, facts: CompanyFacts) -> bool:
    tracked = {
        Dimension.CLASS: facts.tracks_classes,
        Dimension.LOCATION: facts.tracks_locations,
    }
    return tracked.get(dimension, True)


def _needed(dimension: Dimension, kept: Preferences) -> bool | None:
    needed = {
        Dimension.CLASS: kept.class_needed,
        Dimension.LOCATION: kept.location_needed,
    }
    return needed.get(dimension)
