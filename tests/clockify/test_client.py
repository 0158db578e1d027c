"""The gate against a whole pretend Clockify: tokens, lists, reports and refusals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from addon.clockify import lifecycle
from addon.clockify.client import Client
from addon.clockify.errors import (
    Busy,
    Malformed,
    NotPermitted,
    Rejected,
    Uninstalled,
    Unreachable,
)
from addon.clockify.hosts import checked
from addon.clockify.tokens import Claims, InvalidToken, Verifier
from addon.rules.entry import Rounding, RoundingWay
from addon.sandbox import trouble
from addon.sandbox.clockify.server import ClockifyServer
from tests.clockify.loopback import Loopback, Reply, Seen

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SINCE, UNTIL = date(2026, 9, 1), date(2026, 11, 30)
SCOPES = ["WORKSPACE", "USER", "PROJECT", "CLIENT", "REPORTS"]


@dataclass
class World:
    """A pretend Clockify with our add-on installed, and what our add-on was told."""

    clockify: ClockifyServer
    http: requests.Session
    verifier: Verifier
    told: lifecycle.Installed
    seen: Seen
    waits: list[float] = field(default_factory=list)

    def client(self, token: str | None = None, claims: Claims | None = None) -> Client:
        claims = claims or self.verifier.installation(self.told.token)
        return Client(
            self.http,
            api=checked(claims.api, [self.clockify.origin]),
            reports=checked(claims.reports, [self.clockify.origin]),
            token=token or self.told.token,
            workspace_id=claims.workspace_id,
            sleep=self.waits.append,
        )

    def as_user(self, name: str) -> Client:
        token = self.clockify.workspace.user_token(name)
        return self.client(token, self.verifier.user(token, NOW))

    def entries(self, client: Client | None = None, **asked):
        given = {"zone": "UTC", "amounts": True, "rounding": False, "zones": {}} | asked
        first, last = given.pop("days", (SINCE, UNTIL))
        pages = (client or self.client()).entries(first, last, **given)
        return [entry for page in pages for entry in page]


def manifest(base_url: str) -> dict:
    return {
        "schemaVersion": "1.5",
        "key": "hours-to-books",
        "name": "Hours to Books",
        "baseUrl": base_url,
        "minimalSubscriptionPlan": "STANDARD",
        "scopes": [f"{each}_READ" for each in SCOPES] + ["CLIENT_WRITE"],
        "lifecycle": [{"type": "INSTALLED", "path": "/lifecycle/installed"}],
        "webhooks": [{"event": "NEW_PROJECT", "path": "/webhooks/new-project"}],
        "components": [],
    }


@pytest.fixture
def world() -> Iterator[World]:
    def answer(seen: Seen) -> Reply:
        return (
            Reply(200, manifest(addon.origin)) if seen.method == "GET" else Reply(200)
        )

    clockify = ClockifyServer(entries=60, seed=1, story="craig", now=lambda: NOW)
    clockify.start()
    addon = Loopback(answer=answer)
    try:
        with addon, requests.Session() as http:
            clockify.workspace.install(f"{addon.origin}/manifest.json")
            seen = next(each for each in addon.seen if each.method == "POST")
            told = lifecycle.installed(seen.body, addon.origin)
            verifier = Verifier([clockify.public_key_pem], "hours-to-books")
            yield World(clockify, http, verifier, told, seen)
    finally:
        clockify.stop()


def test_what_clockify_says_at_installation_is_genuine_and_fits_together(world):
    """The message, its token and the tokens inside it name the same installation."""
    header = world.seen.headers["x-addon-lifecycle-token"]
    for claims in (
        world.verifier.lifecycle(header, NOW),
        world.verifier.installation(world.told.token),
        world.verifier.webhook(dict(world.told.webhooks)["/webhooks/new-project"]),
    ):
        assert claims.workspace_id == world.told.workspace_id
        assert claims.addon_id == world.told.addon_id


def test_a_token_of_one_kind_opens_no_door_of_another(world):
    """Page, hook and lifecycle tokens are never mixed up."""
    header = world.seen.headers["x-addon-lifecycle-token"]
    person = world.clockify.workspace.user_token("Olivia Owen")
    hook = world.told.webhooks[0][1]
    for token in (header, hook, world.told.token):
        with pytest.raises(InvalidToken):
            world.verifier.user(token, NOW)
    for token in (person, hook, world.told.token):
        with pytest.raises(InvalidToken):
            world.verifier.lifecycle(token, NOW)
    for token in (person, header):
        with pytest.raises(InvalidToken):
            world.verifier.webhook(token)


def test_the_workspace_is_read_with_its_rounding(world):
    """Rounding counts only while the workspace rounds its reports."""
    assert world.client().workspace().rounding is None
    world.clockify.workspace.set_rounding("Round up to", "6")
    found = world.client().workspace()
    assert found.rounding == Rounding(RoundingWay.UP, 6)
    assert (found.currency, found.plan) == ("USD", world.clockify.workspace.plan)


def test_every_user_is_found_whatever_their_status(world):
    """People who left and people at a kiosk have hours to bill as well."""
    found = {user.id: user for user in world.client().users()}
    assert found.keys() == world.clockify.workspace.users.keys()
    by_name = {user.name: user for user in found.values()}
    assert by_name["Lena Leaver"].status == "INACTIVE"
    assert by_name["Penny Pending"].status == "PENDING"


def test_every_client_and_project_is_found_archived_or_not(world):
    """Old projects still have hours to bill."""
    pretend = world.clockify.workspace
    pretend.archive_project(next(iter(pretend.projects)))
    for number in range(230):
        pretend.add_client(f"Client {number}")
    assert {each.id for each in world.client().clients()} == pretend.clients.keys()
    projects = {each.id: each for each in world.client().projects()}
    assert projects.keys() == pretend.projects.keys()
    assert sum(each.archived for each in projects.values()) >= 1
    for project in projects.values():
        client = pretend.client_of(pretend.projects[project.id])
        assert project.client_id == (client.id if client else None)


@pytest.mark.parametrize("page_size", [7, 60, 200])
def test_every_entry_comes_once_whatever_the_size_of_a_page(world, page_size):
    """The pages add up to the workspace."""
    found = world.entries(page_size=page_size)
    pretend = world.clockify.workspace
    assert len(found) == len({entry.id for entry in found})
    assert {entry.id for entry in found} == pretend.entries.keys()
    for entry in found:
        true = pretend.entries[entry.id]
        assert entry.start == true.start
        assert entry.duration == true.duration
        assert entry.day == true.start.astimezone(true.local).date()
        rate = pretend.rate_of(true)
        assert entry.hourly_rate == (None if rate is None else Decimal(rate) / 100)
        assert entry.project_id == true.project_id


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
def test_a_days_entries_are_those_of_that_local_day(world, zone):
    """Whatever zone the question names, the entry's own calendar decides."""
    pretend = world.clockify.workspace
    days = {e.start.astimezone(e.local).date() for e in pretend.entries.values()}
    for day in sorted(days)[:3]:
        wanted = {
            e.id
            for e in pretend.entries.values()
            if e.start.astimezone(e.local).date() == day
        }
        assert {e.id for e in world.entries(days=(day, day), zone=zone)} == wanted


