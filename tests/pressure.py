"""Large sendings on a clock that tests move: what holds them up, and for how long."""

import random
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self

import requests
from sqlalchemy import func, select
from urllib3.exceptions import MaxRetryError, NameResolutionError

from addon import _intuit
from addon.records import db, everywhere, within
from addon.records.receipt import Receipt
from addon.records.run import Piece, PieceState
from addon.transfer.outside import Outside
from addon.transfer.progress import Progress, progress
from addon.transfer.refresh import ask, refresh
from tests.life import Life
from tests.overlap import _do
from tests.schedules import Firm
from tests.weather import MONDAY, Direct, Time

MINUTE = timedelta(minutes=1)
USERS = ("Emily Platt", "Johnson, John", "Pam Seitz")
PROJECTS = ("Cool Cars", "Jeff's Jalopies", None)


class Steady:
    """Calls under way at once; each takes 0.3 s and 0.1 s more for each item."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._ends: dict[Future[Any], datetime] = {}

    def __enter__(self) -> Self:
        """Open the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget what was under way."""

    def submit(self, call: Any) -> Future[Any]:
        """Begin a call; QuickBooks acts at once and answers later."""
        future = Future[Any]()
        _do(call, future)
        items = len(call.__self__.flight.pieces)
        self._ends[future] = self._time.now + timedelta(seconds=0.3 + 0.1 * items)
        return future

    def wait(self, calls: Collection[Future[Any]], seconds: float) -> set[Future[Any]]:
        """Let time pass until the first of these is over."""
        first = min(calls, key=lambda each: self._ends[each])
        left = max(0.0, (self._ends[first] - self._time.now).total_seconds())
        self._time.forward(min(left, seconds))
        if left > seconds:
            return set()
        del self._ends[first]
        return {first}


class Road(Direct):
    """The way to the services; it can be blocked, and knows who went along it."""

    blocked: str = ""
    block_after: tuple[int, str] | None = None  # so many calls
    calls: list[datetime]

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **_: object
    ) -> requests.Response:
        """Carry one request, or not."""
        if "/v3/company/" in (request.url or ""):
            self.calls.append(self.weather.time.now)
            self.weather.killer.steps = 0
            if self.block_after and len(self.calls) > self.block_after[0]:
                self.blocked, self.block_after = self.block_after[1], None
            if self.blocked:
                return self._blocked(request)
        return super().send(request)

    def _blocked(self, request: requests.PreparedRequest) -> requests.Response:
        if self.blocked == "DNS":
            reason = NameResolutionError("quickbooks", None, OSError("?"))  # type: ignore[arg-type]
            raise requests.ConnectionError(MaxRetryError(None, "", reason))  # type: ignore[arg-type]
        if self.blocked == "TLS":
            raise requests.exceptions.SSLError("certificate verify failed")
        self.weather.script, self.weather.struck = ["502"], []
        answer = self._meet(request, "502")
        self.weather.script = []
        return answer  # type: ignore[no-any-return]


class Pressure(Firm):
    """A firm that sends much at once."""

    road: Road

    def _session(self) -> requests.Session:
        http = super()._session()
        plain = http.get_adapter("http://")
        assert isinstance(plain, Direct)
        self.road = Road({}, self.weather)
        self.road._doors, self.road.calls = plain._doors, []
        http.mount("http://", self.road)
        return http

    def machine(self, name: str) -> Outside:
        """Begin a process of the add-on."""
        usual = self.world.outside
        return replace(
            usual,
            http=self.http,
            intuit=_intuit(self.http, usual.settings),
            sleep=self.time.forward,
            ring=self._ring,
            owner=name,
            pool=lambda _most: Steady(self.time),  # type: ignore[arg-type,return-value]
        )

    def begin(self, entries: int, words: Callable[[int], str]) -> None:
        """Track so many entries, no two alike, and press Send."""
        self.clean(Life(seed=1))
        self.road.blocked = ""
        self.road.calls.clear()
        self.world.sandbox.quickbooks.trouble.clear()
        dice, workspace, ids = random.Random(1), self.workspaces[0], []
        for number in range(entries):
            start = MONDAY - timedelta(days=1 + number % 14, minutes=number % 300)
            end = start + timedelta(minutes=1 + number % 400)
            facts = {"description": words(number)}
            who, what = dice.choice(USERS), dice.choice(PROJECTS)
            ids.append(workspace._new_entry(who, what, start, end, facts).id)
        self._press_send(0, ids)

    def drive(
        self,
        until: datetime | None = None,
        also: Callable[[], None] = lambda: None,
        *,
        is_enough: Callable[[], bool] | None = None,
    ) -> None:
        """Let two processes do what rings, until all is over or it is so late."""
        machines = [self.machine("one"), self.machine("two")]
        turn = 0
        is_open = self._is_open if is_enough is None else lambda: not is_enough()
        while is_open() and (until is None or self.time.now < until):
            self.killer.steps = 0
            company_id = self._next_ring()
            if company_id is not None:
                turn += 1
                self._work(machines[turn % 2], company_id, Life(seed=1))
            also()

    def look_for_news(self) -> None:
        """Let a third process read the company's lists anew."""
        outside = self.machine("three")
        with self.world.app.app_context(), within(self.homes[0]):
            with self.world.inside(self.workspaces[0]) as here:
                ask(outside, here)
            refresh(outside, self.homes[0])

    def seen(self) -> Progress:
        """Look at the run as its panel does."""
        with self.world.app.app_context(), within(self.homes[0]):
            found = progress(self._run_id(), self.time.now)
            assert found is not None
            db.session.rollback()
            return found

    def _run_id(self) -> int:
        return db.session.scalars(select(Piece.run_id).limit(1)).first() or 1

    def all_pieces(self) -> list[Piece]:
        """List all pieces."""
        with self.world.app.app_context(), everywhere():
            found = list(db.session.scalars(select(Piece).order_by(Piece.id)))
            db.session.expunge_all()
            return found

    def last_recorded(self) -> datetime:
        """Say when the last receipt was written."""
        with self.world.app.app_context(), everywhere():
            found = db.session.scalar(select(func.max(Receipt.recorded_at)))
            db.session.rollback()
            assert found is not None
            return found

    def left(self) -> int:
        """Count pieces that are not recorded yet."""
        states = [each.state for each in self.all_pieces()]
        return len(states) - states.count(PieceState.RECORDED) if states else 1
