"""How things stand between a workspace and its company, for the top of the panels."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from addon.records import connection as connections
from addon.records import db
from addon.records.connection import Company
from addon.records.directory import Side, Standing, directory
from addon.records.installation import Installation
from addon.records.journal import lines
from addon.records.run import running
from addon.transfer import check
from addon.transfer.check import Finding
from addon.transfer.facts import facts_of

__all__ = ["CONNECTED", "ConnectionView", "Finding", "connection_view"]

# How the journal names it; its last such line tells which company was connected.
CONNECTED = "connected"


@dataclass(frozen=True)
class ConnectionView:
    """
    The connection as a person sees it.

    `state` is "none", "connected" or "reconnect". `refreshed_at` is when both sides'
    lists were last read, `refreshing` is true while news waits to be read. `ends_at` is
    when Intuit will ask for a new permission, where that is near. `has_run` says that a
    run of the company is not over. `last_id` is the company that is connected or, where
    none is, was connected last; the latter is called `former_name`.
    """

    state: str
    company_name: str = ""
    company_id: int | None = None
    connected_at: datetime | None = None
    ends_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    refreshed_at: datetime | None = None
    refreshing: bool = False
    problem: str = ""
    has_run: bool = False
    last_id: int | None = None
    former_name: str = ""


def connection_view(here: Installation) -> ConnectionView:
    """Look at the connection of the workspace we are within."""
    held = connections.current()
    standings = directory(here.id)
    ours, theirs = standings[Side.CLOCKIFY], standings[Side.QUICKBOOKS]
    if held is None:
        last = _last_company()
        return ConnectionView(
            "none",
            refreshing=_is_waiting(ours),
            problem=ours.problem,
            last_id=last.id if last else None,
            former_name=last.name if last else "",
        )
    read = [each.refreshed_at for each in (ours, theirs)]
    return ConnectionView(
        state="connected" if held.works else "reconnect",
        company_name=held.company.name,
        company_id=held.company_id,
        connected_at=held.connected_at,
        ends_at=held.ends_at if held.works else None,
        findings=check.findings(facts_of(held.company)),
        refreshed_at=min((each for each in read if each), default=None),
        refreshing=held.works and (_is_waiting(ours) or _is_waiting(theirs)),
        problem=ours.problem or theirs.problem,
        has_run=running(held.company_id) is not None,
        last_id=held.company_id,
    )


def _last_company() -> Company | None:
    """Find the company that was connected last, as the journal tells."""
    told = lines({CONNECTED}, most=1)
    number = told[0].details.get("company") if told else None
    return db.session.scalar(select(Company).where(Company.id == number))


def _is_waiting(lists: Standing) -> bool:
    """Whether a reading is under way; one that has failed is no longer waited for."""
    return lists.stale_since is not None and not lists.problem