def test_a_report_may_be_narrowed_down(world):
    """By person, project, client and billable status."""
    everything = world.entries()
    one = next(entry for entry in everything if entry.client_id)
    assert {e.user_id for e in world.entries(users=[one.user_id])} == {one.user_id}
    found = world.entries(projects=[one.project_id])
    assert {e.project_id for e in found} == {one.project_id}
    assert {e.client_id for e in world.entries(clients=[one.client_id])} == {
        one.client_id
    }
    assert all(e.billable for e in world.entries(billable=True))
    split = len(world.entries(billable=True)) + len(world.entries(billable=False))
    assert split == len(everything)


def test_durations_come_rounded_only_when_asked(world):
    """The books get what the workspace's own report shows."""
    world.clockify.workspace.set_rounding("Round up to", "30")
    rounded = [e.duration for e in world.entries(rounding=True) if e.duration]
    assert all(length % timedelta(minutes=30) == timedelta(0) for length in rounded)
    exact = [e.duration for e in world.entries() if e.duration]
    assert any(length % timedelta(minutes=30) for length in exact)


def test_a_member_sees_their_own_hours_and_no_money(world):
    """Asking for amounts would be refused; so we do not ask."""
    mia = world.as_user("Mia Member")
    found = world.entries(mia, amounts=False)
    me = world.clockify.workspace.user("Mia Member")
    assert {entry.user_id for entry in found} == {me.id}
    assert all(entry.hourly_rate is None for entry in found)
    with pytest.raises(NotPermitted):
        world.entries(mia)


def test_a_client_can_be_created_and_a_missing_scope_is_named(world):
    """What the manifest did not ask for is refused by name."""
    made = world.client().create_client("Brand New")
    assert world.clockify.workspace.clients[made.id].name == "Brand New"
    with pytest.raises(NotPermitted) as caught:
        world.client().create_project("Brand New Project", made.id)
    assert caught.value.what == "PROJECT_WRITE"
    with pytest.raises(Rejected):
        world.client().create_client("Brand New")


def test_a_project_is_created_under_its_client(world):
    """With the scope, Clockify makes it."""
    scopes = world.clockify.workspace.installation.manifest["scopes"]
    scopes.append("PROJECT_WRITE")
    customer = next(iter(world.client().clients()))
    made = world.client().create_project("Brand New Project", customer.id)
    assert made.client_id == customer.id
    assert world.client().create_project("Own Project", None).client_id is None


def test_after_uninstalling_every_call_says_so(world):
    """The dead token is recognised by Clockify's number for it."""
    client = world.client()
    world.clockify.workspace.uninstall()
    with pytest.raises(Uninstalled):
        client.workspace()
    with pytest.raises(Uninstalled):
        list(
            client.entries(
                SINCE, UNTIL, zone="UTC", amounts=True, rounding=False, zones={}
            )
        )


def test_a_creation_whose_answer_is_lost_is_not_repeated(world):
    """One call, one client, and an error that says we do not know."""
    world.clockify.trouble.drop_answer_after_write("/clients")
    with pytest.raises(Unreachable):
        world.client().create_client("Once Only")
    names = [each.name for each in world.clockify.workspace.clients.values()]
    assert names.count("Once Only") == 1


def test_reading_outlasts_a_hiccup(world):
    """A dropped line, a cut answer and a proxy's page are asked over."""
    for effect in (trouble.drop_before(), trouble.cut(), trouble.html_502()):
        world.clockify.trouble.next(effect=effect, path="/reports/")
        assert len(world.entries()) == 60
    world.clockify.trouble.always(effect=trouble.empty())
    with pytest.raises(Malformed):
        world.client().workspace()


def test_the_limits_of_the_workspace_are_kept(world):
    """Too many calls: wait as told, and in the end say so."""
    world.clockify.rate_limit, world.clockify.retry_after = 1, 3
    with pytest.raises(Busy):
        list(world.client().users())
    assert set(world.waits) == {3.0}
