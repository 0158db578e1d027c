"""Lifecycle messages: what Clockify tells us when it installs or removes us."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.clockify import lifecycle
from addon.clockify.errors import Malformed

HOOKS = "/webhooks/time-entry-deleted"

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def installed_body(path: str = HOOKS) -> dict:
    return {
        "addonId": "62ddf9b201f42e74228efa3c",
        "authToken": "a.b.c",
        "workspaceId": "60332d61ff30282b1f23e624",
        "asUser": "60348d63df70d82b7183e635",
        "apiUrl": "https://developer.clockify.me/api",
        "addonUserId": "1a2b3c4d5e6f7g8h9i0j1k2l",
        "webhooks": [{"path": path, "webhookType": "ADDON", "authToken": "d.e.f"}],
    }


@pytest.mark.parametrize(
    "base", ["https://addon.example", "https://addon.example/books/"]
)
@pytest.mark.parametrize("form", ["{path}", "/{path}", "{base}{path}", "{base}/{path}"])
def test_a_webhooks_path_is_recognised_in_every_form(base, form):
    """Clockify sends the path, the path with two slashes, or the whole address."""
    told = form.format(path=HOOKS, base=base)
    found = lifecycle.installed(installed_body(told), base)
    assert found.webhooks == ((HOOKS, "d.e.f"),)


def test_an_installation_is_read_whole_and_keeps_its_secrets_to_itself():
    """The tokens are there for use, and in no log."""
    found = lifecycle.installed(installed_body())
    assert found.workspace_id == "60332d61ff30282b1f23e624"
    assert found.addon_id == "62ddf9b201f42e74228efa3c"
    assert found.token == "a.b.c"
    assert found.api_url == "https://developer.clockify.me/api"
    assert "a.b.c" not in repr(found)
    assert "d.e.f" not in repr(found)


ESSENTIALS = ["addonId", "authToken", "workspaceId", "apiUrl"]


@pytest.mark.parametrize(
    ("missing", "value"),
    [
        *((name, value) for name in ESSENTIALS for value in (None, "", 7, [], {})),
        *((name, "a\r\nX-Evil: 1") for name in ESSENTIALS[:3]),
        *((name, "\u043a\u043b\u044e\u0447") for name in ESSENTIALS[:3]),
    ],
)
def test_an_installation_without_its_essentials_is_refused(missing, value):
    """Better no answer than half an installation; Clockify's admin sees the failure."""
    with pytest.raises(Malformed):
        lifecycle.installed(installed_body() | {missing: value})


def test_an_installation_may_come_without_webhooks_and_users():
    """What is not needed may be missing."""
    bare = {
        name: value
        for name, value in installed_body().items()
        if name not in {"webhooks", "asUser", "addonUserId"}
    }
    found = lifecycle.installed(bare)
    assert (found.webhooks, found.as_user, found.addon_user_id) == ((), None, None)


@pytest.mark.parametrize(
    ("status", "active"), [("ACTIVE", True), ("INACTIVE", False), ("inactive", False)]
)
def test_an_installation_is_switched_on_and_off(status, active):
    """INACTIVE means that the workspace gets no service."""
    body = {"addonId": "a1", "workspaceId": "w1", "status": status}
    assert lifecycle.status_changed(body).active is active


@pytest.mark.parametrize("status", [None, "", "PAUSED", 1, True])
def test_an_unknown_status_is_refused(status):
    """We never guess whether an installation is on."""
    with pytest.raises(Malformed):
        lifecycle.status_changed({"addonId": "a", "workspaceId": "w", "status": status})


def test_a_removal_names_exactly_one_installation():
    """A late removal of an old installation must not touch the new one."""
    gone = lifecycle.deleted({"addonId": "a1", "workspaceId": "w1", "asUser": "u1"})
    assert gone == lifecycle.Deleted("a1", "w1", "u1")


def test_the_published_samples_are_understood():
    """What Clockify's documentation shows, we can read."""
    folder = Path(os.environ.get("CONTRACTS_DIR", "../shared/contracts"))
    file = folder / "clockify-payload-samples.json"
    if not file.exists():
        pytest.skip(f"{file} is not here; set CONTRACTS_DIR to the contracts")
    samples = json.loads(file.read_text())["_lifecycle"]
    assert lifecycle.installed(samples["INSTALLED"]).webhooks[0][0] == "/webhook"
    assert lifecycle.status_changed(samples["STATUS_CHANGED"]).active is False
    assert lifecycle.deleted(samples["DELETED"]).as_user == "60348d63df70d82b7183e635"


@given(ANYTHING, st.text(), ANYTHING)
def test_any_nonsense_is_refused_in_the_same_way(value, key, other):
    """No message, however odd, breaks the add-on."""
    for body in (value, installed_body() | {key: other}, installed_body(str(key))):
        for read in (lifecycle.installed, lifecycle.status_changed, lifecycle.deleted):
            try:
                read(body)
            except Malformed as refusal:
                assert str(refusal).endswith(".")  # noqa: PT017
