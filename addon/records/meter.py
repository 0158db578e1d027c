"""How many metered reads each company has cost on each day."""

from datetime import date

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import OfInstallation, Record, db


class Reads(Record, OfInstallation):
    """The reads of one company on one day (UTC); Intuit counts them, not the writes."""

    __tablename__ = "reads"
    __table_args__ = (UniqueConstraint("company_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int]
    day: Mapped[date]
    count: Mapped[int] = mapped_column(default=0)


def count(installation_id: int, company_id: int, day: date, reads: int) -> None:
    """Add to the day's reads; the caller commits."""
    dialect = db.engine.dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = {
        "installation_id": installation_id,
        "company_id": company_id,
        "day": day,
        "count": reads,
    }
    statement = make(Reads).values(row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["company_id", "day"],
            set_={"count": Reads.count + statement.excluded.count},
        )
    )


def reads_on(company_id: int, day: date) -> int:
    """Say how many reads a company has cost on a day (UTC)."""
    asked = select(func.sum(Reads.count)).where(
        Reads.company_id == company_id, Reads.day == day
    )
    return db.session.scalar(asked) or 0
