"""What a workspace chose, and how a person changes it."""

from collections.abc import Iterable
from dataclasses import dataclass

from addon.records import db
from addon.records import preferences as choosing
from addon.records.directory import Kind, name_of
from addon.records.glance import Glance, glances
from addon.records.journal import note
from addon.transfer.link import Choice, connected_company
from addon.transfer.outside import Outside, Refused, Viewer


@dataclass(frozen=True)
class Panel:
    """
    What the form of preferences shows.

    `item_id` is the chosen service, "" where QuickBooks uses its own; it is among the
    `services` even where QuickBooks has it no more.
    """

    services: tuple[Choice, ...]
    item_id: str
    creating: bool


def panel(installation_id: int, company_id: int) -> Panel:
    """Give what was chosen and what can be."""
    chosen = choosing.preferences(installation_id, company_id)
    found = {
        each.foreign_id: each for each in glances(Kind.ITEM, company_id=company_id)
    }
    services = _by_name(
        each
        for each in found.values()
        if each.active or each.foreign_id == chosen.item_id
    )
    if chosen.item_id and chosen.item_id not in found:
        services += (Choice(chosen.item_id, "A service that is gone"),)
    return Panel(services, chosen.item_id, chosen.may_create)


def item_choices(company_id: int) -> tuple[Choice, ...]:
    """List the services that time can be sent under, by name."""
    found = glances(Kind.ITEM, company_id=company_id)
    return _by_name(each for each in found if each.active)


def _by_name(items: Iterable[Glance]) -> tuple[Choice, ...]:
    found = [
        Choice(each.foreign_id, each.label, inactive=not each.active) for each in items
    ]
    return tuple(sorted(found, key=lambda choice: choice.label.casefold()))


def item_of(installation_id: int, company_id: int) -> tuple[str, str]:
    """Give id and name of the chosen service; "" where QuickBooks uses its own."""
    chosen = choosing.preferences(installation_id, company_id).item_id
    return chosen, name_of(Kind.ITEM, chosen, company_id=company_id) if chosen else ""


def allow_creating(outside: Outside, viewer: Viewer, *, is_allowed: bool) -> None:
    """Let people create records in QuickBooks from the lists, or stop it again."""
    kept = choosing.preferences(viewer.installation.id, connected_company())
    kept.may_create = is_allowed
    db.session.add(kept)
    note(
        viewer.installation.id,
        "creating allowed" if is_allowed else "creating no longer allowed",
        actor=viewer.user_id,
        at=outside.now(),
    )
    db.session.commit()


def choose_item(outside: Outside, viewer: Viewer, item_id: str) -> None:
    """Choose the service that time is sent under, or "" for QuickBooks' own."""
    company_id = connected_company()
    allowed = {choice.value for choice in item_choices(company_id)}
    if item_id and item_id not in allowed:
        raise Refused("QuickBooks does not list this service. Choose another one.")
    kept = choosing.preferences(viewer.installation.id, company_id)
    before = kept.item_id
    kept.item_id = item_id
    db.session.add(kept)
    note(
        viewer.installation.id,
        "service chosen",
        actor=viewer.user_id,
        at=outside.now(),
        before=before,
        after=item_id,
    )
    db.session.commit()
