"""Install, switch, remove and news: what Clockify calls, and calls again."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from addon.records import db, everywhere, installation
from addon.records.directory import Directory
from addon.records.installation import Departed, Installation, WebhookToken
from tests.doors import Doors, memory, webhook_path
from tests.world import World

CARRIER = "X-Addon-Lifecycle-Token"


@pytest.fixture
def mine(tmp_path):
    """A world of its own: these tests install and remove."""
    with World(tmp_path, entries=6) as world:
        world.sandbox.clockify.rate_limit = None
        yield Doors(world)


def tell(doors: Doors, kind: str, body: object, **claims: object):
    token = doors.world.workspace.lifecycle_token(**claims)
    return doors.ask(
        "POST", f"/lifecycle/{kind}", token=token, carrier=CARRIER, json=body
    )


def known(doors: Doors) -> list[str]:
    with doors.world.app.app_context():
        return [each.addon_id for each in installation.everyone()]


def news(doors: Doors) -> int:
    with doors.world.app.app_context(), everywhere():
        rows = db.session.scalars(
            select(Directory.news).where(Directory.side == "clockify")
        )
        return sum(rows)


@pytest.mark.parametrize("form", ["double", "single", "absolute"])
def test_webhooks_arrive_in_whatever_form_their_paths_were_told(mine: Doors, form):
    """Clockify writes webhook paths in three ways; deliveries are accepted in all."""
    workspace = mine.world.workspace
    workspace.webhook_path_form = form
    mine.world.install()
    events = workspace.installation.webhook_tokens
    with mine.world.app.app_context(), everywhere():
        paths = set(db.session.scalars(select(WebhookToken.path)))
        db.session.rollback()
    assert paths == {webhook_path(event) for event in events}
    before = news(mine)
    workspace.rename_client(next(iter(workspace.clients)), "Renamed")
    workspace.hooks.flush()
    assert not workspace.hooks.given_up
    assert news(mine) == before + 1


@pytest.mark.parametrize("slashes", ["/", "//", "///////"])
def test_webhook_addresses_may_have_any_number_of_slashes(doors: Doors, slashes):
    """A base address that ends in a slash does not keep news from arriving."""
    for event, token in doors.world.workspace.installation.webhook_tokens.items():
        answer = doors.ask(
            "POST",
            "/",
            token=token,
            carrier="clockify-signature",
            headers={"clockify-webhook-event-type": event},
            environ_overrides={"PATH_INFO": webhook_path(event).replace("/", slashes)},
            json={"id": "1"},
        )
        assert answer.status_code == 204


def test_a_second_installed_call_updates_the_first(mine: Doors):
    """Telling us again about an installation changes it and makes no second one."""
    mine.world.install()
    workspace = mine.world.workspace
    one = workspace.installation
    body = workspace.installed_body(one)
    one.webhook_tokens["NEW_CLIENT"] = workspace.webhook_token("NEW_CLIENT", jti="new")
    for _ in range(3):
        assert tell(mine, "installed", workspace.installed_body(one)).status_code == 204
    assert known(mine) == [one.addon_id]
    for hooks, status in (
        (workspace.installed_body(one)["webhooks"], 204),
        (body["webhooks"], 401),
    ):
        (token,) = (
            each["authToken"] for each in hooks if each["path"].endswith("new-client")
        )
        answer = mine.ask(
            "POST",
            "/webhooks/new-client",
            token=token,
            carrier="clockify-signature",
            headers={"clockify-webhook-event-type": "NEW_CLIENT"},
            json={},
        )
        assert answer.status_code == status


def test_removing_twice_or_late_does_no_harm(mine: Doors):
    """DELETED may arrive again, or after a new installation, which it leaves alone."""
    mine.world.install()
    workspace = mine.world.workspace
    old = workspace.installation
    farewell = workspace.deleted_body(old)
    workspace.uninstall()
    assert known(mine) == []
    for _ in range(2):
        answer = tell(mine, "deleted", farewell, one=old)
        assert answer.status_code == 204
    mine.world.install()
    new = workspace.installation
    assert new.addon_id != old.addon_id
    assert tell(mine, "deleted", farewell, one=old).status_code == 204
    assert known(mine) == [new.addon_id]


def test_a_late_installed_call_does_not_revive_what_was_removed(mine: Doors):
    """An INSTALLED that was on its way too long is answered and changes nothing."""
    mine.world.install()
    workspace = mine.world.workspace
    old = workspace.installation
    body = workspace.installed_body(old)
    farewell = workspace.deleted_body(old)
    assert tell(mine, "deleted", farewell).status_code == 204
    assert tell(mine, "installed", body).status_code == 204
    assert known(mine) == []


def test_removing_what_was_never_installed_is_no_error(mine: Doors):
    """DELETED before INSTALLED is remembered, so that the order does not matter."""
    mine.world.install()
    one = mine.world.workspace.installation
    body = {**mine.world.workspace.deleted_body(one), "addonId": "f" * 24}
    assert tell(mine, "deleted", body, addonId="f" * 24).status_code == 204
    assert known(mine) == [one.addon_id]
    with mine.world.app.app_context():
        assert len(db.session.scalars(select(Departed)).all()) == 1
        db.session.rollback()


def test_nothing_of_a_removed_workspace_stays(mine: Doors):
    """After removal no table holds an id, a name or a secret of the workspace."""
    mine.world.install()
    mine.world.connect()
    workspace = mine.world.workspace
    marks = [workspace.id, workspace.installation.addon_id, "Olivia", "Craig"]
    assert all(mark in repr(memory(mine.world)) for mark in marks)
    workspace.uninstall()
    mine.world.work()
    left = repr(memory(mine.world))
    assert not [mark for mark in marks if mark in left]


def test_switching_is_repeatable(mine: Doors):
    """STATUS_CHANGED may come twice; only a known installation can be switched."""
    mine.world.install()
    workspace = mine.world.workspace
    one = workspace.installation
    for status in ("INACTIVE", "INACTIVE", "ACTIVE", "ACTIVE"):
        body = {**workspace.status_body(one), "status": status}
        assert tell(mine, "status-changed", body).status_code == 204
        with mine.world.app.app_context():
            here = db.session.scalars(select(Installation)).one()
            assert here.status == status
            db.session.rollback()
    stranger = {**workspace.status_body(one), "addonId": "f" * 24}
    answer = tell(mine, "status-changed", stranger, addonId="f" * 24)
    assert answer.status_code == 404


@pytest.mark.parametrize("kind", ["installed", "status-changed", "deleted"])
def test_a_lifecycle_call_that_makes_no_sense_changes_nothing(doors: Doors, kind):
    """Odd bodies and signatures are refused in one sentence, and nothing is kept."""
    workspace = doors.world.workspace
    one = workspace.installation
    good = {
        "installed": workspace.installed_body(one),
        "status-changed": workspace.status_body(one),
        "deleted": workspace.deleted_body(one),
    }[kind]
    before = memory(doors.world)
    for body, status in (
        ([], 422),
        ("text", 422),
        ({}, 422),
        ({**good, "addonId": None}, 422),
        ({**good, "addonId": 5}, 422),
        ({**good, "addonId": "../x"}, 422),
        ({**good, "workspaceId": ["x"]}, 422),
        ({**good, "workspaceId": "e" * 24}, 403),
        ({**good, "addonId": "e" * 24}, 403),
    ):
        answer = tell(doors, kind, body)
        assert (answer.status_code, answer.text.count("\n") > 0) == (status, True), body
    for claims in (
        {"workspaceId": "e" * 24},
        {"addonId": "e" * 24},
    ):
        assert tell(doors, kind, good, **claims).status_code == 403
    late = doors.world.clock() - timedelta(hours=1)
    assert tell(doors, kind, good, now=late).status_code == 401
    assert memory(doors.world) == before


def test_an_installed_call_with_bad_parts_changes_nothing(doors: Doors):
    """Foreign addresses, forged tokens and odd webhook lists are refused."""
    workspace = doors.world.workspace
    one = workspace.installation
    good = workspace.installed_body(one)
    foreign = workspace.sign(
        {
            **json.loads(json.dumps(workspace._claims(one))),
            "backendUrl": "https://clockify.me.evil.example/api",
        }
    )
    before = memory(doors.world)
    for change in (
        {"authToken": None},
        {"authToken": "garbage"},
        {"authToken": "two words"},
        {"authToken": one.auth_token[:-8] + "AAAAAAAA"},
        {"authToken": doors.world.token("Olivia Owen")},
        {"authToken": foreign},
        {"apiUrl": 7},
        {"apiUrl": None},
        {"webhooks": "all"},
        {"webhooks": [7]},
        {"webhooks": [{"path": None, "authToken": "x"}]},
        {"webhooks": [{"path": "/webhooks/x", "authToken": None}]},
        {"asUser": {"id": 1}},
    ):
        answer = tell(doors, "installed", {**good, **change})
        assert answer.status_code == 422, change
    assert memory(doors.world) == before
