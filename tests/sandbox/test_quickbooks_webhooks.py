"""Intuit's webhooks: changes are told, signed, in either format."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest
from werkzeug.wrappers import Request, Response

from addon.sandbox.wire import Listener
from tests.sandbox.intuit_app import App, connected, hours


class Ear:
    """An app that hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.listener = Listener(self._hear)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.port}/hooks"

    def _hear(self, environ, start_response):
        request = Request(environ)
        self.heard.append((dict(request.headers), request.get_data()))
        return Response("ok")(environ, start_response)


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


@pytest.fixture
def ear(app: App) -> Iterator[Ear]:
    made = Ear()
    made.listener.start()
    app.server.webhook_target = made.url
    yield made
    made.listener.stop()


def test_a_rename_is_told_as_a_cloud_event(app: App, ear: Ear) -> None:
    """With company and id only; the signature is over the raw bytes."""
    app.company.rename("Customer", "3", "Cooler Cars")
    app.server.notices.flush()
    headers, body = ear.heard[0]
    event = json.loads(body)[0]
    assert event["type"] == "qbo.customer.updated.v1"
    assert (event["intuitaccountid"], event["intuitentityid"]) == (app.realm, "3")
    assert event["time"] == "2026-03-04T18:00:00Z"
    key = app.server.notices.verifier_token.encode()
    digest = hmac.new(key, body, hashlib.sha256).digest()
    assert headers["Intuit-Signature"] == base64.b64encode(digest).decode()
    assert headers["Content-Type"] == "application/cloudevents+json"


def test_the_older_format_can_be_chosen(app: App, ear: Ear) -> None:
    """One notice per company, with its changes."""
    app.server.notices.format = "legacy"
    app.company.merge("Customer", "3", "4")
    app.server.notices.flush()
    entities = []
    for _, body in ear.heard:
        for notice in json.loads(body)["eventNotifications"]:
            assert notice["realmId"] == app.realm
            entities += notice["dataChangeEvent"]["entities"]
    assert entities[-1]["operation"] == "Merge"
    assert entities[-1]["deletedId"] == "3"


def test_own_writes_come_back_too(app: App, ear: Ear) -> None:
    """Create, update and delete of time, and the closing of the books."""
    app.post("timeactivity", hours())
    app.company.edit_activity("1", Hours=3)
    app.company.delete_activity("1")
    app.company.set_payroll(True)
    app.server.notices.flush()
    events = [event for _, body in ear.heard for event in json.loads(body)]
    assert [event["type"] for event in events] == [
        "qbo.timeactivity.created.v1",
        "qbo.timeactivity.updated.v1",
        "qbo.timeactivity.deleted.v1",
        "qbo.preferences.updated.v1",
    ]
    assert len({event["id"] for event in events}) == 4


def test_webhooks_can_be_lost_or_switched_off(app: App, ear: Ear) -> None:
    """Nobody may rely on them."""
    app.server.notices.drop = 1
    app.company.rename("Customer", "3", "A")
    app.server.notices.flush()
    assert ear.heard == []
    app.server.notices.on = False
    app.company.rename("Customer", "3", "B")
    app.server.notices.flush()
    assert ear.heard == []
    app.server.notices.on = True
    app.company.rename("Customer", "3", "C")
    app.server.notices.flush()
    assert len(ear.heard) == 1


def test_an_app_that_cannot_be_reached_does_no_harm(app: App) -> None:
    """The company goes on."""
    app.server.webhook_target = "http://127.0.0.1:1/nobody"
    app.company.rename("Customer", "3", "A")
    app.server.notices.flush()
    assert [d.status for d in app.server.notices.sent] == [0]
