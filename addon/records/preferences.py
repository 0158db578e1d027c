"""What this workspace chose."""

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import OfInstallation, Record, db


class Preferences(Record, OfInstallation):
    """
    The choices of one workspace for one company.

    An empty `item_id` is the stated choice to let QuickBooks put its own default.
    Where a class or location is needed, time without one is held; otherwise it goes
    with a warning. `may_create` lets the add-on create records in QuickBooks.
    """

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("company_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE")
    )
    item_id: Mapped[str] = mapped_column(default="")
    class_needed: Mapped[bool] = mapped_column(default=False)
    location_needed: Mapped[bool] = mapped_column(default=False)
    may_create: Mapped[bool] = mapped_column(default=False)


def may_create(company_id: int) -> bool:
    """Say whether an admin lets the add-on create records in this company."""
    asked = select(Preferences.may_create).where(Preferences.company_id == company_id)
    return bool(db.session.scalar(asked))


def preferences(installation_id: int, company_id: int) -> Preferences:
    """Give the choices made so far, or the ones we begin with (not yet stored)."""
    found = db.session.scalar(
        select(Preferences).where(Preferences.company_id == company_id)
    )
    return found or Preferences(
        installation_id=installation_id,
        company_id=company_id,
        item_id="",
        class_needed=False,
        location_needed=False,
        may_create=False,
    )
