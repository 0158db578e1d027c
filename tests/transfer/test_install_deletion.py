"""Once a workspace has left, nothing of it is left with us."""

from datetime import timedelta

import sqlalchemy as sa

from addon.records import db, everywhere
from addon.records.farewell import Farewell
from addon.sandbox.trouble import html_502
from tests.canaries import found_in_database, found_in_files
from tests.lifecycle import stored, tell
from tests.world import Clock, World


def names_of(workspace) -> set[str]:
    """Every word that belongs to one workspace and to nobody else."""
    things = [
        *workspace.users.values(),
        *workspace.clients.values(),
        *workspace.projects.values(),
    ]
    words = {each.name for each in things}
    words |= {each.email for each in workspace.users.values() if each.email}
    words |= {each.description for each in workspace.entries.values()}
    return {word for word in words if len(word) > 5} | {workspace.name}


def test_p35_after_deleted_no_file_holds_anything_of_the_workspace(tmp_path, capsys):
    """Once uninstalled, our files hold no token, name or e-mail of the workspace."""
    with World(tmp_path) as world:
        harbor = world.sandbox.clockify.add_workspace("other")
        company = world.sandbox.quickbooks.add_company("other")
        world.install()
        world.install(harbor)
        assert world.connect().status_code == 200
        answer = world.connect("Hanna Harbor", realm=company.realm, workspace=harbor)
        assert answer.status_code == 200
        send_everything(world)
        words = names_of(world.workspace) | set(people_of(world.company))
        assert len(found_in_files(tmp_path, words)) > 30
        sealed = sealed_values(world)
        gone = world.workspace.uninstall()
        world.work()
        # While the add-on still runs: its journal files are searched too.
        left = found_in_files(tmp_path, words | sealed - sealed_values(world))
        kept = found_in_files(tmp_path, names_of(harbor))
        assert not world.sandbox.quickbooks.grants.connected(world.company.realm)
        assert world.sandbox.quickbooks.grants.connected(company.realm)
        assert list(stored(world)) == [harbor.installation.addon_id]
        assert tell(world, "deleted", gone) == 204
        assert tell(world, "installed", gone) == 204
        assert list(stored(world)) == [harbor.installation.addon_id]
        world.install()
        panel = world.ask("GET", "/settings/panel", token=world.token("Olivia Owen"))
        assert "Connect to QuickBooks" in panel.text
    with capsys.disabled():
        print(f"\nP35: {len(words)} words and {len(sealed)} sealed: {len(left)} left")
    assert left == set()
    assert "Hanna Harbor" in kept


def people_of(company) -> list[str]:
    return [row["DisplayName"] for row in company.rows("Employee")]


def sealed_values(world: World) -> set[str]:
    """The encrypted forms of all secrets, as they lie on the disk."""
    with world.app.app_context():
        found: set[str] = set()
        for table, column in (
            ("installation", "token"),
            ("connection", "access_token"),
            ("connection", "refresh_token"),
            ("company", "realm"),
            ("farewell", "token"),
        ):
            rows = db.session.execute(sa.text(f'SELECT {column} FROM "{table}"'))
            found |= set(rows.scalars())
        db.session.remove()
    return found


def send_everything(world: World) -> None:
    """Send what is ready, so that runs, pieces and receipts exist."""
    today = world.clock().date()
    start = today - timedelta(days=60)
    form = {"start": str(start), "end": str(today), "all_ready": "1"}
    token = world.token("Olivia Owen")
    shown = world.ask("POST", "/runs/confirmation", token=token, data=form)
    shown.raise_for_status()
    count = shown.text.split('name="expected" value="')[1].split('"')[0]
    begun = world.ask("POST", "/runs", token=token, data={**form, "expected": count})
    begun.raise_for_status()
    world.work()
    assert world.company.activities


def test_p35_on_postgresql_no_row_is_left(database, tmp_path):
    """Every table is empty of a workspace that has left, on both databases."""
    with World(tmp_path, environ={"DATABASE_URL": database}) as world:
        world.install()
        world.connect()
        send_everything(world)
        words = names_of(world.workspace) | set(people_of(world.company))
        with world.app.app_context():
            assert len(found_in_database(words)) > 30
        world.workspace.uninstall()
        world.work()
        with world.app.app_context():
            assert found_in_database(words) == set()
        with world.app.app_context(), everywhere():
            counts = {
                table.name: db.session.execute(
                    sa.select(sa.func.count()).select_from(table)
                ).scalar_one()
                for table in db.metadata.sorted_tables
            }
            db.session.remove()
        assert {name for name, count in counts.items() if count} <= {
            "departed",
            "gate",
            "lease",
        }


def test_p35_a_farewell_that_intuit_does_not_hear_is_over_after_a_minute(tmp_path):
    """If Intuit is away we try again, and after a minute we only forget."""
    clock = Clock()
    with World(tmp_path, entries=0, clock=clock) as world:
        world.install()
        world.connect()
        world.sandbox.quickbooks.trouble.always(path="revoke", effect=html_502())
        world.workspace.uninstall()
        world.work(most=5)
        assert farewells(world) == 1
        clock.forward(90)
        world.app.extensions["queue"].ring("sweep", 0)
        world.work(most=5)
        assert farewells(world) == 0


def farewells(world: World) -> int:
    with world.app.app_context():
        count = db.session.execute(sa.select(sa.func.count(Farewell.id))).scalar_one()
        db.session.remove()
    return count
