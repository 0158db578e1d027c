"""The databases that a test runs on: a file, and PostgreSQL where there is one."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


def wipe(postgres_url: str) -> None:
    """Empty a PostgreSQL database, so that one test finds nothing of another."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture(params=["sqlite", POSTGRES])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'addon.sqlite'}"
    else:
        url: str = request.getfixturevalue("postgres_url")
        wipe(url)
        yield url
