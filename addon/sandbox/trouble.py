"""Failures as a setting of the pretend world: what a network or a busy service does."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Ending(StrEnum):
    """How the answer leaves: whole, not at all, or torn off in the middle."""

    WHOLE = "whole"
    DROPPED = "dropped"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the caller."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """One way to go wrong; made by the functions below."""

    name: str
    handled: bool = True  # False: the service never sees the request
    wait_before: float = 0.0  # seconds
    wait_after: float = 0.0  # seconds, the work being done already
    change: Callable[[Answer], Answer] | None = None
    ending: Ending = Ending.WHOLE


def answer(
    status: int,
    body: str | bytes | dict[str, Any] = b"",
    content_type: str = "application/json",
    *,
    headers: tuple[tuple[str, str], ...] = (),
    after: bool = False,
) -> Effect:
    """Answer this instead; with `after` the work is done all the same."""
    if isinstance(body, dict):
        body = json.dumps(body)
    raw = body.encode() if isinstance(body, str) else body
    given = Answer(status, raw, content_type, headers)
    return Effect(f"answer {status}", handled=after, change=lambda _: given)


def slow(seconds: float, *, after: bool = False) -> Effect:
    """Take this long; with `after` the work is done first, then the wait."""
    if after:
        return Effect("slow after", wait_after=seconds)
    return Effect("slow", wait_before=seconds)


def drop_before() -> Effect:
    """Hang up before anything is done."""
    return Effect("drop before", handled=False, ending=Ending.DROPPED)


def drop_after(wait: float = 0.0) -> Effect:
    """Do the work, then hang up: the write is committed, the answer lost."""
    return Effect("drop after", wait_after=wait, ending=Ending.DROPPED)


def cut() -> Effect:
    """Do the work and tear the answer off half-way."""
    return Effect("cut", ending=Ending.CUT)


def html_502(*, after: bool = False) -> Effect:
    """Answer as a proxy in front of the service does when it fails."""
    page = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body>"
    return replace(
        answer(502, page + "</html>", "text/html", after=after), name="html 502"
    )


def empty(status: int = 200, *, after: bool = False) -> Effect:
    """Answer 200 and not one byte."""
    return replace(answer(status, b"", after=after), name="empty")


def nothing(*, after: bool = False) -> Effect:
    """Answer 200 with a batch answer that holds no items (a silent no-op)."""
    given = {"BatchItemResponse": [], "time": "2026-01-05T09:00:00.000-08:00"}
    return replace(answer(200, given, after=after), name="200 with nothing")


def ok_with_fault(code: str = "10000", detail: str = "System Failure Error") -> Effect:
    """Answer 200 whose body holds a Fault (seen live at QuickBooks)."""
    message = "An application error has occurred while processing your request"
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    kind = "SystemFault" if code == "10000" else "ValidationFault"
    fault = {"Fault": {"Error": [error], "type": kind}}
    return replace(answer(200, fault), name="200 with Fault")


def throttled_xml(retry_after: int | None = None) -> Effect:
    """Answer QuickBooks' 429, in XML although JSON was asked for."""
    said = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    body = (
        '<IntuitResponse time="2026-01-05T09:00:00.000-08:00"'
        ' xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE">'
        f'<Error code="3001"><Message>{said}</Message><Detail>The request limit was'
        " reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
    )
    headers = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
    given = answer(429, body, "application/xml", headers=headers)
    return replace(given, name="throttled")


def missing_items(count: int = 1) -> Effect:
    """Do the whole batch, then leave its last `count` items out of the answer."""
    return _batch_effect("missing items", lambda items: items[:-count])


def reordered_items() -> Effect:
    """Do the whole batch, then answer its items in the opposite order."""
    return _batch_effect("reordered items", lambda items: items[::-1])


def _batch_effect(name: str, turn: Callable[[list[Any]], list[Any]]) -> Effect:
    def change(given: Answer) -> Answer:
        if b"BatchItemResponse" not in given.body:
            return given
        body = json.loads(given.body)
        body["BatchItemResponse"] = turn(body["BatchItemResponse"])
        return replace(given, body=json.dumps(body).encode())

    return Effect(name, change=change)


@dataclass(slots=True)
class Rule:
    """Which calls an effect strikes, and how often."""

    effect: Effect
    method: str | None = None
    path: str | None = None  # regular expression, searched in the path
    body: str | None = None  # regular expression, searched in the request's body
    nth: int = 1  # the first strike is at this matching call
    times: int | None = 1  # None: from then on always
    seen: int = 0

    def strikes(self, seen: Seen) -> bool:
        """Count the call if it matches; true when the effect is due."""
        if self.method and self.method != seen.method:
            return False
        if self.path and not re.search(self.path, seen.path):
            return False
        if self.body and not re.search(self.body, seen.body.decode(errors="replace")):
            return False
        self.seen += 1
        return self.seen >= self.nth and not self.spent(self.seen - 1)

    def spent(self, seen: int | None = None) -> bool:
        """True when the rule has struck as often as it may."""
        count = self.seen if seen is None else seen
        return self.times is not None and count >= self.nth - 1 + self.times


@dataclass(slots=True)
class Trouble:
    """The failures a server has in store; earlier rules go first."""

    rules: list[Rule] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(
        self,
        *,
        effect: Effect,
        path: str | None = None,
        method: str | None = None,
        body: str | None = None,
        nth: int = 1,
        times: int = 1,
    ) -> Rule:
        """Strike the next matching call (or the nth), once or `times` in a row."""
        return self._add(Rule(effect, method, path, body, nth, times))

    def always(
        self,
        *,
        effect: Effect,
        path: str | None = None,
        method: str | None = None,
        body: str | None = None,
        nth: int = 1,
    ) -> Rule:
        """Strike every matching call (from the nth on) until cleared."""
        return self._add(Rule(effect, method, path, body, nth, None))

    def drop_answer_after_write(self, path: str | None = None) -> Rule:
        """Commit the next write and lose its answer."""
        return self.next(method="POST", path=path, effect=drop_after())

    def clear(self) -> None:
        """From here on everything works."""
        with self._lock:
            self.rules.clear()

    def for_call(self, seen: Seen) -> Effect | None:
        """The effect due for this call, if any; spent rules go away."""
        with self._lock:
            due = next((rule for rule in self.rules if rule.strikes(seen)), None)
            self.rules[:] = [rule for rule in self.rules if not rule.spent()]
            if due is None:
                return None
            self.struck.append(due.effect.name)
            return due.effect

    def _add(self, rule: Rule) -> Rule:
        with self._lock:
            self.rules.append(rule)
        return rule


@dataclass(slots=True)
class Seen:
    """One call as it came in, without its Authorization header."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: datetime
    status: int = 0  # 0: never answered
