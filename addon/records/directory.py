"""People, projects, customers... as last seen on both sides, and what is stale."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import Instant, OfInstallation, Record, at_once, db
from addon.records.insert import insert_new
from addon.rules.names import shown


class Kind(StrEnum):
    """What a listing is, on whichever side."""

    USER = "user"
    CLIENT = "client"
    PROJECT = "project"
    TASK = "task"
    TAG = "tag"
    EMPLOYEE = "employee"
    VENDOR = "vendor"
    CUSTOMER = "customer"
    ITEM = "item"
    CLASS = "class"
    DEPARTMENT = "department"


class Side(StrEnum):
    """The two services."""

    CLOCKIFY = "clockify"
    QUICKBOOKS = "quickbooks"

    @property
    def topics(self) -> tuple["Topic", ...]:
        """What there can be news of on this side."""
        return TOPICS[self]


class Topic(StrEnum):
    """What there can be news of; each topic is read by itself."""

    USERS = "users"
    CLIENTS = "clients"
    PROJECTS = "projects"
    TASKS = "tasks"
    TAGS = "tags"
    ENTRIES = "entries"
    COMPANY = "company"
    PEOPLE = "people"
    CUSTOMERS = "customers"
    ITEMS = "items"
    CLASSES = "classes"
    DEPARTMENTS = "departments"
    ACTIVITIES = "activities"

    @property
    def side(self) -> Side:
        """The service that it belongs to."""
        return next(side for side, topics in TOPICS.items() if self in topics)

    @property
    def is_read(self) -> bool:
        """Whether there is a list to read; news of the others is only counted."""
        return self not in {Topic.ENTRIES, Topic.ACTIVITIES}


TOPICS = {
    Side.CLOCKIFY: (
        Topic.USERS,
        Topic.CLIENTS,
        Topic.PROJECTS,
        Topic.TASKS,
        Topic.TAGS,
        Topic.ENTRIES,
    ),
    Side.QUICKBOOKS: (
        Topic.COMPANY,
        Topic.PEOPLE,
        Topic.CUSTOMERS,
        Topic.ITEMS,
        Topic.CLASSES,
        Topic.DEPARTMENTS,
        Topic.ACTIVITIES,
    ),
}


class Listing(Record, OfInstallation):
    """
    One line of a list of names, on either side.

    `company_id` is 0 on Clockify's side, because two companies may use the same ids
    and a null would not be unique. `active` is false once the other side has
    deactivated or archived it, `gone` is true once it is no longer listed at all.
    """

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("installation_id", "company_id", "kind", "foreign_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    foreign_id: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    parent_id: Mapped[str | None]
    path: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    gone: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def label(self) -> str:
        """Give the name that pages show, with those above it."""
        return shown(self.path or self.name)


class Directory(Record, OfInstallation):
    """
    When one topic was last read, and whether news has come since.

    `whole_for` is the last news that asked for the whole list, not only for what
    changed. `read_to` is the moment, by the other side's clock, up to which all
    changes of company `company_id` are known; `whole_at` is when its whole list was
    last read.
    """

    __tablename__ = "directory"
    __table_args__ = (UniqueConstraint("installation_id", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str]
    topic: Mapped[str]
    # Counts news; a refresh settles what it had seen when it began.
    news: Mapped[int] = mapped_column(default=0)
    settled: Mapped[int] = mapped_column(default=0)
    whole_for: Mapped[int] = mapped_column(default=0)
    stale_since: Mapped[datetime | None] = mapped_column(Instant)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    whole_at: Mapped[datetime | None] = mapped_column(Instant)
    company_id: Mapped[int] = mapped_column(default=0)
    read_to: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(default="")

    @property
    def is_stale(self) -> bool:
        """Whether there is news to be read."""
        return self.stale_since is not None

    @property
    def owes_links(self) -> bool:
        """Whether it was read by somebody who died before making links of it."""
        return self.refreshed_at is None

    @property
    def is_whole_wanted(self) -> bool:
        """Whether nothing less than the whole list will do."""
        return self.whole_for > self.settled


@dataclass(frozen=True)
class Standing:
    """How one side stands as a whole: the oldest reading, the first problem."""

    news: int = 0
    settled: int = 0
    stale_since: datetime | None = None
    refreshed_at: datetime | None = None
    problem: str = ""


def listings(*kinds: Kind, company_id: int = 0) -> list[Listing]:
    """List what is known of these kinds, by path and name."""
    return list(
        db.session.scalars(
            select(Listing)
            .where(Listing.kind.in_(kinds), Listing.company_id == company_id)
            .order_by(Listing.path, Listing.name, Listing.id)
        )
    )


def name_of(kind: Kind, foreign_id: str, *, company_id: int = 0) -> str:
    """Give the path, or the name, of one line; "" where it is not listed."""
    asked = select(Listing.path, Listing.name).where(
        Listing.kind == kind,
        Listing.company_id == company_id,
        Listing.foreign_id == foreign_id,
    )
    found = db.session.execute(asked).first()
    return (found.path or found.name) if found else ""


def directory(installation_id: int) -> dict[Side, Standing]:
    """Say how each side stands, over all its topics."""
    query = select(Directory).where(Directory.installation_id == installation_id)
    rows = list(db.session.scalars(query.order_by(Directory.id)))
    return {side: _standing([row for row in rows if row.side == side]) for side in Side}


def _standing(rows: list[Directory]) -> Standing:
    read = [row for row in rows if Topic(row.topic).is_read]
    return Standing(
        news=sum(row.news for row in rows),
        settled=sum(row.settled for row in rows),
        stale_since=min(filter(None, (row.stale_since for row in read)), default=None),
        refreshed_at=min(
            filter(None, (row.refreshed_at for row in read)), default=None
        ),
        problem=next(filter(None, (row.problem for row in read)), ""),
    )


def rows_of(installation_id: int, side: Side, *, hold: bool = False) -> list[Directory]:
    """Give the rows of one side that exist, in the order in which they are held."""
    query = (
        select(Directory)
        .where(Directory.side == side, Directory.installation_id == installation_id)
        .order_by(Directory.id)
    )
    return list(db.session.scalars(query.with_for_update() if hold else query))


def row_of(installation_id: int, topic: Topic) -> Directory:
    """Find, or begin, the row of one topic, and keep other writers waiting."""
    query = (
        select(Directory)
        .where(Directory.topic == topic, Directory.installation_id == installation_id)
        .with_for_update()
    )
    found = db.session.scalar(query)
    if found is None:
        begin(installation_id, (topic,))
        found = db.session.scalars(query).one()
    return found


_ROWS = Directory.__table__.c
_COUNT_MORE = (
    update(Directory.__table__)  # type: ignore[arg-type]
    .where(
        _ROWS.installation_id == bindparam("here"),
        _ROWS.topic == bindparam("what"),
        _ROWS.stale_since.is_not(None),
        _ROWS.problem == "",
    )
    .values(news=_ROWS.news + 1)
)


def count_more(installation_id: int, topic: Topic) -> bool:
    """
    Count one more piece of news of a topic that is waiting to be read anyway.

    One statement, because in a storm this is what nearly all news comes to. False
    where there is more to do.
    """
    done = at_once(_COUNT_MORE, here=installation_id, what=topic)
    return bool(done.rowcount)


def owe_links(installation_id: int, topic: Topic) -> None:
    """
    Keep in mind that a topic was read whose links are not made yet.

    It counts as never read until it is settled; the caller commits.
    """
    db.session.execute(
        update(Directory)
        .where(Directory.installation_id == installation_id, Directory.topic == topic)
        .values(refreshed_at=None)
        .execution_options(synchronize_session=False)
    )


def begin(installation_id: int, topics: tuple[Topic, ...]) -> None:
    """Begin the rows of topics that have none yet."""
    insert_new(
        Directory,
        [
            {
                "installation_id": installation_id,
                "side": topic.side,
                "topic": topic,
                "news": 0,
                "settled": 0,
                "whole_for": 0,
                "company_id": 0,
                "problem": "",
            }
            for topic in topics
        ],
    )
