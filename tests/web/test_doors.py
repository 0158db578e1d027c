"""Who may pass which door: every kind of token and every role against every route."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import jwt
import pytest

from addon.sandbox.clockify.signing import Key
from tests.doors import CARRIER, CARRIERS, TABLE, Doors, Route, webhook_path

ADMINS = ("OWNER", "ADMIN", "WORKSPACE_ADMIN", "owner", "Admin", "workspace_admin")
OTHERS = (
    "TEAM_MANAGER",
    "PROJECT_MANAGER",
    "USER",
    "MEMBER",
    "GUEST",
    "LIMITED",
    "SUPERADMIN",
    "ADMIN ",
    "OWNER,ADMIN",
    "NOT_ADMIN",
    "\u0410DMIN",  # begins with a Cyrillic letter
    "true",
    "1",
)


@dataclass(frozen=True)
class Caller:
    """A token and the guards it passes; `refused` is what the others answer."""

    token: str | None
    opens: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    path: str = ""

    def expected(self, route: Route, carrier: str) -> int:
        if route.guard == "public":
            return route.behind
        if carrier != CARRIER[route.guard]:
            return 401
        if route.guard in self.forbidden:
            return 403
        is_meant = not self.path or self.path == route.path
        return route.behind if route.guard in self.opens and is_meant else 401


MEMBER_OPENS = ("page_member", "member")
ADMIN_OPENS = ("page_admin", "admin")


def callers(doors: Doors) -> dict[str, Caller]:
    """Give every kind of caller there is, by what it is called."""
    return {
        **people(doors),
        **machines(doors),
        **{name: Caller(token) for name, token in nobodies(doors).items()},
    }


def people(doors: Doors) -> dict[str, Caller]:
    world = doors.world
    admin = {"opens": ADMIN_OPENS + MEMBER_OPENS}
    member = {"opens": MEMBER_OPENS, "forbidden": ADMIN_OPENS}
    return {
        "an owner": Caller(world.token("Olivia Owen"), **admin),
        "an admin": Caller(world.token("Adam Ashe"), **admin),
        "a member": Caller(world.token("Mia Member"), **member),
        "a limited member": Caller(world.token("Kim Kiosk"), **member),
    }


def machines(doors: Doors) -> dict[str, Caller]:
    workspace = doors.world.workspace
    hooks = {
        f"the webhook of {event}": Caller(
            token, opens=("webhook",), path=webhook_path(event)
        )
        for event, token in workspace.installation.webhook_tokens.items()
    }
    return hooks | {
        "a lifecycle call": Caller(workspace.lifecycle_token(), opens=("lifecycle",)),
        "the installation": Caller(workspace.installation.auth_token),
    }


def nobodies(doors: Doors) -> dict[str, str | None]:
    """Give the tokens that open nothing at all."""
    return {**garbled(doors), **late(doors), **borrowed(doors)}


def garbled(doors: Doors) -> dict[str, str | None]:
    genuine = doors.world.token("Adam Ashe")
    return {
        "nobody": None,
        "garbage": "garbage",
        "an empty token": "",
        "three empty parts": "..",
        "a token cut short": genuine[:-9],
        "a token with changed letters": genuine[:-20] + "AAAA" + genuine[-16:],
        "a token too long": genuine + "A" * 9000,
        "two tokens": f"{genuine} {genuine}",
    }


def late(doors: Doors) -> dict[str, str | None]:
    workspace, now = doors.world.workspace, doors.world.clock()
    long_ago, tomorrow = now - timedelta(hours=2), now + timedelta(days=1)
    return {
        "a person of before": workspace.user_token("Adam Ashe", now=long_ago),
        "a person of tomorrow": workspace.user_token("Adam Ashe", now=tomorrow),
        "a lifecycle call of before": workspace.lifecycle_token(now=long_ago),
    }


def borrowed(doors: Doors) -> dict[str, str | None]:
    workspace = doors.world.workspace
    person, hook = workspace.user_token, workspace.webhook_token
    event = next(iter(workspace.installation.webhook_tokens))
    elsewhere = "e" * 24
    claims = jwt.decode(person("Adam Ashe"), options={"verify_signature": False})
    return {
        "a person of another workspace": person("Adam Ashe", workspaceId=elsewhere),
        "a person of another installation": person("Adam Ashe", addonId=elsewhere),
        "a person at another add-on": person("Adam Ashe", sub="other-addon"),
        "a person without a role": person("Adam Ashe", workspaceRole=None, exp=None),
        "a token of another issuer": person("Adam Ashe", iss="somebody"),
        "a webhook of nobody's": hook(event, jti="other"),
        "a webhook of another workspace": hook(event, workspaceId=elsewhere),
        "a stranger's signature": Key().sign(claims),
    }


def test_p13_every_route_is_entered_in_the_table_with_its_guard(doors):
    """Nobody can add an address without deciding who may use it."""
    app = doors.world.app
    listed = {
        (method, rule.rule): app.extensions["guards"].get(rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert listed == {key: guard for key, (guard, _) in TABLE.items()}


def test_p13_a_route_without_a_guard_is_not_served(doors):
    """An address that was put in without a guard answers as if it were not there."""
    app = doors.world.make_app()
    app.add_url_rule("/planted", view_func=lambda: "secret")
    answer = app.test_client().get("/planted")
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert app.extensions["guards"].get("<lambda>") is None


def test_p13_every_token_kind_against_every_route(doors, capsys):
    """Each token opens exactly the doors it was made for, in exactly one place."""
    wrong = []
    cells = 0
    known = callers(doors)
    for name, caller in known.items():
        for route in doors.routes:
            for carrier in CARRIERS:
                answer = doors.ask(
                    route.method, route.path, token=caller.token, carrier=carrier
                )
                cells += 1
                if answer.status_code != caller.expected(route, carrier):
                    wrong.append((name, route, carrier, answer.status_code))
    with capsys.disabled():
        print(
            f"\nP13: {len(known)} callers x {len(doors.routes)} routes, {cells} cells"
        )
    assert not wrong
    assert cells == len(known) * len(doors.routes) * len(CARRIERS)


def test_p13_the_matrix_notices_a_door_that_is_open_to_the_wrong_one():
    """The table above is not satisfied by an answer that merely is some refusal."""
    admin_only = Route("GET", "/setup", "admin", 422)
    assert Caller("t", opens=MEMBER_OPENS).expected(admin_only, "Authorization") == 401
    assert Caller("t", opens=ADMIN_OPENS).expected(admin_only, "Authorization") == 422
    hook = Route("POST", "/webhooks/new-client", "webhook", 400)
    other = Caller("t", opens=("webhook",), path="/webhooks/new-project")
    assert other.expected(hook, "clockify-signature") == 401


def of_people(doors: Doors) -> Iterator[Route]:
    return (each for each in doors.routes if each.guard in ADMIN_OPENS + MEMBER_OPENS)


def test_p16_every_role_against_every_route(doors, capsys):
    """Only owners and admins can connect, link, review everything and send."""
    wrong = []
    cells = 0
    for role in ADMINS + OTHERS:
        token = doors.world.token("Mia Member", workspaceRole=role)
        for route in of_people(doors):
            answer = doors.ask(
                route.method, route.path, token=token, carrier=CARRIER[route.guard]
            )
            may = role in ADMINS or route.guard in MEMBER_OPENS
            cells += 1
            if answer.status_code != (route.behind if may else 403):
                wrong.append((role, route, answer.status_code))
    with capsys.disabled():
        print(f"\nP16: {len(ADMINS + OTHERS)} roles, {cells} cells")
    assert not wrong


@pytest.mark.parametrize("role", [None, "", ["OWNER"], {"OWNER": True}, True, 1])
def test_p16_a_role_that_cannot_be_read_lets_nobody_in(doors, role):
    """A token whose role is no word is no token of a person."""
    token = doors.world.token("Olivia Owen", workspaceRole=role)
    for route in of_people(doors):
        answer = doors.ask(
            route.method, route.path, token=token, carrier=CARRIER[route.guard]
        )
        assert answer.status_code == 401, route


def test_p16_the_role_counts_at_the_moment_of_asking(doors):
    """An admin's open panel does not keep the doors open for a member's token."""
    world = doors.world
    admin, member = world.token("Adam Ashe"), world.token("Mia Member")
    for token, status in ((admin, 200), (member, 403), (admin, 200)):
        assert doors.ask("GET", "/settings/panel", token=token).status_code == status


def test_a_workspace_that_switched_the_add_on_off_gets_in_nowhere(doors):
    """While it is switched off, panels say so; what Clockify tells is still heard."""
    workspace = doors.world.workspace
    token = doors.world.token("Olivia Owen")
    workspace.disable()
    try:
        for route in of_people(doors):
            answer = doors.ask(
                route.method, route.path, token=token, carrier=CARRIER[route.guard]
            )
            assert answer.status_code == 403, route
            if route.method != "HEAD":
                assert "switched" in answer.text
    finally:
        workspace.enable()
    assert doors.ask("GET", "/settings/panel", token=token).status_code == 200


def test_asking_what_is_possible_reveals_nothing(doors):
    """OPTIONS tells the methods of an address and not a word about anybody."""
    paths = {route.path for route in doors.routes}
    for path in sorted(paths):
        for token in (None, doors.world.token("Olivia Owen")):
            answer = doors.ask("OPTIONS", path, token=token)
            assert (answer.status_code, answer.data) == (200, b""), path
            allowed = set(answer.headers["Allow"].split(", "))
            assert "TRACE" not in allowed


def test_looking_ahead_shows_only_headers(doors):
    """HEAD goes through the same guards as GET and brings no body along."""
    token = doors.world.token("Mia Member")
    assert doors.ask("HEAD", "/settings/panel", token=token).status_code == 403
    answer = doors.ask("HEAD", "/entries", token=token)
    assert (answer.status_code, answer.data) == (200, b"")
