"""Webhooks out: tells the app what changed in a company, signed, in the background."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import requests

from addon.sandbox.quickbooks.ledger import Change

_WORDS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook call and how it was answered (0: not reached)."""

    body: bytes
    status: int


class Notices:
    """Sends the changes of all companies to one address."""

    def __init__(self, verifier_token: str) -> None:
        self.verifier_token = verifier_token
        self.target: str | None = None
        self.format = "cloudevents"  # or "legacy"
        self.on = True
        self.drop = 0  # so many of the next calls are lost on the way
        self.sent: list[Delivery] = []
        self._changes: queue.Queue[tuple[str, Change]] = queue.Queue()
        self._thread: threading.Thread | None = None

    def note(self, realm: str, change: Change) -> None:
        """Take a change on; nothing happens while no address is set."""
        if self.target is None or not self.on:
            return
        self._changes.put((realm, change))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def flush(self) -> None:
        """Wait until all that was noted has been sent (or lost)."""
        self._changes.join()

    def body(self, events: list[tuple[str, Change]]) -> bytes:
        """The body of one call in the format that is set."""
        shape = _legacy(events) if self.format == "legacy" else _cloud(events)
        return json.dumps(shape).encode()

    def signature(self, body: bytes) -> str:
        """The value of the intuit-signature header."""
        digest = hmac.new(self.verifier_token.encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def _work(self) -> None:
        while True:
            events = [self._changes.get()]
            while not self._changes.empty():
                events.append(self._changes.get())
            try:
                self._deliver(self.body(events))
            finally:
                for _ in events:
                    self._changes.task_done()

    def _deliver(self, body: bytes) -> None:
        if self.drop > 0:
            self.drop -= 1
            return
        if self.target is None:
            return
        kind = "json" if self.format == "legacy" else "cloudevents+json"
        headers = {
            "intuit-signature": self.signature(body),
            "Content-Type": f"application/{kind}",
        }
        try:
            answer = requests.post(self.target, data=body, headers=headers, timeout=10)
        except requests.RequestException:
            self.sent.append(Delivery(body, 0))
            return
        self.sent.append(Delivery(body, answer.status_code))


def _legacy(events: list[tuple[str, Change]]) -> dict[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for realm, change in events:
        entity = {
            "name": change.entity,
            "id": change.id,
            "operation": change.operation,
            "lastUpdated": change.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        }
        if change.deleted_id:
            entity["deletedId"] = change.deleted_id
        by_realm.setdefault(realm, []).append(entity)
    notices = [
        {"realmId": realm, "dataChangeEvent": {"entities": entities}}
        for realm, entities in by_realm.items()
    ]
    return {"eventNotifications": notices}


def _cloud(events: list[tuple[str, Change]]) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
            "type": f"qbo.{change.entity.lower()}.{_WORDS[change.operation]}.v1",
            "datacontenttype": "application/json",
            "time": change.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "intuitentityid": change.id,
            "intuitaccountid": realm,
            "data": {"deletedid": change.deleted_id} if change.deleted_id else {},
        }
        for realm, change in events
    ]
