"""A run as pressing Send leaves it, without the dialog and its questions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from addon.records import db
from addon.records.run import Run
from addon.records.selected import begin_run

NOBODY_IN_PARTICULAR = {"users": [], "clients": [], "projects": [], "billable": None}
DAYS = timedelta(days=60)


def a_run(
    installation_id: int, company_id: int, entry_ids: Iterable[str], now: datetime
) -> Run:
    """Begin a run over entries of the last 60 days, in an open context; commits."""
    days = {"start": (now - DAYS).date(), "end": (now + timedelta(days=1)).date()}
    run = Run(
        installation_id=installation_id,
        company_id=company_id,
        started_by="olivia",
        filters={name: day.isoformat() for name, day in days.items()}
        | NOBODY_IN_PARTICULAR,
        created_at=now,
        wake_at=now,
    )
    begin_run(run, entry_ids)
    db.session.commit()
    return run
