"""Delivering webhooks as Clockify does: soon, at least once, in no promised order."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

TIMEOUT = 10.0


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one address."""

    event: str
    url: str
    token: str
    body: bytes
    due: float = 0.0
    attempt: int = 1


@dataclass(frozen=True)
class Attempt:
    """What became of one try; status 0 means that nobody answered."""

    event: str
    url: str
    idempotency_key: str
    body: bytes
    status: int


@dataclass
class Hooks:
    """
    The post office of one workspace, with habits that can be set.

    lose: how many of the coming events vanish; lose_events: kinds that always vanish;
    double: every event goes out twice; delay: seconds before the first try;
    reorder: waiting events leave in a random order; hold: nothing leaves until
    release() or flush(); attempts: tries per event; retry_after: seconds between
    them (Clockify was seen to wait 14 to 70).
    """

    lose: int = 0
    lose_events: set[str] = field(default_factory=set)
    double: bool = False
    delay: float = 0.0
    reorder: bool = False
    hold: bool = False
    attempts: int = 5
    retry_after: float = 14.0
    sent: list[Attempt] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    given_up: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting: list[Delivery] = []
        self._in_flight = 0
        self._rushing = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._random = random.Random(7)

    def deliver(
        self, event: str, payload: Mapping[str, Any], *, url: str, token: str
    ) -> None:
        """Put one event in the post; a thread carries it."""
        with self._changed:
            if self._is_lost(event):
                self.lost.append(event)
                return
            body = json.dumps(payload).encode()
            due = time.monotonic() + self.delay
            one = Delivery(event=event, url=url, token=token, body=body, due=due)
            self._waiting += [one, one] if self.double else [one]
            self._start()
            self._changed.notify_all()

    def release(self) -> None:
        """Stop holding events back."""
        with self._changed:
            self.hold = False
            self._changed.notify_all()

    def flush(self, timeout: float = 30.0) -> None:
        """Send all that waits at once, retries too, and return when it is done."""
        with self._changed:
            self._rushing += 1
            self._changed.notify_all()
            try:
                done = self._changed.wait_for(
                    lambda: not self._waiting and not self._in_flight, timeout
                )
            finally:
                self._rushing -= 1
        if not done:
            raise TimeoutError("webhooks are still on their way")

    def forget(self) -> None:
        """Drop what has not been sent, as an uninstallation does."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """End the delivering thread."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=TIMEOUT + 1)

    @property
    def waiting(self) -> list[str]:
        """The events still in the post, oldest first."""
        with self._changed:
            return [one.event for one in self._waiting]

    def _is_lost(self, event: str) -> bool:
        if event in self.lose_events:
            return True
        if self.lose > 0:
            self.lose -= 1
            return True
        return False

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(
                target=self._run, name="webhooks", daemon=True
            )
            self._thread.start()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (one := self._next()) is not None:
                self._settle(one, _post(session, one))

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._closed:
                ready = self._ready()
                if ready:
                    one = self._random.choice(ready) if self.reorder else ready[0]
                    self._waiting.remove(one)
                    self._in_flight += 1
                    return one
                self._changed.wait(self._pause())
            return None

    def _ready(self) -> list[Delivery]:
        if self._rushing:
            return list(self._waiting)
        if self.hold:
            return []
        now = time.monotonic()
        return [one for one in self._waiting if one.due <= now]

    def _pause(self) -> float | None:
        if self.hold or not self._waiting:
            return None
        return max(0.01, min(one.due for one in self._waiting) - time.monotonic())

    def _settle(self, one: Delivery, attempt: Attempt) -> None:
        with self._changed:
            self.sent.append(attempt)
            self._in_flight -= 1
            if not 200 <= attempt.status < 300 and not self._closed:
                self._again(one)
            self._changed.notify_all()

    def _again(self, one: Delivery) -> None:
        if one.attempt >= self.attempts:
            self.given_up.append(one)
            return
        due = time.monotonic() + self.retry_after
        self._waiting.append(replace(one, attempt=one.attempt + 1, due=due))


def _post(session: requests.Session, one: Delivery) -> Attempt:
    # Clockify: the idempotency key is new on every attempt, so useless for dedup.
    mark = str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json",
        "clockify-signature": one.token,
        "clockify-webhook-event-type": one.event,
        "idempotency-key": mark,
    }
    try:
        answer = session.post(
            one.url,
            data=one.body,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        status = answer.status_code
    except requests.RequestException:
        status = 0
    return Attempt(one.event, one.url, mark, one.body, status)
