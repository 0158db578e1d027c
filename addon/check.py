"""Looks at settings, manifest, database and queue, and says what it finds."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from addon.config import Settings, manifest_template

# What the drivers of every database and queue raise when nobody answers.
UNREACHABLE = (
    OSError,
    OperationalError,
    InterfaceError,
    sqlite3.OperationalError,
    psycopg.OperationalError,
    redis.RedisError,
)
_LIFECYCLE = {"INSTALLED", "STATUS_CHANGED", "DELETED"}
_MOST_WEBHOOKS = 20  # Clockify: at most this many in one manifest
_LONGEST_NAME = 50
NO_WORKER = "No worker has been seen lately: run `addon worker` beside `addon serve`."


@dataclass(frozen=True)
class Finding:
    """One line of `addon check`; when it is not fine, the add-on could not serve."""

    fine: bool
    text: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, in the order in which serving would need it."""
    from addon import create_app, records

    yield Finding(fine=True, text=f"Settings are complete for {settings.base_url}.")
    yield from _manifest_findings()
    settings.make_folders()
    app = create_app(settings)

    def reach_database() -> None:
        with app.app_context():
            records.ping()

    database = _reached("database", "DATABASE_URL", reach_database)
    yield database
    migrated = _migrated(app, settings) if database.fine else database
    if migrated is not database:
        yield migrated
    yield _reached("queue", "QUEUE_URL", app.extensions["queue"].ping)
    yield from _machines(app, settings, is_ready=database.fine and migrated.fine)
    if settings.intuit_webhook_token is None:
        text = "INTUIT_WEBHOOK_VERIFIER_TOKEN is not set: Intuit's news is refused."
        yield Finding(fine=True, text=text)


def manifest_problems(manifest: dict[str, object]) -> list[str]:
    """Say what Clockify would refuse in a manifest; nothing when it is sound."""
    problems = [
        f"{name} should be text of 1 to {_LONGEST_NAME} characters"
        for name in ("key", "name")
        if not _is_short_text(manifest.get(name))
    ]
    kinds = {one.get("type") for one in _parts(manifest, "lifecycle")}
    if not kinds >= _LIFECYCLE:
        problems.append(f"lifecycle should name {', '.join(sorted(_LIFECYCLE))}")
    if len(_parts(manifest, "webhooks")) > _MOST_WEBHOOKS:
        problems.append(f"webhooks should be at most {_MOST_WEBHOOKS}")
    paths = [manifest.get("settings"), manifest.get("iconPath")]
    for group in ("lifecycle", "webhooks", "components"):
        paths += [one.get("path") for one in _parts(manifest, group)]
    problems += [
        f"the path {path!r} should begin with one slash"
        for path in paths
        if not isinstance(path, str) or not path.startswith("/") or path[1:2] == "/"
    ]
    problems += [
        f"the path {path!r} is used more than once"
        for path in sorted({str(path) for path in paths if paths.count(path) > 1})
    ]
    return problems


def _manifest_findings() -> Iterator[Finding]:
    try:
        problems = manifest_problems(manifest_template())
    except (OSError, ValueError, TypeError):
        problems = ["it should be one readable JSON object"]
    for problem in problems:
        yield Finding(fine=False, text=f"manifest.json: {problem}.")
    if not problems:
        yield Finding(fine=True, text="The manifest is sound.")


def _reached(what: str, variable: str, ping: Callable[[], object]) -> Finding:
    try:
        answered = ping() is not False
    except UNREACHABLE as problem:
        # The kind only: a driver's own words may quote the address and password.
        kind = type(problem).__name__
        text = f"The {what} cannot be reached ({kind}): look at {variable}."
        return Finding(fine=False, text=text)
    text = f"The {what} {'answers' if answered else 'does not answer'}."
    return Finding(fine=answered, text=text)


def _migrated(app: Flask, settings: Settings) -> Finding:
    from addon import records

    with app.app_context(), records.db.engine.connect() as connection:
        now = set(MigrationContext.configure(connection).get_current_heads())
    if now == set(ScriptDirectory(str(records.MIGRATIONS)).get_heads()):
        return Finding(fine=True, text="The database is up to date.")
    if settings.database_url.startswith("sqlite:"):
        return Finding(fine=True, text="`addon serve` will bring the database up.")
    return Finding(fine=False, text="The database is behind: run `addon migrate`.")


def _machines(app: Flask, settings: Settings, *, is_ready: bool) -> Iterator[Finding]:
    """Say what ties the add-on to one machine, and whether a worker is there."""
    from addon import records
    from addon.records import presence

    files = [
        name
        for name, address in (
            ("DATABASE_URL", settings.database_url),
            ("QUEUE_URL", settings.queue_url),
        )
        if address.startswith("sqlite:")
    ]
    if len(files) == 1:
        text = f"{files[0]} is a file: everything has to run on this one machine."
        yield Finding(fine=True, text=text)
    if app.extensions["queue"].is_embedded or not is_ready:
        return
    with app.app_context():
        is_present = presence.is_present(datetime.now(UTC))
        records.db.session.rollback()
    text = "A worker is at work." if is_present else NO_WORKER
    yield Finding(fine=True, text=text)


def _parts(manifest: dict[str, object], group: str) -> list[dict[str, object]]:
    found = manifest.get(group)
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict)]


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_NAME
