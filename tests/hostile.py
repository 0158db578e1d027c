"""Requests that nobody who means well would send, drawn from a seed."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.doors import Doors, webhook_path

# Everything that is refused is refused with one of these.
REFUSALS = frozenset({400, 401, 403, 404, 405, 413, 414, 415, 416, 422})

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "null",
    "undefined",
    "NaN",
    "-1",
    "0",
    "1e309",
    "9" * 30,
    "9" * 5000,
    "../../etc/passwd",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%s%n%x",
    "\u202e\u200b\ufeff",
    "🧾" * 50,
    "é" * 2000,
    "a" * 9000,
    "employee:",
    ":",
    "employee:\0",
    "employee:' OR ''='",
    "user",
    "\r\nSet-Cookie: a=b",
)
ODD_DAYS = (
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-13-01",
    "2026-00-00",
    "yesterday",
    "2026-W01-1",
    "20260101",
    "2026-01-01T00:00:00Z",
    "\u0661\u0662\u0663\u0664-\u0660\u0661-\u0660\u0661",
    "-0001-01-01",
    "10000-01-01",
    *ODD_TEXTS,
)
ODD_JSON = (
    b"",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"true",
    b"{",
    b"}",
    b"{'a': 1}",
    b"\xff\xfe\xfd",
    b'{"a": "\xff"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"9" * 10_000,
    b'{"workspaceId": 1}',
    b'{"workspaceId": ["x"]}',
    b'{"workspaceId": "\\ud800"}',
    b'{"workspaceId": "' + b"e" * 24 + b'"}',
    b"<html></html>",
    b"workspaceId=1&addonId=2",
    b"NaN",
    b"\0" * 64,
)
ODD_METHODS = (
    "TRACE",
    "CONNECT",
    "PATCH",
    "PROPFIND",
    "MOVE",
    "LOCK",
    "PURGE",
    "FOO",
    "M-SEARCH",
)
ODD_HEADERS = {
    "Accept": ("text/html", "*/*", "", ";;;q=x", "text/" + "a" * 2000),
    "Content-Type": ("", "application/json", "text/plain; charset=\xff", "multipart/"),
    "Accept-Language": ("xx", "\xff", "de;q=2"),
    "Accept-Encoding": ("gzip", "br;q=9", "\x7f"),
    "Cookie": ("a=b", "auth_token=x", ";;;", "=" * 500),
    "HX-Request": ("true", "TRUE", "\xff"),
    "HX-Target": ("#x", "\xff" * 10),
    "X-Forwarded-For": ("127.0.0.1", "x" * 500),
    "X-Forwarded-Host": ("evil.example",),
    "X-Forwarded-Proto": ("gopher",),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Original-URL": ("/settings/panel",),
    "Host": ("evil.example", "localhost:99999", "a b", "\xff", "[::1", ""),
    "Origin": ("null", "https://evil.example"),
    "Range": ("bytes=0-", "bytes=9-1", "lines=1", "bytes=" + "0-1," * 200),
    "If-Modified-Since": ("yesterday", "Thu, 99 Jan 9999 99:99:99 GMT"),
    "If-None-Match": ("*", '"x', "\xff"),
    "Expect": ("200-maybe",),
    "Authorization": ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer \xff", "x" * 9000),
    "clockify-signature": ("", "x", "\xff"),
    "X-Addon-Lifecycle-Token": ("", "a.b.c"),
}


@dataclass(frozen=True)
class Case:
    """One request; `expected` are the statuses that are right for it."""

    method: str
    path: str
    expected: frozenset[int] = REFUSALS
    more: dict[str, Any] = field(default_factory=dict)


class Hostile:
    """Draws cases of every family; the same seed draws the same ones."""

    def __init__(self, doors: Doors, seed: int) -> None:
        self.doors = doors
        self.chance = random.Random(seed)
        world = doors.world
        self.token = world.token("Olivia Owen")
        self.hooks = world.workspace.installation.webhook_tokens
        self.lifecycle = world.workspace.lifecycle_token()
        self.paths = sorted({each.path for each in doors.routes})
        self.known = {(each.method, each.path) for each in doors.routes}

    def families(self) -> dict[str, Callable[[], Case]]:
        """Give what draws one case of each family."""
        return {
            "methods": self.method,
            "paths": self.path,
            "headers": self.headers,
            "bodies": self.body,
            "days": self.days,
            "ids": self.ids,
            "sizes": self.size,
        }

    def cases(self, family: str, count: int) -> Iterator[Case]:
        """Draw some cases of a family."""
        draw = self.families()[family]
        return (draw() for _ in range(count))

    def method(self) -> Case:
        """A method that the address does not have."""
        while True:
            method = self.chance.choice((*ODD_METHODS, "PUT", "POST", "DELETE", "GET"))
            path = self.chance.choice(self.paths)
            # "suggestions" could be the id of a user, whom PUT asks for.
            is_id_too = method == "PUT" and path.endswith("/suggestions")
            if (method, path) not in self.known and not is_id_too:
                return Case(method, path, frozenset({405}), self._maybe_token())

    def path(self) -> Case:
        """An address that does not exist, or hardly."""
        letters = string.printable + "éß\0\u202e"
        pieces = [
            self.chance.choice(("", ".", "..", "%2e%2e", "static", "runs", "links"))
            or "".join(self.chance.choices(letters, k=self.chance.randint(1, 30)))
            for _ in range(self.chance.randint(1, 6))
        ]
        path = "/x" + quote("/".join(pieces), safe="/%")
        if self.chance.random() < 0.3:
            path = self.chance.choice(self.paths) + path
        expected = {401, 404, 405}
        if path.startswith("/static/"):
            expected.add(200)  # "x/.." leads back to where it was
        return Case("GET", path, frozenset(expected), self._maybe_token())

    def headers(self) -> Case:
        """A good address, asked with odd headers."""
        names = self.chance.sample(sorted(ODD_HEADERS), k=self.chance.randint(1, 6))
        sent = {name: self.chance.choice(ODD_HEADERS[name]) for name in names}
        path = self.chance.choice(self.paths)
        plain = {"headers": {k: v.replace("\r\n", "") for k, v in sent.items()}}
        good = frozenset({200, 206, 304})
        return Case("GET", path, REFUSALS | good, plain)

    def body(self) -> Case:
        """A genuine signature over a body that says nothing one could use."""
        data = self.chance.choice(ODD_JSON)
        kind = self.chance.choice(
            ("application/json", "text/plain", "", "x/y; charset=z")
        )
        sent = {"Content-Type": kind}
        if self.chance.random() < 0.5:
            name = self.chance.choice(("installed", "status-changed", "deleted"))
            sent["X-Addon-Lifecycle-Token"] = self.lifecycle
            path = f"/lifecycle/{name}"
        else:
            event = self.chance.choice(sorted(self.hooks))
            sent["clockify-signature"] = self.hooks[event]
            told = self.chance.choice((event, event, event.lower(), "NEW_TAG", ""))
            sent["clockify-webhook-event-type"] = told
            path = webhook_path(event)
        wrong = frozenset({400, 403, 422})
        return Case("POST", path, wrong, {"data": data, "headers": sent})

    def days(self) -> Case:
        """A period that makes no sense, asked for by an admin."""
        form = {
            "start": self.chance.choice(ODD_DAYS),
            "end": self.chance.choice((*ODD_DAYS, "2026-01-31")),
            "state": self.chance.choice(ODD_TEXTS),
            "page": self.chance.choice(ODD_TEXTS),
            "billable": self.chance.choice(ODD_TEXTS),
            "expected": self.chance.choice(ODD_TEXTS),
        }
        method, path = self.chance.choice(
            (("GET", "/entries"), ("POST", "/runs/confirmation"), ("POST", "/runs"))
        )
        where = "query_string" if method == "GET" else "data"
        return Case(method, path, REFUSALS | {200}, {where: form, **self._token()})

    def ids(self) -> Case:
        """A thing that does not exist, asked for by an admin."""
        odd = quote(self.chance.choice(ODD_TEXTS), safe="")
        target = self.chance.choice(ODD_TEXTS) or "employee:99999"
        choices: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", f"/runs/{odd}", {}),
            ("DELETE", f"/runs/{odd}", {}),
            ("GET", f"/links/{odd}", {}),
            ("PUT", f"/links/user/{odd}", {"target": target}),
            ("PUT", f"/links/project/{odd}", {"target": target}),
            ("PUT", f"/links/{odd}/{odd}", {"target": target}),
            ("PUT", "/preferences/item", {"item": target}),
            ("GET", "/quickbooks/callback", {}),
        ]
        if self.chance.random() < 0.05:  # these read entries, which takes a while
            choices = [
                ("POST", "/runs", {"entry": [target, odd], "expected": 2}),
                ("POST", "/runs/confirmation", {"entry": [target, odd]}),
            ]
        method, path, form = self.chance.choice(choices)
        more: dict[str, Any] = {"data": form, **self._token()}
        if path == "/quickbooks/callback":
            names = ("state", "code", "realmId", "error")
            told = {name: self.chance.choice(ODD_TEXTS) for name in names}
            more = {"query_string": told}
        return Case(method, path, REFUSALS | {200, 308}, more)

    def size(self) -> Case:
        """A body that is larger than anything we expect."""
        length = 2 * 1024 * 1024 + self.chance.randint(1, 10**12)
        route = self.chance.choice(self.doors.routes)
        more = self._maybe_token()
        more["content_length"] = length
        return Case(route.method, route.path, frozenset({413}), more)

    def _token(self) -> dict[str, Any]:
        return {"token": self.token}

    def _maybe_token(self) -> dict[str, Any]:
        return self._token() if self.chance.random() < 0.5 else {}
