"""Whose turn it is: the runs of a company that can go on, and who else waits."""

from datetime import datetime

from sqlalchemy import and_, func, select, update

from addon.records.base import db
from addon.records.connection import Company
from addon.records.installation import Installation, Status
from addon.records.lease import Lease
from addon.records.run import RUNNING, Run, RunState

# What the lease on sending to a company is called, before the digest of its realm.
SENDING = "send:"


def owed(company_id: int, now: datetime) -> dict[int, str]:
    """Give the runs of this company that can go on now, each with its state."""
    rows = db.session.execute(
        select(Run.id, Run.state)
        .where(Run.company_id == company_id, Run.state.in_(RUNNING), Run.wake_at <= now)
        .order_by(Run.id)
    )
    return {row.id: row.state for row in rows}


def companies_owed(now: datetime) -> list[tuple[int, int]]:
    """List (installation, company) of every run that can go on now, everywhere."""
    rows = db.session.execute(
        select(Run.installation_id, Run.company_id)
        .where(Run.state.in_(RUNNING), Run.wake_at <= now)
        .distinct()
    )
    return [(installation_id, company_id) for installation_id, company_id in rows]


def wake(company_id: int, *, paused_before: datetime, now: datetime) -> None:
    """Let runs go on at once that would wait until this moment at most."""
    db.session.execute(
        update(Run)
        .where(
            Run.company_id == company_id,
            Run.state.in_((RunState.PAUSED, RunState.STOPPING)),
            Run.wake_at > now,
            Run.wake_at <= paused_before,
        )
        .values(wake_at=now)
        .execution_options(synchronize_session=False)
    )


def next_wake(company_id: int) -> datetime | None:
    """Say when the next of a company's runs can go on."""
    return db.session.scalar(
        select(func.min(Run.wake_at)).where(
            Run.company_id == company_id, Run.state.in_(RUNNING)
        )
    )


def step_back(company_id: int, *, until: datetime, now: datetime) -> None:
    """Let what can go on now go on a moment later; the caller commits."""
    db.session.execute(
        update(Run)
        .where(Run.company_id == company_id, Run.state.in_(RUNNING), Run.wake_at <= now)
        .values(wake_at=until)
        .execution_options(synchronize_session=False)
    )


def waiting(company: Company, *, since: datetime, now: datetime) -> set[int]:
    """
    List the companies with something owed since then that nobody is at.

    A company of the same realm counts too, where we are at the realm ourselves: two
    workspaces may send to it. Ask everywhere().
    """
    ours = SENDING + company.realm_digest
    under_lease = and_(
        Lease.name == SENDING + Company.realm_digest,
        Lease.name != ours,
        Lease.until >= now,
    )
    rows = db.session.scalars(
        select(Run.company_id)
        .join(Company, Company.id == Run.company_id)
        .join(Installation, Installation.id == Run.installation_id)
        .join(Lease, under_lease, isouter=True)
        .where(
            Run.state.in_(RUNNING),
            Run.wake_at <= since,
            Run.company_id != company.id,
            Installation.status == Status.ACTIVE,
            Lease.name.is_(None),
        )
        .distinct()
    )
    return set(rows)
