"""The proof that a piece of an entry became an activity; its key is "exactly once"."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, db
from addon.records.connection import Company

# How many ids one statement may name, well below every database's limit.
CHUNK = 500


class Origin(StrEnum):
    """How an activity came to QuickBooks: by a run of ours, or before us."""

    SENT = "sent"
    FOUND = "found"


class Receipt(Record, OfInstallation):
    """
    One activity in QuickBooks that came from one piece of one entry.

    Neither a second receipt for the piece nor a second piece for the activity can be
    stored. One of origin "found" belongs to no run: the activity was there before us.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("company_id", "entry_id", "part"),
        UniqueConstraint("company_id", "activity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    entry_id: Mapped[str]
    part: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    origin: Mapped[str] = mapped_column(default=Origin.SENT)
    activity_id: Mapped[str]
    sync_token: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int]
    amount: Mapped[Decimal | None]
    # The amount's; empty for the company's own, or where it was not noted yet.
    currency: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(Instant)


def receipts_for(company_id: int, entry_ids: Iterable[str]) -> dict[str, Receipt]:
    """Give the receipts among these entries, by entry id."""
    ids = list(entry_ids)
    found: dict[str, Receipt] = {}
    for start in range(0, len(ids), CHUNK):
        for receipt in db.session.scalars(
            select(Receipt).where(
                Receipt.company_id == company_id,
                Receipt.entry_id.in_(ids[start : start + CHUNK]),
            )
        ):
            found[receipt.entry_id] = receipt
    return found


def claimed_activities(realm_digest: str, activity_ids: Iterable[str]) -> set[str]:
    """
    Say which of these activities a receipt already speaks for.

    Ask everywhere(): several workspaces may send to one company.
    """
    ids = list(activity_ids)
    claimed: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        claimed.update(
            db.session.scalars(
                select(Receipt.activity_id)
                .join(Company, Company.id == Receipt.company_id)
                .where(
                    Company.realm_digest == realm_digest,
                    Receipt.activity_id.in_(ids[start : start + CHUNK]),
                )
            )
        )
    return claimed


def count_receipts(company_id: int, origin: Origin) -> int:
    """Count a company's receipts of this origin."""
    query = select(func.count(Receipt.id)).where(
        Receipt.company_id == company_id, Receipt.origin == origin
    )
    return db.session.scalar(query) or 0


def first_sent(company_id: int) -> datetime | None:
    """Say when a run first brought something to a company."""
    query = select(func.min(Receipt.recorded_at)).where(
        Receipt.company_id == company_id, Receipt.origin == Origin.SENT
    )
    return db.session.scalar(query)


def forget_found(company_id: int) -> list[str]:
    """Take back that activities were there before us; give whose; no commit."""
    gone = db.session.scalars(
        delete(Receipt)
        .where(Receipt.company_id == company_id, Receipt.origin == Origin.FOUND)
        .returning(Receipt.entry_id)
    )
    return sorted(gone)
