"""The pretend Clockify answers in the shapes of the published API and of the wire."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.sandbox.clockify_addon import EVENTS, Asker, TinyAddon, worlds

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(os.environ.get("CONTRACTS_DIR", ROOT.parent / "shared" / "contracts"))

# Where the live service is known to differ from its published API: schema,
# field, and what is really answered.
LIVE_DIFFERENCES = (
    ("*", "any field without a value", "null, where the API names a type"),
    ("TimeEntryDetailedReportDto", "timeEntries", "timeentries"),
    ("TimeEntryDto", "get_id", "_id"),
    ("ReportTagDto", "id", "_id"),
    ("TimeEntryReportTotals", "id", "_id"),
    ("WorkspaceDtoV1", "features", "a list of names, typed as one name"),
    ("WorkspaceDtoV1", "featureSubscriptionType", "a name, typed as an object"),
    ("WorkspaceSettingsDtoV1", "entityCreationPermissions", "names, not objects"),
    ("WorkspaceSettingsDtoV1", "adminOnlyPages", "a list, typed as one name"),
    ("UserDtoV1", "status", "in lists of users the membership's status"),
)
RENAMED = {live: named for _, named, live in LIVE_DIFFERENCES if " " not in live}
UNCHECKED = {named for _, named, live in LIVE_DIFFERENCES if " " in live}

READS = (
    ("", "WorkspaceDtoV1"),
    ("/users?status=ALL&include-roles=true", "UserDtoV1"),
    ("/users?status=ALL&account-statuses=LIMITED", "UserDtoV1"),
    ("/projects", "ProjectDtoImplV1"),
    ("/projects?hydrated=true", "ProjectDtoImplV1"),
    ("/clients", "ClientWithCurrencyDtoV1"),
    ("/tags", "TagDtoV1"),
    ("/projects/{project}/tasks", "TaskDtoV1"),
    ("/user/{user}/time-entries", "TimeEntryWithRatesDtoV1"),
    ("/time-entries/{entry}", "TimeEntryWithRatesDtoV1"),
    ("/approval-requests", "ApprovalDetailsDtoV1"),
)


def contract(name: str) -> Any:
    """A published file, or a skipped test."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"the published contract {name} is not at {CONTRACTS}")
    return json.loads(path.read_text())


def as_published(value: Any) -> Any:
    """An answer with the known live differences undone."""
    if isinstance(value, list):
        return [as_published(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        RENAMED.get(key, key): as_published(one)
        for key, one in value.items()
        if one is not None
    }


def complaints(document: Any, schema: str, answer: Any) -> list[str]:
    """What the published schema says against an answer."""
    resource = Resource(contents=document, specification=DRAFT4)
    registry = Registry().with_resource("urn:clockify", resource)
    reference = {"$ref": f"urn:clockify#/components/schemas/{schema}"}
    validator = OAS30Validator(reference, registry=registry)
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(as_published(answer))
        if not UNCHECKED & {part for part in error.path if isinstance(part, str)}
    ]


def unknown_fields(document: Any, schema: str, answer: dict[str, Any]) -> set[str]:
    """The fields that the published schema does not know."""
    known = document["components"]["schemas"][schema]["properties"]
    return set(as_published(answer)) - set(known)


@pytest.fixture(scope="module")
def asker() -> Iterator[Asker]:
    with worlds(entries=30) as (clockify, addon):
        clockify.rate_limit = None
        world = clockify.workspace
        one = world.install(addon.manifest_url)
        entry = next(iter(world.entries.values()))
        world.approve(world.submit(entry.user_id, entry.start, entry.start))
        yield Asker(clockify, one.auth_token)


@pytest.mark.parametrize(("path", "schema"), READS)
def test_what_is_read_has_the_published_shape(asker, path, schema):
    """An add-on reads from the sandbox what Clockify's documentation promises."""
    document = contract("clockify-openapi.json")
    world = asker.clockify.workspace
    entry = next(iter(world.entries.values()))
    project = world.project("0969 Ocean View Road").id

    answer = asker.ask(
        "GET", path.format(project=project, user=entry.user_id, entry=entry.id)
    )

    assert answer.status_code == 200
    found = answer.json() if isinstance(answer.json(), list) else [answer.json()]
    assert found
    extra = {"tasks", "client", "clientName", "roles", "currencyCode"}
    for one in found:
        assert complaints(document, schema, one) == []
        assert unknown_fields(document, schema, one) <= extra


