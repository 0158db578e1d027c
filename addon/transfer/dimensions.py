"""What further fields verdicts go by, and how a person chooses them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import select

from addon.records import db
from addon.records import preferences as choosing
from addon.records.dimension import (
    TARGET_KIND,
    Dimension,
    DimensionLink,
    dimension_links,
)
from addon.records.directory import Kind, Listing
from addon.records.journal import note
from addon.records.preferences import Preferences
from addon.rules.entry import Customer, Label, ServiceItem
from addon.rules.resolving import ALWAYS, Choices, Key, Source
from addon.transfer import listed
from addon.transfer.link import connected_company
from addon.transfer.outside import Outside, Refused, Viewer

T = TypeVar("T")

SOURCES = {
    Dimension.ITEM: (Source.PROJECT, Source.TASK, Source.USER, Source.TAG),
    Dimension.CLASS: (Source.PROJECT, Source.USER, Source.TAG, Source.FIXED),
    Dimension.LOCATION: (Source.PROJECT, Source.USER, Source.TAG, Source.FIXED),
    Dimension.CUSTOMER: (Source.CLIENT,),
}
OURS = {
    Source.TASK: Kind.TASK,
    Source.PROJECT: Kind.PROJECT,
    Source.USER: Kind.USER,
    Source.TAG: Kind.TAG,
    Source.CLIENT: Kind.CLIENT,
}


def choices_of(company_id: int, kept: Preferences) -> Choices:
    """Gather everything that was chosen; what is gone counts as inactive."""
    links = dimension_links(company_id)
    by_client = _found(company_id, links, Dimension.CUSTOMER, _customer)
    return Choices(
        items=_found(company_id, links, Dimension.ITEM, item),
        classes=_found(company_id, links, Dimension.CLASS, _label),
        locations=_found(company_id, links, Dimension.LOCATION, _label),
        fallbacks={number: each for (_, number), each in by_client.items()},
        class_needed=kept.class_needed,
        location_needed=kept.location_needed,
    )


def choose(
    outside: Outside,
    viewer: Viewer,
    dimension: Dimension,
    key: Key,
    target_id: str,
) -> None:
    """
    Choose a field's record for one source, or take the choice back where it is "".

    Raises Refused where either side does not exist or can no longer be chosen.
    """
    company_id = connected_company()
    source, source_id = key
    if source not in SOURCES[dimension] or not _is_listed(source, source_id):
        raise Refused("Clockify does not list this one any more. Reload the page.")
    before = _replace(
        DimensionLink(
            installation_id=viewer.installation.id,
            company_id=company_id,
            dimension=dimension,
            source_kind=source,
            source_id=source_id,
            target_id=target_id,
            confirmed_by=viewer.user_id,
            since=outside.now(),
        )
    )
    note(
        viewer.installation.id,
        "field chosen",
        actor=viewer.user_id,
        at=outside.now(),
        dimension=dimension,
        kind=source,
        clockify=source_id,
        before=before,
        after=target_id,
    )
    db.session.commit()


def _replace(wanted: DimensionLink) -> str:
    """Put a choice in the place of the one before, and give what that was."""
    dimension = Dimension(wanted.dimension)
    links = {link.key: link for link in dimension_links(wanted.company_id, dimension)}
    link = links.get(wanted.key)
    before = link.target_id if link else ""
    if wanted.target_id and wanted.target_id != before:
        _check_target(wanted.company_id, TARGET_KIND[dimension], wanted.target_id)
    if link is not None:
        db.session.delete(link)
        db.session.flush()
    if wanted.target_id:
        db.session.add(wanted)
    return before


def insist(
    outside: Outside, viewer: Viewer, dimension: Dimension, *, is_needed: bool
) -> None:
    """Hold time without a class or location from now on, or only warn about it."""
    if dimension not in {Dimension.CLASS, Dimension.LOCATION}:
        raise Refused("Only a class or a location can be required.")
    kept = choosing.preferences(viewer.installation.id, connected_company())
    name = f"{dimension}_needed"
    before = getattr(kept, name)
    setattr(kept, name, is_needed)
    db.session.add(kept)
    note(
        viewer.installation.id,
        "field required" if is_needed else "field no longer required",
        actor=viewer.user_id,
        at=outside.now(),
        dimension=dimension,
        before=before,
        after=is_needed,
    )
    db.session.commit()


def item(row: Listing | None, number: str) -> ServiceItem:
    """Read a chosen service; one that is not listed any more counts as inactive."""
    if row is not None:
        return listed.item_of(row)
    return ServiceItem(number, "", "", active=False)


def _label(row: Listing | None, number: str) -> Label:
    return listed.label_of(row) if row else Label(number, "", "", active=False)


def _customer(row: Listing | None, number: str) -> Customer:
    return listed.customer_of(row) if row else Customer(number, "", "", active=False)


def _found(
    company_id: int,
    links: Iterable[DimensionLink],
    dimension: Dimension,
    read: Callable[[Listing | None, str], T],
) -> dict[Key, T]:
    chosen = {link.key: link.target_id for link in links if link.dimension == dimension}
    rows = listed_with(TARGET_KIND[dimension], set(chosen.values()), company_id)
    return {key: read(rows.get(number), number) for key, number in chosen.items()}


def listed_with(kind: Kind, ids: set[str], company_id: int) -> dict[str, Listing]:
    """Give the lines of a list that have these ids, by id."""
    # No database looks for the sign that ends a text, and no id has it.
    wanted = sorted(number for number in ids if "\0" not in number)
    if not wanted:
        return {}
    found = db.session.scalars(
        select(Listing).where(
            Listing.kind == kind,
            Listing.company_id == company_id,
            Listing.foreign_id.in_(wanted),
        )
    )
    return {row.foreign_id: row for row in found}


def _is_listed(source: Source, source_id: str) -> bool:
    if source is Source.FIXED:
        return source_id == ALWAYS
    return bool(listed_with(OURS[source], {source_id}, 0))


def _check_target(company_id: int, kind: Kind, target_id: str) -> None:
    row = listed_with(kind, {target_id}, company_id).get(target_id)
    if row is None or row.gone:
        raise Refused("QuickBooks does not list this record. Choose another one.")
    if not row.active:
        raise Refused(f"{row.name} is inactive in QuickBooks. Choose another one.")
