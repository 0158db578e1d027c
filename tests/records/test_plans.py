"""What is asked again and again while hours are sent is answered from an index."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from addon import create_app, records
from addon.config import Settings
from addon.records import db, everywhere, run, turns
from addon.records.connection import Company
from addon.records.receipt import receipts_for
from addon.records.run import PieceState
from addon.sandbox import Sandbox

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An empty database."""
    files = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'addon.sqlite'}",
        "QUEUE_URL": f"sqlite:///{tmp_path / 'queue.sqlite'}",
    }
    with Sandbox(entries=0) as sandbox:
        environ = sandbox.environ("http://localhost:1") | files
    made = create_app(Settings.from_environ(environ))
    records.migrate(made)
    yield made
    with made.app_context():
        db.engine.dispose()


def questions() -> dict[str, Callable[[], object]]:
    """Give what a sender asks for each call, and each page while it chooses."""
    company = Company(id=1, realm_digest="x")
    return {
        "owed": lambda: turns.owed(1, NOW),
        "next wake": lambda: turns.next_wake(1),
        "waiting": lambda: turns.waiting(company, since=NOW, now=NOW),
        "announced": lambda: run.is_due(1, PieceState.ANNOUNCED, NOW, {1}),
        "chosen": lambda: run.is_due(1, PieceState.CHOSEN, NOW),
        "pieces": lambda: run.pieces(1, PieceState.CHOSEN, due=NOW, most=30),
        "count": lambda: run.count(1, *run.UNFINISHED),
        "under way": lambda: run.under_way(1, ["a"]),
        "one request": lambda: run.announced_under("x"),
        "receipts": lambda: receipts_for(1, ["a"]),
        "drop": lambda: run.drop(1),
        "sweep": lambda: run.companies_owed(NOW),
    }


def test_no_question_of_a_sender_reads_a_whole_table(app: Flask) -> None:
    """A firm that has sent for years is served as fast as a new one."""
    asked: list[tuple[str, Any]] = []
    with app.app_context(), everywhere():

        @event.listens_for(db.engine, "before_cursor_execute")
        def _note(_c: object, _d: object, text: str, values: Any, *_: object) -> None:
            asked.append((text, values))

        for name, ask in questions().items():
            asked.clear()
            ask()
            assert asked, name
            cursor = db.session.connection().connection.cursor()
            for text, values in list(asked):
                cursor.execute(f"EXPLAIN QUERY PLAN {text}", values)
                plan = [row[-1] for row in cursor.fetchall()]
                assert not [step for step in plan if step.startswith("SCAN")], name
        db.session.rollback()
