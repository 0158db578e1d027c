"""The ground all tables stand on: session, column types, walls between workspaces."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Executable,
    ForeignKey,
    MetaData,
    Table,
    Text,
    event,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    registry,
    with_loader_criteria,
)
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeDecorator

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_CENT = Decimal("0.01")

# Reserved value: a query that may look over the wall, such as the sweep's.
EVERY_WORKSPACE = 0

_here: ContextVar[int | None] = ContextVar("installation", default=None)


class QueryWithoutWorkspace(Exception):
    """Raised when code asks for a workspace's rows without saying whose."""


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Refuse naive moments and keep the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return (
            moment.replace(tzinfo=UTC)
            if moment.tzinfo is None
            else moment.astimezone(UTC)
        )


class Word(TypeDecorator[str]):
    """Text; a member of a StrEnum is kept as its value, whatever the driver thinks."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str | None:
        """Reduce enum members to plain text."""
        return None if value is None else str(value)


class Money(TypeDecorator[Decimal]):
    """An exact amount, kept as whole cents so that databases can add it up."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(
        self,
        value: Decimal | int | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> int | None:
        """Keep cents; an amount finer than that is a bug and is refused."""
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"{value} is finer than a cent")
        return int(cents)

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401
        dialect: Dialect,  # noqa: ARG002
    ) -> Decimal | None:
        """Give the amount back with two decimals."""
        return None if value is None else (Decimal(value) / 100).quantize(_CENT)


class Record(DeclarativeBase):
    """The base of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=CONVENTION),
        type_annotation_map={str: Word, Decimal: Money, datetime: Instant},
    )


class OfInstallation:
    """A row that belongs to one installation and goes away with it."""

    installation_id: Mapped[int] = mapped_column(
        ForeignKey("installation.id", ondelete="CASCADE"), index=True
    )


# Rows stay readable after a commit: nothing may reopen a transaction by being
# looked at while a remote call is under way.
db = SQLAlchemy(
    model_class=Record,
    session_options={"expire_on_commit": False},
    engine_options={
        # An error message must not carry what was being written.
        "hide_parameters": True,
        # Many threads share these; a transaction is over in a few milliseconds.
        "pool_size": 10,
        "max_overflow": 5,
    },
)


@contextmanager
def within(installation_id: int) -> Iterator[None]:
    """Let queries see only the rows of this installation while the block runs."""
    token = _here.set(installation_id)
    try:
        yield
    finally:
        _here.reset(token)


@contextmanager
def everywhere() -> Iterator[None]:
    """Let queries see the rows of all installations while the block runs."""
    with within(EVERY_WORKSPACE):
        yield


@cache
def _has_wall(name: str) -> bool:
    """Say whether the rows of a table belong to an installation."""
    # By name, because the same table stands in queries in many annotated copies.
    return any(
        issubclass(mapper.class_, OfInstallation)
        for mapper in Record.registry.mappers
        if isinstance(mapper.local_table, Table) and mapper.local_table.name == name
    )


def _is_walled(statement: Executable) -> bool:
    """Say whether rows of an installation stand anywhere in it, subqueries too."""
    return isinstance(statement, ClauseElement) and any(
        isinstance(part, Table) and _has_wall(part.name) for part in iterate(statement)
    )


def at_once(statement: Executable, **values: object) -> CursorResult[Any]:
    """
    Execute a statement that was put together beforehand, in the session's transaction.

    For what a storm of news asks a hundred times a second. No wall is put around it:
    it has to name its installation itself, or to ask whose a thing is.
    """
    return db.session.connection().execute(statement, values)


@event.listens_for(Session, "do_orm_execute")
def _stay_within(state: ORMExecuteState) -> None:
    """Add the wall to every query on rows that belong to an installation."""
    if state.is_column_load or state.is_relationship_load or not state.is_select:
        return
    # What others have committed meanwhile must be seen, not what we once loaded.
    state.update_execution_options(populate_existing=True)
    if not _is_walled(state.statement):
        return
    here = _here.get()
    if here is None:
        raise QueryWithoutWorkspace(
            "ask within(installation.id) or, for upkeep, everywhere()"
        )
    if here != EVERY_WORKSPACE:
        state.statement = state.statement.options(
            with_loader_criteria(
                OfInstallation,
                lambda cls: cls.installation_id == here,
                include_aliases=True,
            )
        )
