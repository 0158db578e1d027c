"""The pretend Clockify lets in whom the real one lets in, and nobody else."""

from datetime import timedelta

import jwt
import pytest
import requests

from addon.sandbox.clockify.signing import Key
from tests.sandbox.clockify_addon import MONDAY, Asker, worlds


@pytest.fixture
def world():
    with worlds(entries=20) as (clockify, addon):
        clockify.workspace.install(addon.manifest_url)
        yield clockify


@pytest.fixture
def installed(world):
    return Asker(world, world.workspace.installation.auth_token)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (401, 1000)),
        ({"X-Addon-Token": "TOKEN", "X-Api-Key": "key"}, (401, 1000)),
        ({"X-Api-Key": "key"}, (401, 4003)),
        ({"Authorization": "Bearer TOKEN"}, (401, 1000)),
        ({"X-Addon-Token": "TOKENx"}, (401, 4017)),
        ({"X-Addon-Token": "nonsense"}, (401, 4017)),
    ],
)
def test_exactly_one_valid_token_is_asked_for(world, headers, expected):
    """Calls with no token, two tokens or a spoilt token are turned away."""
    token = world.workspace.installation.auth_token
    sent = {name: value.replace("TOKEN", token) for name, value in headers.items()}

    answer = requests.get(f"{world.origin}/api/v1/user", headers=sent, timeout=10)

    assert refusal(answer) == expected


def test_a_token_signed_by_somebody_else_is_refused(world):
    """Nobody can write a token of their own."""
    claims = jwt.decode(
        world.workspace.installation.auth_token, options={"verify_signature": False}
    )

    answer = Asker(world, Key().sign(claims)).ask("GET", "")

    assert refusal(answer) == (401, 4017)


def test_tokens_that_only_prove_who_speaks_open_nothing(world):
    """The tokens of webhooks and life events do not read a firm's data."""
    for token in (
        world.workspace.webhook_token("NEW_PROJECT"),
        world.workspace.lifecycle_token(),
    ):
        assert refusal(Asker(world, token).ask("GET", "")) == (401, 4017)


def test_a_user_token_dies_after_half_an_hour(world):
    """A page left open too long has to ask for a new token."""
    asker = Asker(world, world.workspace.user_token("Emily Platt"))
    assert asker.ask("GET", "").status_code == 200

    world.host.now.move(minutes=30)

    assert refusal(asker.ask("GET", "")) == (401, 4017)


def test_user_tokens_say_who_looks_and_how(world):
    """An add-on learns the viewer's role, theme and language from the token."""
    token = world.workspace.user_token("Adam Ashe", theme="DARK", language="DE")

    claims = jwt.decode(
        token,
        world.public_key_pem,
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )

    assert claims["workspaceRole"] == "ADMIN"
    assert (claims["theme"], claims["language"]) == ("DARK", "DE")
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["backendUrl"] == f"{world.origin}/api"
    assert claims["reportsUrl"] == f"{world.origin}/report"


def test_a_reduced_set_of_claims_proves_a_webhook(world):
    """A webhook's token names the installation and nothing else, and never expires."""
    claims = jwt.decode(
        world.workspace.webhook_token("NEW_PROJECT"),
        options={"verify_signature": False},
    )

    assert claims["workspaceId"] == world.workspace.id
    assert not {"exp", "user", "backendUrl"} & set(claims)


def test_the_installation_token_is_exchanged_for_a_users(world, installed):
    """Background work can act as a person of the workspace."""
    emily = world.workspace.user("Emily Platt")
    url = f"{world.origin}/api/addon/user/{emily.id}/token"

    answer = requests.post(
        url, headers={"X-Addon-Token": installed.token}, json={}, timeout=10
    )

    me = requests.get(
        f"{world.origin}/api/v1/user",
        headers={"X-Addon-Token": answer.text},
        timeout=10,
    )
    assert me.json()["name"] == "Emily Platt"


def test_a_scope_that_was_not_asked_for_is_missing(world):
    """An add-on does no more than its manifest says."""
    one = world.workspace.installation
    one.manifest["scopes"] = ["WORKSPACE_READ"]
    asker = Asker(world, one.auth_token)

    answer = asker.ask("GET", "/projects")

    assert asker.ask("GET", "").status_code == 200
    assert answer.status_code == 401
    assert answer.json()["code"] != 4017
    assert "does not have permission PROJECT_READ" in answer.json()["message"]


@pytest.mark.parametrize("end", ["disable", "uninstall", "reinstall"])
def test_the_installation_token_dies_with_the_installation(world, installed, end):
    """Switched off or removed, an add-on reads nothing more."""
    getattr(world.workspace, end)()

    assert refusal(installed.ask("GET", "")) == (401, 4017)


def test_another_firms_data_stays_closed(world, installed):
    """A token of one workspace does not open another, and unknown ones are empty."""
    other = world.add_workspace("other")
    url = f"{world.origin}/api/v1/workspaces"
    headers = {"X-Addon-Token": installed.token}

    foreign = requests.get(f"{url}/{other.id}/users", headers=headers, timeout=10)
    unknown = requests.get(f"{url}/{'0' * 24}/users", headers=headers, timeout=10)

    assert foreign.status_code == 403
    assert (unknown.status_code, unknown.content) == (404, b"")


def test_members_see_their_own_hours_and_no_amounts(world):
    """Somebody who is no admin gets neither others' time nor anybody's rates."""
    emily = world.workspace.user("Emily Platt")
    asker = Asker(world, world.workspace.user_token(emily))

    rows = asker.report(amountShown="HIDE_AMOUNT").json()["timeentries"]

    assert asker.report(amountShown="EARNED").status_code == 403
    assert asker.report().status_code == 403
    assert rows
    assert {row["userId"] for row in rows} == {emily.id}
    assert {row["rate"] for row in rows} == {None}


def test_members_create_nothing(world):
    """Clients and projects are made by admins."""
    asker = Asker(world, world.workspace.user_token("Emily Platt"))

    assert asker.ask("POST", "/clients", {"name": "Mine"}).status_code == 403
    assert asker.ask("POST", "/projects", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/nothing", (404, 3000)), ("PATCH", "/projects", (405, 3000))],
)
def test_unknown_routes_answer_with_code_3000(installed, method, path, expected):
    """An address that Clockify does not have is told from one that is empty."""
    assert refusal(installed.ask(method, path)) == expected


def test_the_fifty_first_call_of_a_second_is_too_much(world, installed):
    """Calling too fast is refused until a second has passed."""
    world.retry_after = 2
    statuses = [installed.ask("GET", "").status_code for _ in range(51)]
    late = installed.ask("GET", "")

    assert statuses == [200] * 50 + [429]
    assert late.headers["Retry-After"] == "2"
    world.host.now.move(seconds=1)
    assert installed.ask("GET", "").status_code == 200


def test_a_new_free_workspace_has_thirty_calls_an_hour(world, installed):
    """Clockify's small allowance for free workspaces can be met in the sandbox."""
    world.workspace.requests_per_hour = 30

    statuses = [installed.ask("GET", "").status_code for _ in range(31)]

    assert statuses == [200] * 30 + [429]
    world.host.now.move(hours=1)
    assert installed.ask("GET", "").status_code == 200


def test_a_token_can_be_made_for_any_moment(world):
    """Tests can hold a token that was issued long ago."""
    token = world.workspace.user_token("Olivia Owen", now=MONDAY - timedelta(days=1))

    assert refusal(Asker(world, token).ask("GET", "")) == (401, 4017)
