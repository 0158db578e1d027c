"""What the whole suite shares: a browser, PostgreSQL and Redis, where there are any."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Playwright, sync_playwright
from psycopg import sql

# How fast an example runs says nothing here: machines are shared. Everybody's own
# runs explore; a server draws the same examples each time, so that a red run is
# about the change it was given.
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Many tests wait for other processes: half as many again keep all cores busy."""
    return (os.cpu_count() or 1) * 3 // 2 or 1


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def absent(what: str, cure: str, *, required: str) -> None:
    """Skip a test with the reason, or fail it where the variable asks for it."""
    reason = f"no {what} here: {cure}"
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1 asks for it)", pytrace=False)
    pytest.skip(reason)


def find_browser(playwright: Playwright) -> str | None:
    """Find an installed browser, or the one that playwright brought."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One real browser for the session; each test opens a context of its own."""
    with sync_playwright() as playwright:
        executable = find_browser(playwright)
        if executable is None:
            cure = "install chromium, or run `.venv/bin/playwright install chromium`"
            absent("browser", cure, required="REQUIRE_BROWSER")
        running = playwright.chromium.launch(
            executable_path=executable,
            # Everything must work where third-party cookies are not to be had.
            args=["--no-sandbox", "--test-third-party-cookie-phaseout"],
        )
        try:
            yield running
        finally:
            running.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL database that the tests of this process share."""
    with a_database() as address:
        yield address


@pytest.fixture
def fresh_postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL database that holds nothing yet."""
    with a_database() as address:
        yield address


@contextmanager
def a_database() -> Iterator[str]:
    """Make a database for a while.

    TEST_POSTGRES_URL names a server (and a database to connect to) where the
    tests may create databases.
    """
    server = os.environ.get("TEST_POSTGRES_URL", "")
    if not server:
        cure = "set TEST_POSTGRES_URL to a server where databases may be created"
        absent("PostgreSQL", cure, required="REQUIRE_POSTGRES")
    server = server.replace("postgresql+psycopg://", "postgresql://")
    name = f"addon_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            head, question, options = server.partition("?")
            yield f"{head.rpartition('/')[0]}/{name}{question}{options}"
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis database, emptied before and after each test.

    TEST_REDIS_URL names one that may be emptied; a second test process beside the
    first takes the next number, so that they do not empty each other's.
    """
    with a_redis() as address:
        yield address


@contextmanager
def a_redis() -> Iterator[str]:
    """Have an empty Redis database for a while."""
    address = os.environ.get("TEST_REDIS_URL", "")
    if not address:
        cure = "set TEST_REDIS_URL to a database that may be emptied"
        absent("Redis", cure, required="REQUIRE_REDIS")
    head, slash, number = address.rpartition("/")
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    mine = f"{head}{slash}{int(number) + int(process)}"
    with redis.Redis.from_url(mine) as server:
        server.flushdb()
        try:
            yield mine
        finally:
            server.flushdb()
