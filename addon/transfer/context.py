"""What verdicts depend on, gathered from the directory and the links."""

from collections.abc import Mapping

from addon.records import link as linking
from addon.records import preferences as choosing
from addon.records.connection import Connection
from addon.records.directory import Kind, Listing, listings
from addon.records.installation import Installation
from addon.records.link import LinkKind, Target
from addon.rules.eligibility import Context
from addon.rules.entry import Customer, NoCustomer, Person, ServiceItem, Workspace
from addon.transfer import listed
from addon.transfer.facts import facts_of


def context_for(
    here: Installation, held: Connection, workspace: Workspace, *, rates_known: bool
) -> tuple[Context, Mapping[str, str]]:
    """Gather the context of a workspace's verdicts, and each user's time zone."""
    company_id = held.company_id
    context = Context(
        workspace=workspace,
        company=facts_of(held.company),
        people=_people(company_id),
        customers=_customers(company_id),
        item=_item(here.id, company_id),
        rates_known=rates_known,
    )
    zones = {
        row.foreign_id: zone
        for row in listings(Kind.USER)
        if (zone := row.details.get("zone"))
    }
    return context, zones


def _people(company_id: int) -> dict[str, Person]:
    known = {
        f"{row.kind}:{row.foreign_id}": listed.person_of(row)
        for row in listings(Kind.EMPLOYEE, Kind.VENDOR, company_id=company_id)
    }
    return {
        user_id: known[f"{link.target}:{link.target_id}"]
        for user_id, link in linking.links(company_id, LinkKind.USER).items()
        if f"{link.target}:{link.target_id}" in known
    }


def _customers(company_id: int) -> dict[str, Customer | NoCustomer]:
    known = {
        row.foreign_id: listed.customer_of(row)
        for row in listings(Kind.CUSTOMER, company_id=company_id)
    }
    found: dict[str, Customer | NoCustomer] = {}
    for project_id, link in linking.links(company_id, LinkKind.PROJECT).items():
        if link.target == Target.NOBODY:
            found[project_id] = NoCustomer()
        elif link.target_id in known:
            found[project_id] = known[link.target_id]
    return found


def _item(installation_id: int, company_id: int) -> ServiceItem | None:
    chosen = choosing.preferences(installation_id, company_id).item_id
    rows: dict[str, Listing] = {
        row.foreign_id: row for row in listings(Kind.ITEM, company_id=company_id)
    }
    return listed.item_of(rows[chosen]) if chosen in rows else None
