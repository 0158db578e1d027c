"""Requests that nobody who means well would send: refused, and nothing changes."""

import http.client
import re
import socket

import pytest

from tests.doors import Doors, abroad, memory
from tests.firms import Firms
from tests.hostile import Case, Hostile

# Together ten thousand; each family is a test, so that they can run side by side.
COUNTS = {
    "methods": 2_000,
    "paths": 2_000,
    "headers": 1_800,
    "bodies": 1_800,
    "days": 600,
    "ids": 1_200,
    "sizes": 600,
}


@pytest.fixture(scope="module")
def town(firms: Firms) -> Doors:
    """A world with everything in it that a request could damage."""
    return firms.doors


def judge(doors: Doors, case: Case) -> str:
    answer = doors.ask(case.method, case.path, **case.more)
    if answer.status_code not in case.expected:
        return f"{answer.status_code} for {case.method} {case.path[:90]} {case.more}"[
            :400
        ]
    if "<script>alert" in answer.text:
        return f"markup came back from {case.method} {case.path[:90]}"
    return ""


@pytest.mark.parametrize("family", COUNTS)
def test_p39_nothing_breaks_and_nothing_changes(town: Doors, family, capsys):
    """No request, however odd, ends with an error of ours or leaves a trace."""
    hostile = Hostile(town, seed=39)
    before, world_before = memory(town.world), abroad(town.world)
    told = [judge(town, case) for case in hostile.cases(family, COUNTS[family])]
    wrong = [each for each in told if each]
    with capsys.disabled():
        print(f"\nP39: {len(told):,} cases of {family}, {len(wrong)} wrong")
    assert not wrong[:9]
    assert memory(town.world) == before
    assert abroad(town.world) == world_before


def test_p39_the_families_make_ten_thousand(town: Doors):
    """Every family of odd requests is drawn, ten thousand in all."""
    assert sum(COUNTS.values()) == 10_000
    assert set(Hostile(town, seed=1).families()) == set(COUNTS)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/entries?start=0001-01-01&end=0001-01-02", 422),
        ("GET", "/entries?start=9999-12-30&end=9999-12-31", 422),
        ("GET", "/entries?start=2026-02-30&end=2026-03-01", 422),
        ("GET", "/entries?start=2026-03-02&end=2026-03-01", 422),
        ("GET", "/entries?start=2024-01-01&end=2026-01-01", 422),
        ("GET", "/entries?start=2026-01-01", 422),
        ("POST", "/runs/confirmation?start=x", 422),
        ("GET", f"/runs/{2**63}", 422),
        ("DELETE", f"/runs/{10**40}", 422),
        ("GET", f"/runs/{'9' * 5000}", 404),
        ("GET", "/runs/-1", 404),
        ("GET", "/runs/1.5", 404),
        ("GET", "/links/nothing", 404),
        ("PUT", "/links/user/nobody", 422),
        ("PUT", "/links/user/%00", 422),
        ("GET", "/links/user?page=-5", 200),
        ("GET", f"/links/user?page={10**40}", 200),
        ("HEAD", "/quickbooks/callback?state=x&code=y&realmId=1", 405),
    ],
)
def test_bad_dates_and_ids_are_refused_in_a_sentence(town: Doors, method, path, status):
    """What makes no sense is refused, in words, and changes nothing."""
    before = memory(town.world)
    more = {"data": {"start": "x", "end": "y"}} if method == "POST" else {}
    answer = town.ask(
        method,
        path,
        token=town.world.token("Olivia Owen"),
        headers={"HX-Request": "false"},
        **more,
    )
    assert answer.status_code == status
    if status >= 400 and method != "HEAD":
        assert re.fullmatch(r"[A-Z][^<>]+\.\n", answer.text)
    assert memory(town.world) == before


def test_p39_customers_that_do_not_exist_are_not_set_up(town: Doors):
    """Setting up customers that nobody knows creates and changes nothing."""
    before, world_before = memory(town.world), abroad(town.world)
    token = town.world.token("Olivia Owen")
    town.ask("POST", "/setup", token=token, data={"customer": ["99999", "\0", "x"]})
    assert abroad(town.world) == world_before
    assert memory(town.world) == before


def test_p39_trace_is_refused_everywhere(town: Doors):
    """No address echoes what it was sent."""
    for route in town.routes:
        answer = town.ask("TRACE", route.path, headers={"X-Secret": "echo"})
        assert answer.status_code == 405
        assert "echo" not in answer.text
        assert "TRACE" not in answer.headers["Allow"]


def test_p39_a_sample_over_the_wire(town: Doors, capsys):
    """The same over real connections: every one is answered, none with 5xx."""
    hostile = Hostile(town, seed=390)
    before = memory(town.world)
    statuses = []
    host, _, port = town.world.url.removeprefix("http://").partition(":")
    for family in ("methods", "paths", "bodies"):
        for case in hostile.cases(family, 100):
            wire = http.client.HTTPConnection(host, int(port), timeout=20)
            sent = dict(case.more.get("headers", {}))
            if token := case.more.get("token"):
                sent["Authorization"] = f"Bearer {token}"
            wire.request(case.method, case.path, case.more.get("data"), sent)
            answer = wire.getresponse()
            answer.read()
            statuses.append(answer.status)
            assert answer.headers["Content-Security-Policy"]
            wire.close()
    with capsys.disabled():
        print(f"\nP39: {len(statuses)} over the wire, {sorted(set(statuses))}")
    assert max(statuses) < 500
    assert memory(town.world) == before


@pytest.mark.parametrize(
    "first",
    [
        b"POST /webhooks/new-client HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n",
        b"POST /setup HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    ],
)
def test_p39_too_much_is_refused_before_it_is_sent(town: Doors, first):
    """Somebody who announces too large a body hears so at once."""
    host, _, port = town.world.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        wire.sendall(first)
        answer = wire.recv(4096)
    assert b" 413 " in answer.split(b"\r\n")[0]


def test_p39_a_large_body_in_small_pieces_is_refused(town: Doors):
    """Leaving out the length does not help: reading stops at the limit."""
    workspace = town.world.workspace
    pieces = (b"x" * 65536 for _ in range(40))
    host, _, port = town.world.url.removeprefix("http://").partition(":")
    wire = http.client.HTTPConnection(host, int(port), timeout=20)
    sent = {"X-Addon-Lifecycle-Token": workspace.lifecycle_token()}
    try:
        wire.request("POST", "/lifecycle/deleted", pieces, sent, encode_chunked=True)
        assert wire.getresponse().status in {400, 413}
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused while it was still being sent
    finally:
        wire.close()
