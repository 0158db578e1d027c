"""What was acknowledged is still there after the process was killed."""

import socket
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from addon.sandbox import Sandbox
from tests.databases import wipe
from tests.durable import Call, Ledger, Post, Served, send_until

EVENTS = ("NEW_PROJECT", "USER_UPDATED", "CLIENT_DELETED")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def calls_of(post: Post, main: list, kill: int, count: int, known: set[str]) -> list:
    """A mixture, mostly webhooks; what is switched or deleted was acknowledged."""
    older = sorted(known)
    calls: list[Call] = []
    for number in range(count):
        name = f"w{kill:03}x{number:04}"
        if number % 25 == 0:
            calls.append(post.installed(name))
        elif number % 25 == 1 and older:
            calls.append(post.switched(older.pop()))
        elif number % 25 == 2 and older:
            calls.append(post.deleted(older.pop(0)))
        else:
            event = EVENTS[number % len(EVENTS)]
            calls.append(post.webhook(main[number % len(main)], event))
    return calls


def noted(url: str) -> dict[str, int]:
    """Count the news that the database holds of each workspace."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        news = dict(connection.exec_driver_sql(NEWS).all())  # type: ignore[arg-type]
    engine.dispose()
    return news


def missing(url: str, before: dict[str, int], ledger: Ledger) -> list[str]:
    """Name every acknowledged call that has left no trace in the database."""
    news = noted(url)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        ask = connection.exec_driver_sql
        status = dict(ask("SELECT workspace_id, status FROM installation").all())  # type: ignore[arg-type]
        departed = ask("SELECT count(*) FROM departed").scalar_one()
    engine.dispose()
    found = [
        f"{count} webhooks of {workspace}, {news[workspace]} noted"
        for (kind, workspace), count in ledger.acknowledged.items()
        if kind == "webhook"
        and not before[workspace] + count
        <= news[workspace]
        <= before[workspace] + ledger.sent[kind, workspace]
    ]
    maybe_deleted = {name for kind, name in ledger.sent if kind == "deleted"}
    found += [
        f"installed {name}"
        for name in ledger.of("installed") - maybe_deleted - set(status)
    ]
    found += [
        f"switched {name}"
        for name in ledger.of("switched") & set(status)
        if status[name] != "INACTIVE"
    ]
    found += [f"deleted {name}" for name in ledger.of("deleted") & set(status)]
    if departed < len(ledger.of("deleted")):
        found.append(f"{departed} departures")
    return found


NEWS = (
    "SELECT workspace_id, sum(news) FROM directory JOIN installation"
    " ON installation.id = installation_id WHERE side = 'clockify'"
    " GROUP BY workspace_id"
)


def kill_again_and_again(
    folder: Path, url: str, kills: int, each: int, say: Callable[[str], None]
) -> None:
    """Run the histories on one database and compare after each of the kills."""
    driver = url.replace("postgresql://", "postgresql+psycopg://")
    port = free_port()
    with Sandbox() as sandbox:
        address = f"http://localhost:{port}"
        environ = {
            **sandbox.environ(address),
            "ADDON_PORT": str(port),
            "DATABASE_URL": url,
            "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
        }
        post, ledger = Post(sandbox.clockify), Ledger()
        main = [sandbox.clockify.workspace, sandbox.clockify.add_workspace("other")]
        server = Served(environ, port, folder / "said.txt")
        server.command("migrate")
        with server:
            for workspace in main:
                workspace.install(f"{address}/manifest.json")
                workspace.disable()  # or the worker's reading would be measured too
            before = noted(driver)
            lost: list[str] = []
            for kill in range(kills):
                known = ledger.of("installed") - {
                    name
                    for kind, name in ledger.sent
                    if kind in ("switched", "deleted")
                }
                calls = calls_of(post, main, kill, each + 100, known)
                send_until(calls, port, ledger, each, server.kill)
                server.kill()
                server.start()
                lost += missing(driver, before, ledger)
    total = ledger.acknowledged.total()
    say(f"{kills} kills, {total} acknowledgements, {len(lost)} missing")
    assert lost == []
    assert not ledger.refused
    assert total >= kills * each


def test_p6_what_was_acknowledged_survives_kill_9(tmp_path, capsys):
    """Whatever Clockify was told we have, we still have after a power cut."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\nP6 on SQLite: {text}")

    kill_again_and_again(tmp_path, f"sqlite:///{tmp_path}/a.sqlite", 12, 840, say)


@pytest.mark.postgres
def test_p6_what_was_acknowledged_survives_kill_9_on_postgresql(
    tmp_path, postgres_url, capsys
):
    """The same on PostgreSQL, which tells us only what it has written down."""
    wipe(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SHOW synchronous_commit").fetchone()
        assert row == ("on",)

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\nP6 on PostgreSQL: {text}")

    kill_again_and_again(tmp_path, postgres_url, 3, 300, say)
