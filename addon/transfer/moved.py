"""How far the search for hours that are in QuickBooks already is, for people."""

from dataclasses import dataclass
from datetime import date, datetime

from addon.records.journal import BY_ITSELF
from addon.records.moving import MoveState, latest_moving
from addon.records.receipt import Origin, count_receipts


@dataclass(frozen=True)
class MovingView:
    """
    How far the search for hours that are there already is, for people.

    `can_look` is false while one is under way, `found` counts what is marked now.
    """

    state: str = ""
    start: date | None = None
    end: date | None = None
    by_itself: bool = False
    finished_at: datetime | None = None
    activities: int = 0
    entries: int = 0
    found: int = 0
    minutes: int = 0
    marked: int = 0
    problem: str = ""

    @property
    def can_look(self) -> bool:
        """Whether another search can be begun."""
        return self.state != MoveState.LOOKING


def view(company_id: int) -> MovingView:
    """Look at the newest search in a company."""
    marked = count_receipts(company_id, Origin.FOUND)
    latest = latest_moving(company_id)
    if latest is None:
        return MovingView(marked=marked)
    return MovingView(
        state=latest.state,
        start=latest.start,
        end=latest.end,
        by_itself=latest.started_by == BY_ITSELF,
        finished_at=latest.finished_at,
        activities=latest.activities,
        entries=latest.entries,
        found=latest.found,
        minutes=latest.minutes,
        marked=marked,
        problem=latest.problem,
    )