def test_what_is_written_is_answered_in_the_published_shape(asker):
    """A new customer project looks in the answer as Clockify documents it."""
    document = contract("clockify-openapi.json")

    client = asker.ask("POST", "/clients", {"name": "Written Client"})
    project = asker.ask(
        "POST",
        "/projects",
        {"name": "Written Project", "clientId": client.json()["id"]},
    )

    assert (client.status_code, project.status_code) == (201, 201)
    assert complaints(document, "ClientWithCurrencyDtoV1", client.json()) == []
    assert complaints(document, "ProjectDtoImplV1", project.json()) == []


def test_the_detailed_report_has_the_published_shape(asker):
    """The report's rows hold what Clockify documents, under its live names."""
    document = contract("clockify-openapi.json")

    answer = asker.report().json()

    assert len(answer["timeentries"]) == answer["totals"][0]["entriesCount"] == 30
    assert complaints(document, "TimeEntryDetailedReportDto", answer) == []


def same_kind(sample: Any, told: Any) -> bool:
    """True when both have one JSON type; null stands for a value not there."""
    if sample is None or told is None:
        return True
    numbers = (int, float)
    if isinstance(sample, numbers) and not isinstance(sample, bool):
        return isinstance(told, numbers) and not isinstance(told, bool)
    return isinstance(told, type(sample))


def differences(sample: Any, told: Any, path: str = "") -> list[str]:
    """Fields of the sample that are missing or of another type in what was told."""
    if not same_kind(sample, told):
        return [f"{path}: {sample!r} is not {told!r}"]
    if isinstance(sample, dict) and isinstance(told, dict):
        missing = [f"{path}.{key} is missing" for key in set(sample) - set(told)]
        return missing + [
            words
            for key in set(sample) & set(told)
            for words in differences(sample[key], told[key], f"{path}.{key}")
        ]
    if isinstance(sample, list) and sample and isinstance(told, list):
        return [
            words
            for n, one in enumerate(told)
            for words in differences(sample[0], one, f"{path}[{n}]")
        ]
    return []


def test_the_report_has_the_fields_seen_on_the_wire(asker):
    """A row of the report has all that was seen in live answers, in their types."""
    samples = contract("clockify-payload-samples.json")

    answer = asker.report().json()

    for name in ("_detailed_report_live_2026_05", "_detailed_report_2023"):
        assert differences(samples[name], answer) == []


def live_through_everything(world: Any) -> None:
    """Make each event happen once."""
    user = world.add_user("New Hand", "hand@example.com")
    world.rename_user(user, "New Hands")
    world.change_email(user, "hands@example.com")
    world.deactivate_user(user)
    world.activate_user(user)
    client = world.add_client("New Client")
    world.rename_client(client, "Newer Client")
    project = world.add_project("New Project", client, hourly_rate=1000)
    task = world.add_task(project, "First task")
    world.rename_project(project, "Newer Project")
    entry = world.add_entry(user, project, task=task, tags=[world.add_tag("Tag")])
    world.edit_entry(entry, description="Again")
    world.approve(world.submit(user, entry.start, entry.start))
    world.delete_entry(entry)
    world.stop_timer(world.start_timer(user, project, task=task))
    world.delete_project(project)
    world.delete_client(client)
    world.delete_user(user)


@pytest.fixture(scope="module")
def told() -> Iterator[TinyAddon]:
    with worlds(entries=0) as (clockify, addon):
        clockify.workspace.install(addon.manifest_url)
        live_through_everything(clockify.workspace)
        clockify.flush()
        clockify.workspace.disable()
        clockify.workspace.uninstall()
        yield addon


# Samples of entries name a field value; this world has no custom fields.
@pytest.mark.parametrize("event", EVENTS)
def test_webhooks_have_the_shape_of_their_samples(told, event):
    """What a webhook says in the sandbox has the fields seen on the wire."""
    sample = contract("clockify-payload-samples.json")[event]

    bodies = [call.body for call in told.to(f"webhooks/{event}")]

    assert bodies
    for body in bodies:
        assert differences(sample, body) == []


@pytest.mark.parametrize("kind", ["INSTALLED", "STATUS_CHANGED", "DELETED"])
def test_lifecycle_calls_have_exactly_the_shape_of_their_samples(told, kind):
    """What an add-on is told at its installation has the documented fields."""
    sample = contract("clockify-payload-samples.json")["_lifecycle"][kind]

    [call] = told.to(f"lifecycle/{kind}")

    assert set(call.body) == set(sample)
    assert differences(sample, call.body) == []
