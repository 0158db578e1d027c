"""Connecting a company, or being told why it cannot be connected."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import requests
import sqlalchemy as sa

from addon.records import db, everywhere
from addon.records.connection import Company, Connection
from addon.records.farewell import Farewell
from addon.sandbox.trouble import html_502
from addon.transfer.connect import LIFETIME
from tests.town import town
from tests.world import World


def test_p24_one_company_in_two_workspaces_stays_two_connections(tmp_path):
    """A company connected elsewhere is another connection, with its own links."""
    here = town(tmp_path)
    with here.world as world:
        for workspace in here.workspaces.values():
            world.install(workspace)
        realm = here.realms[0]
        assert world.connect(realm=realm).status_code == 200
        second = world.connect(
            "Hanna Harbor", realm=realm, workspace=here.workspaces["harbor"]
        )
        assert second.status_code == 200
        assert {name: pair[0] for name, pair in here.joined().items()} == {
            "craig": realm,
            "harbor": realm,
        }
        with world.app.app_context(), everywhere():
            owners = db.session.execute(
                sa.select(Company.__table__.c.installation_id)
            ).scalars()
            assert len(set(owners)) == 2
            db.session.remove()


def test_simple_start_is_refused_and_nothing_is_kept(tmp_path):
    """A plan that cannot hold time is refused in words, and its permission returned."""
    with World(tmp_path, entries=0, story="simple-start") as world:
        world.install()
        answer = world.connect()
        assert answer.status_code == 400
        assert "Simple Start" in answer.text
        assert "Essentials, Plus or Advanced" in answer.text
        with world.app.app_context(), everywhere():
            for model in (Connection, Company, Farewell):
                count = sa.select(sa.func.count()).select_from(model.__table__)
                assert db.session.execute(count).scalar_one() == 0
            db.session.remove()
        assert not world.sandbox.quickbooks.grants.connected(world.company.realm)


def test_a_payroll_company_is_connected_with_a_warning(tmp_path):
    """With QuickBooks Payroll on, the panel says that no employee is ever created."""
    with World(tmp_path, entries=0, story="payroll") as world:
        world.install()
        assert world.connect().status_code == 200
        panel = world.ask("GET", "/settings/panel", token=world.token("Olivia Owen"))
        assert "no employee is ever created" in panel.text
        writes = [
            seen
            for seen in world.sandbox.quickbooks.requests
            if seen.method == "POST" and "/v3/" in seen.path
        ]
        assert writes == []


def test_trouble_at_intuit_while_connecting_changes_nothing(tmp_path):
    """If QuickBooks is away during the return, the window says so and nothing moves."""
    with World(tmp_path, entries=0) as world:
        world.install()
        world.sandbox.quickbooks.trouble.always(path="companyinfo", effect=html_502())
        answer = world.connect()
        assert answer.status_code == 400
        assert "could not be reached" in answer.text
        world.sandbox.quickbooks.trouble.clear()
        assert world.connect().status_code == 200


def test_an_add_on_removed_during_the_journey_keeps_nothing(tmp_path):
    """If the workspace leaves while somebody is at Intuit, nothing is connected."""
    with World(tmp_path, entries=0) as world:
        world.install()
        token = world.token("Olivia Owen")
        begun = world.ask("POST", "/connection/authorization", token=token).json()
        back = world.sandbox.quickbooks.approve(begun["address"])
        world.workspace.uninstall()
        assert requests.get(back, timeout=10).status_code == 400
        with world.app.app_context(), everywhere():
            count = sa.select(sa.func.count()).select_from(Connection.__table__)
            assert db.session.execute(count).scalar_one() == 0
            db.session.remove()


def test_disconnecting_gives_the_permission_back_at_intuit(tmp_path):
    """Disconnect takes effect at once here, and soon after at Intuit."""
    with World(tmp_path, entries=0) as world:
        world.install()
        world.connect()
        token = world.token("Olivia Owen")
        assert world.ask("DELETE", "/connection", token=token).status_code == 200
        assert world.ask("DELETE", "/connection", token=token).status_code == 200
        world.work()
        assert not world.sandbox.quickbooks.grants.connected(world.company.realm)
        assert world.connect().status_code == 200


def test_a_state_lives_ten_minutes(tmp_path):
    """The address of a journey is worthless after ten minutes."""
    assert timedelta(minutes=10) == LIFETIME


def test_whoever_cancels_at_intuit_is_not_left_waiting(tmp_path):
    """The settings stop waiting with the reason, and wait again for a new attempt."""
    with World(tmp_path, entries=0) as world:
        world.install()
        world.work()
        token = world.token("Olivia Owen")

        def begin() -> str:
            begun = world.ask("POST", "/connection/authorization", token=token)
            address: str = begun.json()["address"]
            return parse_qs(urlsplit(address).query)["state"][0]

        def waiting(name: str = "Olivia Owen") -> str:
            path, query = "/connection", {"waiting": "3"}
            seen = world.ask("GET", path, token=world.token(name), params=query)
            return seen.text

        state = begin()
        assert "Waiting for QuickBooks" in waiting()
        query = {"state": state, "error": "access_denied"}
        back = requests.get(f"{world.url}/quickbooks/callback", query, timeout=30)
        assert back.status_code == 400
        assert "Nothing was connected: the consent was cancelled." in waiting()
        assert "every 2s" not in waiting()
        begin()
        assert "Waiting for QuickBooks" in waiting()
        assert "every 2s" in waiting()


def test_a_window_says_once_that_it_can_be_closed(tmp_path):
    """The page after the return ends with what to do, and says it once."""
    with World(tmp_path, entries=0) as world:
        world.install()
        assert world.connect().text.count("You can close this window") == 1
