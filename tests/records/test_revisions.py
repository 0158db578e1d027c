"""Every revision goes up and down over filled tables, is killed, and loses nothing."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from addon import create_app
from addon.cli import main
from addon.config import Settings
from addon.records import MIGRATIONS, db
from tests.processes import Child
from tests.records.filling import Rows, fill, lost, rows_of

# The whole: MIGRATION_ROWS=1000 MIGRATION_KILLS=50
ROWS = int(os.environ.get("MIGRATION_ROWS", "20"))
KILLS = int(os.environ.get("MIGRATION_KILLS", "2"))
SEED = int(os.environ.get("MIGRATION_SEED", "1"))

# The hardest a future revision can do: make every table anew, parents before children.
HARD = '''"""every table anew."""
from alembic import op
import sqlalchemy as sa

revision = "9001"
down_revision = "{head}"
branch_labels = depends_on = None


def every_table(change):
    bind = op.get_bind()
    recreate = "always" if bind.dialect.name == "sqlite" else "never"
    for table in sa.inspect(bind).get_table_names():
        if table != "alembic_version":
            with op.batch_alter_table(table, recreate=recreate) as batch:
                change(batch)


def upgrade():
    every_table(lambda batch: batch.add_column(sa.Column("more", sa.Text())))


def downgrade():
    every_table(lambda batch: batch.drop_column("more"))
'''


def settings_for(database: str, folder: Path) -> dict[str, str]:
    return {
        "ADDON_BASE_URL": "https://hours.example.com",
        "ADDON_SECRET_KEYS": "dGhpcnR5LXR3byBieXRlcyBmb3IgdGVzdHMgb25seSE=",
        "INTUIT_CLIENT_ID": "client-id",
        "INTUIT_CLIENT_SECRET": "client-secret",
        "DATABASE_URL": database,
        "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
    }


@pytest.fixture(params=["as they are", "with a hard one on top"])
def where(request, tmp_path) -> str:
    """A folder of migrations: ours, and ours with the hardest to come."""
    if request.param == "as they are":
        return str(MIGRATIONS)
    return with_a_hard_one(tmp_path)


def with_a_hard_one(folder: Path) -> str:
    copy = folder / "migrations"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(MIGRATIONS, copy, ignore=ignore)
    (head,) = ScriptDirectory(str(copy)).get_heads()
    (copy / "versions/9001_hard.py").write_text(HARD.format(head=head))
    return str(copy)


@contextmanager
def an_app(environ: dict[str, str]) -> Iterator[Flask]:
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def revisions(where: str) -> list[str]:
    """All of them, oldest first."""
    return [each.revision for each in ScriptDirectory(where).walk_revisions()][::-1]


def revision() -> str | None:
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        query = sa.text("SELECT version_num FROM alembic_version")
        found: str | None = connection.execute(query).scalar()
        return found


def test_p38_every_revision_up_and_down_over_filled_tables(
    database, tmp_path, where, capsys
):
    """Every update, and its way back, keeps every row of every table."""
    known = revisions(where)
    rows = 0
    with an_app(settings_for(database, tmp_path)) as app:
        for before, after in zip(["base", *known], known, strict=False):
            if before != "base":
                upgrade(directory=where, revision=before)
                fill(db.engine, app.extensions["vault"], ROWS)
            kept = rows_of(db.engine)
            rows += sum(len(each) for each in kept.values())
            for go, goal in ((upgrade, after), (downgrade, before), (upgrade, after)):
                go(directory=where, revision=goal)
                assert lost(kept, rows_of(db.engine)) == []
            downgrade(directory=where, revision="base")
            assert rows_of(db.engine) == {}
        upgrade(directory=where)
        if where == str(MIGRATIONS):
            check(directory=where)
        fill(db.engine, app.extensions["vault"], ROWS)
        kept = rows_of(db.engine)
        upgrade(directory=where)
        assert rows_of(db.engine) == kept
    with capsys.disabled():
        print(f"\nP38: {len(known)} revisions, {rows} rows, 0 lost")


def go_up(where: str) -> None:
    """Be a process that migrates."""
    with an_app(dict(os.environ)):
        print("begun", flush=True)
        upgrade(directory=where)
    print("done", flush=True)


def test_p38_a_migration_that_is_killed_leaves_old_or_new_tables(
    database, tmp_path, where, capsys
):
    """A machine that stops during an update is started again, and all is there."""
    environ = settings_for(database, tmp_path)
    *_, before, after = ["base", *revisions(where)]
    dice, found = random.Random(SEED), dict.fromkeys((before, after), 0)
    with an_app(environ) as app:
        if before != "base":
            upgrade(directory=where, revision=before)
            fill(db.engine, app.extensions["vault"], ROWS)
        kept = rows_of(db.engine)
        began = time.monotonic()
        upgrade(directory=where)
        took = time.monotonic() - began
        for _ in range(KILLS):
            downgrade(directory=where, revision=before)
            db.engine.dispose()
            victim = Child(go_up, where, **environ)
            assert victim.hear() == "begun"
            time.sleep(dice.uniform(0, took))
            victim.kill()
            found[is_whole(before, after, kept)] += 1
            again = Child(go_up, where, **environ)
            assert again.hush() == "done"
            assert is_whole(after, after, kept) == after
    with capsys.disabled():
        print(f"\nP38, seed {SEED}: {KILLS} kills left {found}, 0 rows lost")


def is_whole(before: str, after: str, kept: Rows) -> str:
    """Make sure that the tables are all old or all new, with their rows."""
    now = revision() or "base"
    rows = rows_of(db.engine)
    assert now in {before, after}
    assert lost(kept, rows) == []
    if before == "base" and now == "base":
        assert rows == {}
    elif kept and now == "9001":
        assert all("more" in row for table in rows.values() for row in table.values())
    elif kept:
        # An update may bring a new table; it takes none away.
        assert rows.keys() >= kept.keys()
    return now


def test_p38_processes_that_migrate_at_once_do_not_collide(database, tmp_path):
    """Several machines started at the same moment update the database once."""
    environ, where = settings_for(database, tmp_path), with_a_hard_one(tmp_path)
    those = [Child(go_up, where, **environ) for _ in range(4)]
    assert [each.hush() for each in those] == ["done"] * 4
    with an_app(environ):
        assert revision() == "9001"
        downgrade(directory=where, revision="base")
    those = [Child(main, ["migrate"], **environ) for _ in range(3)]
    assert [each.hush() for each in those] == ["The database is up to date."] * 3


def test_a_revision_that_would_orphan_rows_is_refused(tmp_path):
    """An update that forgets about what belongs together changes nothing at all."""
    where = with_a_hard_one(tmp_path)
    with an_app(settings_for(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path)) as app:
        upgrade(directory=where)
        fill(db.engine, app.extensions["vault"], ROWS)
        kept = rows_of(db.engine)
        lossy = HARD.format(head="9001").replace('n = "9001"\nd', 'n = "9002"\nd')
        lossy += '\n\ndef upgrade():\n    op.execute("DELETE FROM company")\n'
        Path(where, "versions/9002_lossy.py").write_text(lossy)
        with pytest.raises(SystemExit):
            upgrade(directory=where)
        assert rows_of(db.engine) == kept
        assert revision() == "9001"
