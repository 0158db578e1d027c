"""Permissions to give back to Intuit after we have forgotten whose they were."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, Record
from addon.records.sealed import Sealed


class Farewell(Record):
    """A refresh token to revoke; dropped once revoked, or when its time is over."""

    __tablename__ = "farewell"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Sealed)
    until: Mapped[datetime] = mapped_column(Instant)
