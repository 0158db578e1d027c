"""News from Intuit at our door: only what is signed, and never lost in a crowd."""

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sqlite3
import time

import pytest

from addon.records import db
from addon.records.notice import Notice
from addon.sandbox import Sandbox
from tests.gossip import INTUIT
from tests.newsroom import connected
from tests.storm import Coast, Weather, blow
from tests.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A workspace and a company that are connected."""
    with connected(tmp_path_factory.mktemp("notices")) as one:
        yield one


def signed(world: World, body: bytes) -> dict[str, str]:
    return {"intuit-signature": world.sandbox.quickbooks.notices.signature(body)}


def kept(world: World) -> int:
    with world.inside():
        return db.session.query(Notice).count()


def about(realm: str, number: str = "1", operation: str = "Update") -> bytes:
    entity = {
        "name": "Vendor",
        "id": number,
        "operation": operation,
        "lastUpdated": "2026-03-16T10:00:00.000Z",
    }
    told = {"realmId": realm, "dataChangeEvent": {"entities": [entity]}}
    return json.dumps({"eventNotifications": [told]}).encode()


def wrong_signatures(world: World, body: bytes) -> dict[str, dict[str, str]]:
    other = hmac.new(b"another secret", body, hashlib.sha256).digest()
    good = world.sandbox.quickbooks.notices.signature(body)
    return {
        "none": {},
        "empty": {"intuit-signature": ""},
        "another secret's": {"intuit-signature": base64.b64encode(other).decode()},
        "cut short": {"intuit-signature": good[:-2]},
        "another body's": signed(world, body + b" "),
        "Clockify's": {"clockify-signature": good},
    }


def test_news_without_intuits_signature_is_refused(world):
    """Only Intuit, who knows our secret, can tell us what changed."""
    body = about(world.company.realm, "forged")
    before = kept(world)
    for name, headers in wrong_signatures(world, body).items():
        answer = world.ask("POST", INTUIT, data=body, headers=headers)
        assert answer.status_code == 401, name
    assert kept(world) == before


@pytest.mark.parametrize(
    "body", [b"", b"null", b"{}", b"[]", b"[[[[", b'{"eventNotifications": 7}', b"\xff"]
)
def test_signed_nonsense_is_answered_well_and_forgotten(world, body):
    """Intuit is never sent away for a body we do not understand."""
    before = kept(world)
    answer = world.ask("POST", INTUIT, data=body, headers=signed(world, body))
    assert answer.status_code == 200
    assert kept(world) == before


def test_one_delivery_may_speak_of_several_companies(world):
    """News of a company of ours is noted, wherever in the delivery it stands."""
    ours = json.loads(about(world.company.realm, "several"))["eventNotifications"]
    others = json.loads(about("4711", "several"))["eventNotifications"]
    body = json.dumps({"eventNotifications": [*others, *ours, *others]}).encode()
    before = kept(world)
    answer = world.ask("POST", INTUIT, data=body, headers=signed(world, body))
    assert answer.status_code == 200
    assert kept(world) == before + 1


def test_other_methods_find_nothing(world):
    """The address takes news and nothing else."""
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert world.ask(method, INTUIT).status_code == 405


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def noted(coast: Coast) -> int:
    """Count what the database holds of both services' news."""
    with sqlite3.connect(coast.folder / "addon.sqlite") as database:
        asked = "SELECT sum(news) FROM directory WHERE side = 'clockify'"
        (ours,) = database.execute(asked).fetchone()
        (theirs,) = database.execute("SELECT count(*) FROM notice").fetchone()
    database.close()
    return int(ours) + int(theirs)


def settled(coast: Coast) -> None:
    """Wait until what was to be read at first has been read."""
    asked = "SELECT count(*) FROM directory WHERE stale_since IS NOT NULL"
    for _ in range(600):
        with contextlib.closing(
            sqlite3.connect(coast.folder / "addon.sqlite")
        ) as database:
            if not database.execute(asked).fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the first reading has not ended within 30 seconds")


def burst(coast: Coast, count: int, rate: float) -> tuple[Weather, int]:
    """Send so much news, and say how much of it has left its mark."""
    before = noted(coast)
    weather = blow(coast.port, coast.news(count), rate=rate)
    return weather, noted(coast) - before


def test_a_burst_of_news_loses_nothing(tmp_path, capsys):
    """Notices of both services in a storm: each is kept, and answered in time."""
    with Sandbox() as sandbox:
        coast = Coast(tmp_path, sandbox, free_port())
        with coast.server:
            coast.connect()
            settled(coast)
            weather, marks = burst(coast, 400, rate=50)
            empty = blow(coast.port, coast.looks("/nowhere", 200), rate=83)
    with capsys.disabled():
        print(f"\nnews: {weather}\nan empty route: {empty}")
    assert set(weather.answers) == {200, 204}
    assert marks == 400
    # Intuit's own limit; what is usual is measured by the benchmark, on a free machine.
    assert weather.quantile(0.99) < 3000
