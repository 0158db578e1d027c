"""Who installed us, whether we are switched on, and which webhook tokens are theirs."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, at_once, db
from addon.records.sealed import Sealed


class Status(StrEnum):
    """What Clockify says about the installation."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class Installation(Record):
    """Our add-on in one workspace; a reinstall is another one, with another addonId."""

    __tablename__ = "installation"
    __table_args__ = (UniqueConstraint("workspace_id", "addon_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str]
    addon_id: Mapped[str]
    status: Mapped[str] = mapped_column(default=Status.ACTIVE)
    token: Mapped[str] = mapped_column(Sealed)
    api_url: Mapped[str]
    reports_url: Mapped[str]
    owner_id: Mapped[str] = mapped_column(default="")
    installed_at: Mapped[datetime] = mapped_column(Instant)
    workspace_name: Mapped[str] = mapped_column(default="")
    workspace_currency: Mapped[str] = mapped_column(default="")
    rounding_way: Mapped[str] = mapped_column(default="")
    rounding_minutes: Mapped[int] = mapped_column(default=0)
    # Set when Clockify says that our token is dead although no DELETED arrived.
    unreachable_since: Mapped[datetime | None] = mapped_column(Instant)
    # Grows whenever something changes that an open page shows.
    pulse: Mapped[int] = mapped_column(default=0)

    @property
    def is_active(self) -> bool:
        """Say whether the add-on is switched on."""
        return self.status == Status.ACTIVE


class WebhookToken(Record, OfInstallation):
    """The digest of the one token that every delivery to this path must carry."""

    __tablename__ = "webhook_token"
    __table_args__ = (UniqueConstraint("installation_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    digest: Mapped[str]


class Departed(Record):
    """
    An installation that DELETED has named, known only by a digest of its ids.

    It keeps a late or repeated INSTALLED of the same addonId from reviving it.
    """

    __tablename__ = "departed"

    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class Authorization(Record):
    """A journey to Intuit that has begun: usable once, by whoever began it."""

    __tablename__ = "authorization"

    state_digest: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[int] = mapped_column(
        ForeignKey("installation.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(Instant)


def find(workspace_id: str, addon_id: str) -> Installation | None:
    """Find the installation that both ids name."""
    return db.session.scalar(
        select(Installation).where(
            Installation.workspace_id == workspace_id,
            Installation.addon_id == addon_id,
        )
    )


def get(installation_id: int) -> Installation | None:
    """Find an installation by our own number."""
    return db.session.get(Installation, installation_id)


def beat(installation_id: int) -> None:
    """
    Tell open panels that something they show has changed; the caller commits.

    Whatever goes through the session is noticed by `pulse` itself.
    """
    db.session.execute(
        update(Installation)
        .where(Installation.id == installation_id)
        .values(pulse=Installation.pulse + 1)
        .execution_options(synchronize_session=False)
    )


def pulse_of(installation_id: int) -> int:
    """Give the number that grows with every change that a panel shows."""
    asked = select(Installation.pulse).where(Installation.id == installation_id)
    return db.session.scalar(asked) or 0


def hold_pulse(installation_id: int) -> int:
    """Give the same number and let nobody change it before our transaction ends."""
    asked = select(Installation.pulse).where(Installation.id == installation_id)
    return db.session.scalar(asked.with_for_update()) or 0


def everyone() -> list[Installation]:
    """List all installations, oldest first."""
    return list(db.session.scalars(select(Installation).order_by(Installation.id)))


class Hook(NamedTuple):
    """Whose a webhook is, and the digest of the token its deliveries must carry."""

    installation_id: int
    digest: str


_WEBHOOK = (
    select(WebhookToken.__table__.c.installation_id, WebhookToken.__table__.c.digest)
    .join(Installation.__table__)
    .where(
        Installation.__table__.c.workspace_id == bindparam("workspace_id"),
        Installation.__table__.c.addon_id == bindparam("addon_id"),
        WebhookToken.__table__.c.path == bindparam("path"),
    )
)


def webhook_of(workspace_id: str, addon_id: str, path: str) -> Hook | None:
    """
    Find the webhook of this path in the installation that both ids name.

    Nobody knows yet whose it is, so it is looked for everywhere.
    """
    found = at_once(
        _WEBHOOK, workspace_id=workspace_id, addon_id=addon_id, path=path
    ).first()
    return Hook(*found) if found else None
