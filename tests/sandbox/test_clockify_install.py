"""Add-ons come, are told what happens, and go, as on the real Clockify."""

import jwt
import pytest

from addon.sandbox.clockify.manifest import InstallFailed
from tests.sandbox.clockify_addon import worlds


@pytest.fixture
def both():
    with worlds(entries=15) as pair:
        yield pair


@pytest.fixture
def space(both):
    return both[0].workspace


@pytest.fixture
def addon(both):
    return both[1]


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_installing_tells_the_addon_its_tokens(both, space, addon):
    """On installation the add-on gets all it needs to work, signed by Clockify."""
    one = space.install(addon.manifest_url)

    [call] = addon.to("lifecycle/INSTALLED")
    proof = claims(call.headers["x-addon-lifecycle-token"])
    assert proof["addonId"] == call.body["addonId"] == one.addon_id
    assert proof["exp"] > proof["iat"]
    assert call.body["apiUrl"] == f"{both[0].origin}/api"
    assert claims(call.body["authToken"])["user"] == space.owner.id
    assert "exp" not in claims(call.body["authToken"])
    tokens = [hook["authToken"] for hook in call.body["webhooks"]]
    assert len(set(tokens)) == len(tokens) == len(addon.manifest["webhooks"])


@pytest.mark.parametrize(
    ("form", "told", "called"),
    [
        ("double", "//webhooks/NEW_CLIENT", "//webhooks/NEW_CLIENT"),
        ("single", "/webhooks/NEW_CLIENT", "/webhooks/NEW_CLIENT"),
        ("absolute", "URL/webhooks/NEW_CLIENT", "/webhooks/NEW_CLIENT"),
    ],
)
def test_webhook_paths_come_in_every_form_seen(space, addon, form, told, called):
    """Add-ons meet all three ways in which Clockify writes a webhook's path."""
    space.webhook_path_form = form
    space.install(addon.manifest_url)

    space.add_client("Somebody")
    space.hooks.flush()

    [installed] = addon.to("lifecycle/INSTALLED")
    paths = {hook["path"] for hook in installed.body["webhooks"]}
    assert told.replace("URL", addon.url) in paths
    assert space.hooks.sent[-1].url == f"{addon.url}{called}"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"schemaVersion": "9"},
        {"key": None},
        {"key": "x"},
        {"baseUrl": "ftp://example.com"},
        {"minimalSubscriptionPlan": "ENTERPRISE"},
        {"minimalSubscriptionPlan": "GOLD"},
        {"schemaVersion": "1.3"},
        {"webhooks": [{"event": "NEW_CLIENT", "path": "/x"}] * 21},
        {"webhooks": [{"event": "SUNRISE", "path": "/x"}]},
        {"components": [{"type": "sidebar", "path": "/x", "label": "X"}]},
        {"lifecycle": [{"type": "BORN", "path": "/x"}]},
    ],
)
def test_manifests_that_clockify_refuses_are_refused(space, addon, spoilt):
    """A mistake in the manifest is met in the sandbox and not in production."""
    addon.manifest |= spoilt

    with pytest.raises(InstallFailed):
        space.install(addon.manifest_url)

    assert space.installations == {}
    assert addon.calls == []


def test_a_manifest_that_is_not_there_is_refused(space, addon):
    """An address without a manifest installs nothing."""
    with pytest.raises(InstallFailed):
        space.install(f"{addon.url}/manifest.xml")
    with pytest.raises(InstallFailed):
        space.install("http://127.0.0.1:1/manifest.json")


def test_an_addon_that_fails_at_installation_is_not_installed(space, addon):
    """An add-on that answers its installation with an error is not there."""
    addon.answers = [500]

    with pytest.raises(InstallFailed):
        space.install(addon.manifest_url)

    assert space.installations == {}


def test_nothing_is_installed_twice(space, addon):
    """The same add-on cannot be put on a workspace a second time."""
    space.install(addon.manifest_url)

    with pytest.raises(InstallFailed):
        space.install(addon.manifest_url)


def test_removing_tells_the_addon_once_and_only_where_it_was(space, addon):
    """DELETED goes to the address known since the installation."""
    one = space.install(addon.manifest_url)
    addon.manifest["lifecycle"] = []

    space.uninstall()

    [call] = addon.to("lifecycle/DELETED")
    assert call.body["addonId"] == one.addon_id
    assert space.installations == {}


