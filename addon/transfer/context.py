"""What verdicts depend on, gathered from the directory and the links."""

from collections.abc import Mapping

from addon.records import link as linking
from addon.records import preferences as choosing
from addon.records.connection import Connection
from addon.records.directory import Kind, listings
from addon.records.installation import Installation
from addon.records.link import Link, LinkKind, Target
from addon.rules.eligibility import Context
from addon.rules.entry import Customer, NoCustomer, Person, ServiceItem, Workspace
from addon.transfer import dimensions, listed
from addon.transfer.facts import facts_of

# The target of a link that says: this one on purpose not.
LEFT_OUT = "out"


def context_for(
    here: Installation, held: Connection, workspace: Workspace, *, rates_known: bool
) -> tuple[Context, Mapping[str, str]]:
    """Gather the context of a workspace's verdicts, and each user's time zone."""
    company_id = held.company_id
    kept = choosing.preferences(here.id, company_id)
    users = linking.links(company_id, LinkKind.USER)
    projects = linking.links(company_id, LinkKind.PROJECT)
    context = Context(
        workspace=workspace,
        company=facts_of(held.company),
        people=_people(company_id, users),
        customers=_customers(company_id, projects),
        item=_item(company_id, kept.item_id),
        rates_known=rates_known,
        choices=dimensions.choices_of(company_id, kept),
        left_out_users=_left_out(users),
        left_out_projects=_left_out(projects),
    )
    zones = {
        row.foreign_id: zone
        for row in listings(Kind.USER)
        if (zone := row.details.get("zone"))
    }
    return context, zones


def _people(company_id: int, links: Mapping[str, Link]) -> dict[str, Person]:
    known = {
        f"{row.kind}:{row.foreign_id}": listed.person_of(row)
        for row in listings(Kind.EMPLOYEE, Kind.VENDOR, company_id=company_id)
    }
    return {
        user_id: known[f"{link.target}:{link.target_id}"]
        for user_id, link in links.items()
        if f"{link.target}:{link.target_id}" in known
    }


def _customers(
    company_id: int, links: Mapping[str, Link]
) -> dict[str, Customer | NoCustomer]:
    known = {
        row.foreign_id: listed.customer_of(row)
        for row in listings(Kind.CUSTOMER, company_id=company_id)
    }
    found: dict[str, Customer | NoCustomer] = {}
    for project_id, link in links.items():
        if link.target == Target.NOBODY:
            found[project_id] = NoCustomer()
        elif link.target_id in known:
            found[project_id] = known[link.target_id]
    return found


def _item(company_id: int, chosen: str) -> ServiceItem | None:
    if not chosen:
        return None
    rows = dimensions.listed_with(Kind.ITEM, {chosen}, company_id)
    return dimensions.item(rows.get(chosen), chosen)


def _left_out(links: Mapping[str, Link]) -> frozenset[str]:
    return frozenset(
        number for number, link in links.items() if link.target == LEFT_OUT
    )
