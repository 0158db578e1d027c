"""Bad weather between the add-on and QuickBooks, on a clock that tests move."""

import heapq
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from sqlalchemy import Engine, event
from urllib3.exceptions import MaxRetryError, NewConnectionError
from werkzeug.test import Client

MONDAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
# A server gives up on a call after this many seconds, so nothing happens later.
SERVER_LIMIT = 118.0
# One life of a few entries has a few hundred steps.
MOST_STEPS = 60_000


class Killed(BaseException):
    """The process ends here, as after kill -9: nothing of it runs any more."""


class Spinning(BaseException):
    """The add-on works without end."""


class Time:
    """A clock that stands still; what was planned happens while it is moved."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._start = self.now = start
        self._plans: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def seconds(self) -> float:
        """Count seconds that nobody can set."""
        return self.now.timestamp()

    def begin(self) -> None:
        """Begin the same day once more, with no plans."""
        self.now = self._start
        self._plans.clear()

    def later(self, seconds: float, deed: Callable[[], object]) -> None:
        """Plan a deed."""
        at = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._plans, (at, next(self._numbers), deed))

    def forward(self, seconds: float) -> bool:
        """Move ahead, doing what falls due on the way; nobody asks to end."""
        until = self.now + timedelta(seconds=max(0.0, seconds))
        while self._plans and self._plans[0][0] <= until:
            at, _, deed = heapq.heappop(self._plans)
            self.now = max(self.now, at)
            deed()
        self.now = max(self.now, until)
        return False


@dataclass
class Killer:
    """Ends the process at a chosen step: a statement, a commit, an end of a call."""

    at: int | None = None
    steps: int = 0
    most: int = MOST_STEPS

    def watch(self, engine: Engine) -> None:
        """Count what an engine does."""

        @event.listens_for(engine, "before_cursor_execute")
        def _statement(*_: object) -> None:
            self.step()

        @event.listens_for(engine, "commit")
        def _commit(*_: object) -> None:
            self.step()

    def step(self) -> None:
        """Go one step on; from the chosen one nothing works any more."""
        self.steps += 1
        if self.steps > self.most:
            raise Spinning(f"no end after {self.steps} steps")
        if self.at is not None and self.steps >= self.at:
            raise Killed


@dataclass
class Weather:
    """What strikes calls to a company, by the dice of one schedule."""

    time: Time
    dice: random.Random
    killer: Killer
    troubles: int = 0  # how many are left
    chance: float = 0.0
    struck: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)  # strikes the next writes first
    kinds: tuple[str, ...] = ()  # what can strike writes
    reads: tuple[str, ...] = ()  # what can strike reads, where not everything can
    # Told of each activity that a batch has made.
    made: Callable[[str], object] = lambda _id: None

    def strike(self, is_write: bool) -> str:
        """Say what happens to the next call."""
        if is_write and self.script:
            self.struck.append(self.script.pop(0))
            return self.struck[-1]
        if self.troubles <= 0 or self.dice.random() >= self.chance:
            return "fine"
        self.troubles -= 1
        found = self.dice.choice(self.kinds if is_write else self.reads or READS)
        self.struck.append(found)
        return found


READS = ("refused", "reset", "502", "429", "fault", "blank")
WRITES = (
    "refused",
    "reset",
    "502",
    "429",
    "429 xml",
    "fault",
    "blank",
    "nothing",
    "600",
    "lost",
    "lost",
    "lost",
    "late",
    "late",
    "502 after",
    "fault after",
    "blank after",
    "nothing after",
    "cut",
    "missing",
    "missing",
    "reordered",
    "faulty items after",
    "throttled items",
)
_FAULT = '{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"CODE"}],"type":"x"}}'
_XML = (
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE">'
    '<Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001;'
    " statusCode=429</Message></Error></Fault></IntuitResponse>"
)
_ANSWERS = {
    "502": (502, "<html>Bad Gateway</html>"),
    "429": (429, _FAULT.replace("CODE", "3001")),
    "429 xml": (429, _XML),
    "fault": (200, _FAULT.replace("CODE", "10000")),
    "600": (200, _FAULT.replace("CODE", "600")),
    "blank": (200, ""),
    "nothing": (200, '{"BatchItemResponse":[]}'),
}


class Direct(BaseAdapter):
    """Hands requests to the pretend services without sockets, through the weather."""

    def __init__(self, apps: dict[str, Any], weather: Weather) -> None:
        super().__init__()
        self.weather = weather
        self._doors = {origin: Client(app) for origin, app in apps.items()}

    def send(  # type: ignore[override]
        self,
        request: requests.PreparedRequest,
        *,
        timeout: tuple[float, float] = (0.0, 0.0),
        **_: object,
    ) -> requests.Response:
        """Carry one request, or not; whoever reads in vain waits for his time-out."""
        weather = self.weather
        weather.killer.step()
        is_ours = "/v3/company/" in (request.url or "")
        effect = weather.strike(request.method == "POST") if is_ours else "fine"
        if effect == "lost" and request.method == "GET":
            weather.time.forward(timeout[1])
        answer = self._meet(request, effect)
        weather.killer.step()
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _meet(self, request: requests.PreparedRequest, effect: str) -> Any:
        if effect == "refused":
            reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
            raise requests.ConnectionError(
                MaxRetryError(None, request.url, reason)  # type: ignore[arg-type]
            )
        if effect == "reset":
            raise requests.ConnectionError("reset")
        if effect in {"late", "at the last moment"}:
            seconds = SERVER_LIMIT
            if effect == "late":
                seconds = self.weather.dice.uniform(0, SERVER_LIMIT)
            self.weather.time.later(seconds, lambda: self._work(request))
            raise requests.ReadTimeout("no answer")
        if effect in _ANSWERS:
            return _response(request, *_ANSWERS[effect])
        if effect == "throttled items":
            return self._throttle_some(request)
        return _told(request, self._work(request), effect, self.weather.dice)

    def _throttle_some(self, request: requests.PreparedRequest) -> requests.Response:
        """Do a part of a batch and say of the rest that it was too much."""
        body = json.loads(request.body or "{}")
        items = body.get("BatchItemRequest", [])
        away = [one for one in items if self.weather.dice.random() < 0.5]
        kept = [one for one in items if one not in away]
        if not kept:
            return _response(request, *_ANSWERS["429"])
        part = request.copy()
        part.prepare_body(json.dumps({"BatchItemRequest": kept}), None)
        answer = self._work(part)
        data = json.loads(answer.content)
        data["BatchItemResponse"] += [
            {"bId": one["bId"], **json.loads(_ANSWERS["429"][1])} for one in away
        ]
        return _response(request, 200, json.dumps(data))

    def _work(self, request: requests.PreparedRequest) -> requests.Response:
        address = urlsplit(request.url or "")
        body = request.body or b""
        given = self._doors[f"{address.scheme}://{address.netloc}"].open(
            address.path,
            method=request.method,
            query_string=address.query,
            headers=dict(request.headers),
            data=body.encode() if isinstance(body, str) else body,
        )
        text = given.get_data()
        if address.path.endswith("/batch") and given.status_code == 200:
            for item in json.loads(text).get("BatchItemResponse", []):
                if "Id" in item.get("TimeActivity", {}):
                    self.weather.made(item["TimeActivity"]["Id"])
        return _response(request, given.status_code, text, dict(given.headers))


def _told(
    request: requests.PreparedRequest,
    given: requests.Response,
    effect: str,
    dice: random.Random,
) -> requests.Response:
    """The work is done; say how the answer arrives."""
    if effect == "lost":
        raise requests.ReadTimeout("no answer")
    if effect == "cut":
        raise requests.exceptions.ChunkedEncodingError("torn off")
    if effect.endswith(" after") and effect.removesuffix(" after") in _ANSWERS:
        return _response(request, *_ANSWERS[effect.removesuffix(" after")])
    data = given.json() if effect != "fine" else {}
    items = data.get("BatchItemResponse")
    if not items:
        return given
    if effect == "missing":
        dice.shuffle(items)
        del items[dice.randrange(len(items)) :]
    elif effect == "reordered":
        items.reverse()
    elif effect == "faulty items after":
        fault = json.loads(_ANSWERS["fault"][1])
        data["BatchItemResponse"] = [
            {"bId": one["bId"], **fault} if dice.random() < 0.5 else one
            for one in items
        ]
    return _response(request, 200, json.dumps(data))


def _response(
    request: requests.PreparedRequest,
    status: int,
    body: str | bytes,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.raw = io.BytesIO(body.encode() if isinstance(body, str) else body)
    made.headers.update(headers or {"Content-Type": "application/json"})
    made.request, made.url = request, request.url or ""
    return made
