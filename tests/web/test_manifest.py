"""What the add-on says about itself: its manifest, its health, its figures."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from addon import create_app
from addon.config import Settings
from addon.transfer.sweep import sweep
from tests.doors import Doors
from tests.world import Clock

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRACTS = Path(os.environ.get("CONTRACTS_DIR", "../shared/contracts"))


def served(doors: Doors) -> dict[str, Any]:
    answer = doors.ask("GET", "/manifest.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_the_manifest_is_served_with_the_configured_address_and_key(doors: Doors):
    """The file of the project is served; only address and key are the operator's."""
    file = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    settings: Settings = doors.world.outside.settings
    assert served(doors) == file | {
        "baseUrl": settings.base_url,
        "key": settings.addon_key,
    }
    assert settings.base_url == doors.world.url


def test_the_served_manifest_fits_clockifys_schema(doors: Doors):
    """What Clockify reads is valid under its own schema, version 1.5."""
    schema = CONTRACTS / "clockify-manifest-schema-1.5.json"
    if not schema.exists():
        pytest.skip(f"no {schema.name} here: set CONTRACTS_DIR to where it lies")
    Draft4Validator(json.loads(schema.read_text())).validate(served(doors))


def test_another_key_and_address_are_served_as_configured(doors: Doors):
    """An operator can publish under a key and an address of their own."""
    environ = doors.world.sandbox.environ("https://books.example.org/")
    environ["DATABASE_URL"] = f"sqlite:///{doors.world.folder / 'other.sqlite'}"
    environ["QUEUE_URL"] = f"sqlite:///{doors.world.folder / 'other-queue.sqlite'}"
    app = create_app(Settings.from_environ({**environ, "ADDON_KEY": "other-key"}))
    found = app.test_client().get("/manifest.json").json
    app.extensions["outside"].http.close()
    assert found is not None
    assert (found["baseUrl"], found["key"]) == (
        "https://books.example.org",
        "other-key",
    )


def test_every_path_of_the_manifest_is_served(doors: Doors):
    """Whatever address the manifest names, somebody answers there."""
    manifest = served(doors)
    gets = [manifest["settings"], manifest["iconPath"]]
    gets += [each["path"] for each in manifest["components"]]
    gets += [each["iconPath"] for each in manifest["components"] if "iconPath" in each]
    posts = [each["path"] for each in manifest["lifecycle"] + manifest["webhooks"]]
    for method, paths in (("GET", gets), ("POST", posts)):
        for path in paths:
            assert doors.ask(method, path).status_code in {200, 401}, path
    assert len(manifest["webhooks"]) <= 20


def test_the_manifest_asks_for_no_more_than_it_uses(doors: Doors):
    """No scope that lets us write time entries or manage users is asked for."""
    scopes = set(served(doors)["scopes"])
    writing = {each for each in scopes if each.endswith("_WRITE")}
    assert writing == {"PROJECT_WRITE", "CLIENT_WRITE"}
    assert not [each for each in scopes if each.startswith(("TIME_ENTRY", "INVOICE"))]


def test_health_tells_what_works(doors: Doors):
    """A load balancer learns that everything can be reached, and which version."""
    answer = doors.ask("GET", "/health")
    assert answer.status_code == 200
    version = doors.world.outside.settings.version
    told = {"database": "ok", "queue": "ok", "version": version}
    assert answer.json is not None
    assert {name: answer.json[name] for name in told} == told
    assert set(answer.json) == {*told, "worker"}


def test_an_operator_sees_whether_a_worker_is_there(doors: Doors):
    """Nobody has to wonder why nothing is sent: a worker that is missing is told."""
    world = doors.world
    with world.app.app_context():
        sweep(world.outside)
    assert doors.ask("GET", "/health").json["worker"] == "ok"
    figure = re.search(
        r"^addon_worker_seen_timestamp_seconds (\S+)$",
        doors.ask("GET", "/metrics").text,
        re.MULTILINE,
    )
    assert figure is not None
    assert abs(float(figure[1]) - world.clock().timestamp()) < 60
    assert isinstance(world.clock, Clock)
    world.clock.forward(200)
    answer = doors.ask("GET", "/health")
    assert (answer.status_code, answer.json["worker"]) == (200, "not seen")


def test_figures_name_nobody(doors: Doors):
    """The figures for the operator hold no name, id or address of a customer."""
    doors.ask("GET", "/settings/panel", token=doors.world.token("Olivia Owen"))
    answer = doors.ask("GET", "/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "# HELP" in answer.text
    workspace = doors.world.workspace
    ids = {workspace.id, workspace.installation.addon_id, *workspace.users}
    names = {each.name for each in workspace.users.values()}
    assert not [each for each in ids | names if each in answer.text]


@pytest.mark.parametrize("path", ["/manifest.json", "/health", "/metrics"])
def test_what_is_public_needs_no_token_and_minds_none(doors: Doors, path):
    """A token that is sent along changes nothing, not even a forged one."""
    for token in (None, "forged", doors.world.token("Mia Member")):
        assert doors.ask("GET", path, token=token).status_code == 200
