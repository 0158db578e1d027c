"""The three ways to keep things, on which sending must be one and the same."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.desk import Desk, a_desk

BOTH = [pytest.mark.postgres, pytest.mark.redis]

# For tests with a desk: files, PostgreSQL with Redis, and PostgreSQL alone.
on_every_store = pytest.mark.parametrize(
    "desk",
    [
        "files",
        pytest.param("postgresql-redis", marks=BOTH),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ],
    indirect=True,
)


def empty(url: str) -> None:
    """Empty every table of a database, so that it need not be built anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'alembic_version'"
        ).fetchall()
        if rows:
            names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
            truncate = sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE")
            connection.execute(truncate.format(names))


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries; on files where nothing else is asked."""
    store = getattr(request, "param", "files")
    environ: dict[str, str] = {}
    if store != "files":
        address: str = request.getfixturevalue("postgres_url")
        empty(address)
        environ = {"DATABASE_URL": address, "QUEUE_URL": address}
    if store == "postgresql-redis":
        environ["QUEUE_URL"] = request.getfixturevalue("redis_url")
    with a_desk(tmp_path, environ=environ) as made:
        yield made
