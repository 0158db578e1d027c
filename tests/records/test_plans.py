"""What is asked again and again while hours are sent is answered from an index."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from addon import create_app, records
from addon.config import Settings
from addon.records import db, doubt, everywhere, run, selected, turns, within
from addon.records.connection import Company
from addon.records.receipt import claimed_activities, receipts_for
from addon.records.run import PieceState
from addon.sandbox import Sandbox
from addon.transfer.changed import rivals_of
from addon.transfer.job import Job

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


def claimed(ids: list[str]) -> None:
    """Ask as a sender does who looks up what became of a call."""
    with everywhere():
        claimed_activities("x", ids)


def questions() -> dict[str, Callable[[], object]]:
    """Give what a sender asks for each call, and each page while it chooses."""
    company = Company(id=1, realm_digest="x")
    job = cast("Job", SimpleNamespace(company=company))
    return {
        "owed": lambda: turns.owed(1, NOW),
        "next wake": lambda: turns.next_wake(1),
        "waiting": lambda: turns.waiting(company, since=NOW, now=NOW),
        "announced": lambda: run.is_due(1, PieceState.ANNOUNCED, NOW, {1}),
        "chosen": lambda: run.is_due(1, PieceState.CHOSEN, NOW),
        "pieces": lambda: run.pieces(1, PieceState.CHOSEN, due=NOW, most=30),
        "count": lambda: run.count(1, *run.UNFINISHED),
        "under way": lambda: run.under_way(1, [f"{number}" for number in range(500)]),
        "in doubt": lambda: doubt.questions(1, ["a", "b"]),
        "in doubt of a run": lambda: doubt.count_in_doubt(1),
        "one request": lambda: run.announced_under("x"),
        "receipts": lambda: receipts_for(1, [f"{number}" for number in range(500)]),
        "claimed": lambda: claimed(["5", "6"]),
        "rivals": lambda: rivals_of(job, [cast("run.Piece", SimpleNamespace(id=1))]),
        "earliest": lambda: run.earliest_try(1),
        "drop": lambda: run.drop(1),
        "selected": lambda: selected.still_selected(1, ["a", "b"]),
        "selected by runs": lambda: selected.selected_by_runs(1, ["a", "b"]),
        "next selected": lambda: selected.next_selected(1, 500),
        "no longer selected": lambda: selected.no_longer_selected(1, ["a", "b"]),
        "none selected": lambda: selected.no_longer_selected(1),
        "sweep": lambda: turns.companies_owed(NOW),
    }


def plans_of(app: Flask) -> dict[str, list[str]]:
    """Give the steps by which SQLite answers each question, for one workspace."""
    asked: list[tuple[str, Any]] = []
    plans: dict[str, list[str]] = {}
    with app.app_context(), within(1):

        @event.listens_for(db.engine, "before_cursor_execute")
        def _note(_c: object, _d: object, text: str, values: Any, *_: object) -> None:
            asked.append((text, values))

        for name, ask in questions().items():
            asked.clear()
            ask()
            assert asked, name
            cursor = db.session.connection().connection.cursor()
            plans[name] = []
            for text, values in list(asked):
                cursor.execute(f"EXPLAIN QUERY PLAN {text}", values)
                plans[name] += [row[-1] for row in cursor.fetchall()]
        db.session.rollback()
    return plans


def test_no_question_of_a_sender_reads_all_that_was_ever_sent(app: Flask) -> None:
    """A firm that has sent for years is served as fast as a new one."""
    for name, plan in plans_of(app).items():
        for step in plan:
            assert not step.startswith("SCAN"), (name, step)
            for table in ("piece", "receipt", "selected"):
                assert f"ix_{table}_installation_id" not in step, (name, step)


def test_without_figures_it_would(app: Flask) -> None:
    """Left to itself the planner reads whole histories: the figures are needed."""
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM sqlite_stat1"))
        db.engine.dispose()
    found = {step for plan in plans_of(app).values() for step in plan}
    assert any("ix_piece_installation_id" in step for step in found)