def test_installing_again_gives_new_ids_and_new_tokens(space, addon):
    """After a reinstallation nothing of the old installation is valid."""
    old = space.install(addon.manifest_url)
    new = space.reinstall()

    assert old.addon_id != new.addon_id
    assert old.auth_token != new.auth_token
    assert not set(old.webhook_tokens.values()) & set(new.webhook_tokens.values())


def test_switching_off_and_on_is_told(space, addon):
    """A disabled add-on learns it, and hears nothing until it is enabled."""
    space.install(addon.manifest_url)

    space.disable()
    space.add_client("Unheard")
    space.enable()
    space.add_client("Heard")
    space.hooks.flush()

    statuses = [call.body["status"] for call in addon.to("lifecycle/STATUS_CHANGED")]
    assert statuses == ["INACTIVE", "ACTIVE"]
    assert [one.body["name"] for one in addon.to("webhooks/NEW_CLIENT")] == ["Heard"]


def test_a_webhook_carries_its_own_token_and_event(space, addon):
    """The add-on can tell who calls and about what."""
    one = space.install(addon.manifest_url)

    space.rename_user("Emily Platt", "Emily Platt-Jones")
    space.hooks.flush()

    [call] = addon.to("webhooks/USER_UPDATED")
    assert call.headers["clockify-signature"] == one.webhook_tokens["USER_UPDATED"]
    assert call.headers["clockify-webhook-event-type"] == "USER_UPDATED"
    assert call.body["name"] == "Emily Platt-Jones"


def test_a_failed_webhook_comes_again_with_another_mark(space, addon):
    """Clockify repeats the same body under a new idempotency key."""
    space.install(addon.manifest_url)
    addon.answers = [500, 302]

    space.add_client("Stubborn")
    space.hooks.flush()

    calls = addon.to("webhooks/NEW_CLIENT")
    assert len(calls) == 3
    assert len({call.headers["idempotency-key"] for call in calls}) == 3
    assert len({attempt.body for attempt in space.hooks.sent}) == 1


def test_clockify_gives_up_after_the_last_try(space, addon):
    """A dead listener is not called for ever."""
    space.install(addon.manifest_url)
    space.hooks.attempts = 2
    addon.answers = [500, 500]

    space.add_client("Hopeless")
    space.hooks.flush()

    assert len(addon.to("webhooks/NEW_CLIENT")) == 2
    assert [one.event for one in space.hooks.given_up] == ["NEW_CLIENT"]


def test_webhooks_can_be_lost_doubled_and_held(space, addon):
    """All that happens to webhooks on the way can be made to happen."""
    space.install(addon.manifest_url)
    hooks = space.hooks

    hooks.lose = 1
    space.add_client("Lost")
    hooks.double = True
    space.add_client("Twice")
    hooks.double, hooks.hold = False, True
    space.add_client("Held")

    assert hooks.waiting[-1:] == ["NEW_CLIENT"]
    hooks.flush()
    names = [call.body["name"] for call in addon.to("webhooks/NEW_CLIENT")]
    assert names == ["Twice", "Twice", "Held"]
    assert hooks.lost == ["NEW_CLIENT"]


def test_held_webhooks_can_arrive_in_another_order(space, addon):
    """The order of events is no promise."""
    space.install(addon.manifest_url)
    space.hooks.hold = space.hooks.reorder = True
    names = [f"Client {n}" for n in range(8)]

    for name in names:
        space.add_client(name)
    space.hooks.flush()

    arrived = [call.body["name"] for call in addon.to("webhooks/NEW_CLIENT")]
    assert arrived != names
    assert sorted(arrived) == names


def test_splitting_an_entry_keeps_its_time(space):
    """Cutting hours in two loses not a second."""
    entry = space.entry("Pruning")
    whole = entry.duration
    later = space.split_entry(entry, entry.start + whole / 3)

    assert entry.duration + later.duration == whole
    assert later.project_id == entry.project_id


def test_what_the_api_changes_is_told_like_everything_else(both, space, addon):
    """An add-on that writes hears of its own writing, as on the real Clockify."""
    from tests.sandbox.clockify_addon import Asker

    token = space.install(addon.manifest_url).auth_token

    Asker(both[0], token).ask("POST", "/projects", {"name": "By the add-on"})
    space.hooks.flush()

    [call] = addon.to("webhooks/NEW_PROJECT")
    assert call.body["name"] == "By the add-on"
