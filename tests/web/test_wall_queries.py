"""The wall in the records: no question is answered without saying whose rows."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, exists, func, inspect, select
from sqlalchemy.orm import aliased

from addon.records import connection, db, everywhere, turns, within
from addon.records import link as linking
from addon.records import run as runs
from addon.records.base import OfInstallation, QueryWithoutWorkspace, Record
from addon.records.directory import Kind, directory, listings
from addon.records.doubt import in_doubt, questions
from addon.records.installation import Installation
from addon.records.link import LinkKind
from addon.records.receipt import receipts_for
from addon.records.run import PieceState, Run
from addon.records.selected import next_selected, selected_by_runs, still_selected
from addon.transfer.linked import choices, link_page
from addon.transfer.progress import history, progress
from tests.firms import Firm, Firms

SWAPS = 10_000

WALLED = sorted(
    (m.class_ for m in Record.registry.mappers if issubclass(m.class_, OfInstallation)),
    key=lambda table: table.__name__,
)


def shapes(table: Any) -> dict[str, Callable[[], object]]:
    """Give the ways of asking for a table's rows."""
    other = aliased(table)
    run = db.session.execute
    number = tuple(1 for _ in inspect(table).primary_key)
    return {
        "rows": lambda: db.session.scalars(select(table)).all(),
        "a column": lambda: run(select(table.installation_id)).all(),
        "a count": lambda: run(select(func.count(table.installation_id))).scalar(),
        "an alias": lambda: db.session.scalars(select(other)).all(),
        "one by number": lambda: db.session.get(table, number),
    }


def is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except QueryWithoutWorkspace:
        return True
    finally:
        db.session.rollback()
    return False


@pytest.mark.parametrize("table", WALLED, ids=lambda table: table.__name__)
def test_p15_a_query_that_names_no_workspace_is_refused(firms: Firms, table):
    """Forgetting to say whose rows are meant is an error, never everybody's rows."""
    with firms.world.app.app_context():
        for name, ask in shapes(table).items():
            assert is_refused(ask), f"{table.__name__}: {name} was answered"
        with everywhere():
            for ask in shapes(table).values():
                ask()
        db.session.rollback()


def nested(table: Any) -> dict[str, Select[Any]]:
    """Give questions in which a table stands somewhere inside."""
    return {
        "a count of rows": select(func.count()).select_from(table),
        "a subquery": select(select(table.installation_id).subquery()),
        "whether there is one": select(Installation.id).where(
            exists(
                select(table.installation_id).where(
                    table.installation_id == Installation.id
                )
            )
        ),
        "beside another": select(Installation.id).join(
            table, table.installation_id == Installation.id
        ),
        "one among those": select(Installation.id).where(
            Installation.id.in_(select(table.installation_id))
        ),
    }


@pytest.mark.parametrize("shape", nested(Run))
def test_p15_a_nested_query_that_names_no_workspace_is_refused(firms: Firms, shape):
    """Rows of nobody in particular cannot be had through a query within a query."""
    with firms.world.app.app_context():
        for table in WALLED:
            question = nested(table)[shape]
            assert is_refused(lambda asked=question: db.session.execute(asked))


@pytest.mark.parametrize("table", WALLED, ids=lambda table: table.__name__)
def test_p15_a_query_sees_only_rows_of_its_workspace(firms: Firms, table):
    """Every way of asking for rows stays within the walls."""
    with firms.world.app.app_context():
        for me, _ in firms.pairs:
            mine = me.installation_id
            with within(mine):
                rows = db.session.scalars(select(table)).all()
                columns = list(db.session.scalars(select(table.installation_id)))
                counted = db.session.scalar(select(func.count(table.installation_id)))
            assert {row.installation_id for row in rows} | set(columns) <= {mine}
            assert counted == len(rows) == len(columns)
            db.session.rollback()


def looks(them: Firm, entries: list[str]) -> list[Callable[[], object]]:
    """Give what code can ask for by number, each with the other firm's numbers."""
    run, company = them.run_ids[0], them.company_id
    with them.world.inside(them.workspace):
        held = connection.current()
        assert held is not None
        digest = held.company.realm_digest
        numbers = [piece.id for piece in runs.pieces(run, *PieceState)]
    now = them.world.clock()
    return [
        lambda: runs.find_run(run),
        lambda: db.session.get(Run, run),
        lambda: db.session.get(runs.Piece, random.choice(numbers)),
        lambda: runs.pieces(run, *PieceState),
        lambda: runs.count(run, *PieceState),
        lambda: runs.tally(run),
        lambda: turns.owed(company, now),
        lambda: runs.running(company),
        lambda: runs.latest_runs(company),
        lambda: runs.earliest_try(run),
        lambda: turns.next_wake(company),
        lambda: runs.under_way(company, entries),
        lambda: runs.announced_under(str(random.random())),
        lambda: questions(company, entries),
        lambda: in_doubt(company, random.choice(entries)),
        lambda: next_selected(run, 5),
        lambda: still_selected(run, entries),
        lambda: selected_by_runs(company, entries),
        lambda: receipts_for(company, random.sample(entries, 3)),
        lambda: linking.links(company, random.choice(list(LinkKind))),
        lambda: linking.parted(company, random.choice(list(LinkKind))),
        lambda: connection.company_with(digest),
        lambda: listings(*Kind, company_id=company),
        lambda: progress(run, now),
        lambda: history(company),
        lambda: link_page(company, LinkKind.USER).linked,
        lambda: [
            c for c in choices(company, LinkKind.USER) if c.value.partition(":")[2]
        ],
    ]


def test_p15_ten_thousand_random_swaps_of_ids(firms: Firms, capsys):
    """Asking our records with another workspace's numbers never finds anything."""
    random.seed(15)
    found = []
    pairs = [
        (me.installation_id, looks(them, list(them.workspace.entries)))
        for me, them in firms.pairs
    ]
    with firms.world.app.app_context():
        for number in range(SWAPS):
            mine, asks = pairs[number % 2]
            ask = random.choice(asks)
            with within(mine):
                if ask():
                    found.append((mine, asks.index(ask)))
            db.session.expunge_all()
        db.session.rollback()
    with capsys.disabled():
        print(f"\nP15: {SWAPS:,} swaps, {len(found)} found something")
    assert not found


def test_p15_the_swaps_would_find_something_at_home(firms: Firms):
    """The same questions asked at home do find rows."""
    me = firms.craig
    with firms.world.app.app_context(), within(me.installation_id):
        found = [bool(ask()) for ask in looks(me, list(me.workspace.entries))]
        db.session.rollback()
    assert sum(found) >= 12


def test_p15_a_walls_end_is_the_end_of_the_request(firms: Firms):
    """After any answer, also a refusal, the next one starts without a workspace."""
    app = firms.world.app
    for path in ("/settings/panel", "/runs/4711", "/links/nothing", "/nowhere"):
        firms.ask(firms.craig, "GET", path)
        with app.app_context(), pytest.raises(QueryWithoutWorkspace):
            directory(1)
