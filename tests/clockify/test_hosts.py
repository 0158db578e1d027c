"""Addresses: only those on the list are ever called."""

import random
from urllib.parse import urlsplit

import pytest
import requests
from urllib3.util import parse_url

from addon.clockify.client import Client
from addon.clockify.errors import Unreachable
from addon.clockify.hosts import (
    ForbiddenAddress,
    allowed,
    api_base,
    checked,
    reports_base,
)
from tests.clockify.addresses import GOOD_HOSTS, GOOD_PATHS, LIST, bad_urls
from tests.clockify.loopback import Loopback, Reply

FUZZED = 100_000


def test_clockifys_own_addresses_are_allowed():
    """The global service, every region, subdomains and the developer server."""
    for host in GOOD_HOSTS:
        for path in GOOD_PATHS:
            for port in ("", ":443"):
                url = f"https://{host}{port}{path}"
                assert allowed(url, LIST), url
                plain = checked(url, LIST)
                assert plain == f"https://{host.lower()}{path.rstrip('/')}"
    assert checked("http://127.0.0.1:9001/api/", LIST) == "http://127.0.0.1:9001/api"


def test_five_hundred_hostile_addresses_are_refused():
    """Look-alikes, private networks, user names, ports and tricks lead nowhere."""
    urls = bad_urls()
    assert len(set(urls)) >= 500
    assert [url for url in urls if allowed(url, LIST)] == []
    for url in urls:
        with pytest.raises(ForbiddenAddress) as caught:
            checked(url, LIST)
        assert "evil" not in str(caught.value)


def test_a_hundred_thousand_fuzzed_addresses_reach_no_foreign_host():
    """Whatever is allowed, the library that calls it would call Clockify."""
    luck = random.Random(2511)
    seeds = [f"https://{host}{path}" for host in GOOD_HOSTS for path in GOOD_PATHS]
    seeds += bad_urls()
    accepted, foreign = 0, []
    for _ in range(FUZZED):
        url = _mutated(luck, luck.choice(seeds), luck.choice(seeds))
        if allowed(url, LIST):
            accepted += 1
            if not _is_ours(url) or not _is_ours(checked(url, LIST)):
                foreign.append(url)
    assert foreign == []
    assert accepted > 100  # the fuzz also makes good ones, or it would prove nothing


def _is_ours(url: str) -> bool:
    """Judge by three other readers: the standard library's, urllib3's and requests'."""
    sent = requests.Request("GET", url).prepare().url
    readings = (urlsplit(url), urlsplit(sent))
    hosts = {reading.hostname for reading in readings} | {parse_url(sent).host}
    if len(hosts) != 1 or any(reading.username for reading in readings):
        return False
    host = hosts.pop()
    if host == "127.0.0.1":
        return url.lower().startswith("http:") and readings[0].port == 9001
    named = host == "clockify.me" or host.endswith(".clockify.me")
    return named and sent.startswith("https:") and readings[0].port in (None, 443)


def _mutated(luck: random.Random, url: str, other: str) -> str:
    signs = "/\\@:.#?%[]*-_ \t\n\0\u3002\u043e0aeklmx192&=;,"
    for _ in range(luck.randint(1, 3)):
        spot = luck.randrange(len(url) + 1)
        match luck.randrange(4):
            case 0:
                url = url[:spot] + luck.choice(signs) + url[spot:]
            case 1:
                url = url[:spot] + url[spot + 1 :]
            case 2:
                url = url[:spot] + luck.choice(signs) + url[spot + 1 :]
            case _:
                url = url[:spot] + other[luck.randrange(len(other) + 1) :]
    return url


@pytest.mark.parametrize(
    ("pattern", "url", "fits"),
    [
        ("clockify.me", "https://api.clockify.me", False),
        ("*.clockify.me", "https://clockify.me", False),
        ("*.clockify.me", "https://a.b.clockify.me", True),
        ("*.me", "https://clockify.me", False),
        ("*", "https://clockify.me", False),
        ("*.", "https://clockify.me", False),
        ("", "https://clockify.me", False),
        ("https://api.clockify.me", "https://api.clockify.me/api", True),
        ("https://api.clockify.me", "https://api.clockify.me:443", True),
        ("https://api.clockify.me", "http://api.clockify.me", False),
        ("http://[::1]:9001", "http://[::1]:9001/api", True),
        ("http://[::1]:9001", "http://[::1]:9002/api", False),
        ("10.0.0.7", "https://10.0.0.7/api", True),
        ("10.0.0.7", "http://10.0.0.7/api", False),
        ("10.0.0.7", "https://10.0.0.7:8443/api", False),
    ],
)
def test_each_form_of_the_list_means_what_it_says(pattern, url, fits):
    """An operator may name a host, all its subdomains, or one exact origin."""
    assert allowed(url, [pattern]) is fits


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status):
    """An answer that points elsewhere is an error; the other place sees no call."""
    with (
        Loopback(Reply(200, {"id": "a", "name": "stolen"})) as other,
        Loopback(Reply(status, b"", {"Location": f"{other.origin}/api"})) as clockify,
        requests.Session() as http,
    ):
        client = Client(
            http,
            api=f"{clockify.origin}/api",
            reports=f"{clockify.origin}/report",
            token="t",
            workspace_id="w",
            sleep=lambda _: None,
        )
        with pytest.raises(Unreachable, match="redirect"):
            client.workspace()
        with pytest.raises(Unreachable, match="redirect"):
            client.create_client("Cool Cars")
        assert (len(clockify.seen), len(other.seen)) == (2, 0)


@pytest.mark.parametrize(
    "told",
    [
        "https://api.clockify.me",
        "https://api.clockify.me/",
        "https://api.clockify.me/api",
        "https://api.clockify.me/api/",
        "https://api.clockify.me/api/v1",
        "https://api.clockify.me/api/v1/",
    ],
)
def test_every_spelling_of_the_api_address_is_the_same_address(told):
    """Clockify has sent it in all these forms."""
    assert api_base(told) == "https://api.clockify.me/api"
    assert reports_base(told) == "https://reports.api.clockify.me"


@pytest.mark.parametrize(
    ("backend", "reports", "expected"),
    [
        ("https://euc1.clockify.me/api", None, "https://euc1.clockify.me/report"),
        (
            "https://developer.clockify.me/api",
            "",
            "https://developer.clockify.me/report",
        ),
        (
            "https://euc1.clockify.me/api",
            "https://a.clockify.me/report/",
            "https://a.clockify.me/report",
        ),
        (
            "https://euc1.clockify.me/api",
            "https://r.clockify.me/v1",
            "https://r.clockify.me",
        ),
        ("http://127.0.0.1:9001/api", None, "http://127.0.0.1:9001/report"),
    ],
)
def test_the_reports_address_is_the_tokens_or_that_of_the_region(
    backend, reports, expected
):
    """Reports live on a host of their own, or in a path of the region's host."""
    assert reports_base(backend, reports) == expected
