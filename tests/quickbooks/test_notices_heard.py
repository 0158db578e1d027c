"""What a company tells the add-on when people work in it is heard and understood."""

from collections.abc import Iterator

import pytest
from werkzeug.wrappers import Request, Response

from addon.quickbooks.notices import BadSignature, Operation, from_http
from addon.sandbox.wire import Listener
from tests.sandbox.intuit_app import connected


class Ear:
    """An address that keeps what it hears."""

    def __init__(self):
        self.heard = []
        self.listener = Listener(self._hear)
        self.url = f"http://127.0.0.1:{self.listener.port}/quickbooks/webhooks"

    def _hear(self, environ, start_response):
        request = Request(environ)
        self.heard.append((dict(request.headers), request.get_data()))
        return Response("")(environ, start_response)


@pytest.fixture
def app() -> Iterator:
    """Open Craig's company."""
    with connected() as made:
        yield made


@pytest.fixture
def ear(app) -> Iterator[Ear]:
    """Listen to what the company tells."""
    made = Ear()
    made.listener.start()
    app.server.webhook_target = made.url
    yield made
    made.listener.stop()


def understood(app, ear):
    app.server.notices.flush()
    token = app.server.notices.verifier_token
    return [
        notice
        for headers, body in ear.heard
        for notice in from_http(headers, body, verifier_token=token)
    ]


@pytest.mark.parametrize("style", ["legacy", "cloudevents"])
def test_a_day_of_changes_is_understood_in_both_formats(app, ear, style):
    """Hiring, renaming, leaving, merging and changed settings all arrive."""
    app.server.notices.format = style
    company = app.company
    new = company.add_employee("Zoe Zander")
    company.rename("Customer", "3", "Cooler Cars")
    company.deactivate("Employee", "54")
    company.merge("Customer", "3", "4")
    company.set_payroll(True)

    told = [(n.entity, n.id, n.operation, n.deleted_id) for n in understood(app, ear)]

    assert told == [
        ("Employee", new, Operation.CREATED, None),
        ("Customer", "3", Operation.UPDATED, None),
        ("Employee", "54", Operation.UPDATED, None),
        ("Customer", "3", Operation.UPDATED, None),
        ("Customer", "4", Operation.MERGED, "3"),
        ("Preferences", "1", Operation.UPDATED, None),
    ]


@pytest.mark.parametrize("style", ["legacy", "cloudevents"])
def test_two_companies_are_told_apart(app, ear, style):
    """What happens in one company is never news of another."""
    app.server.notices.format = style
    other = app.server.add_company("other")
    app.company.rename("Customer", "3", "Cooler Cars")
    other.add_vendor("Somebody Else")

    found = understood(app, ear)

    assert [n.realm for n in found] == [app.realm, other.realm]
    assert all(n.at == app.clock.time for n in found)
    assert len({n.event_id for n in found}) == 2


def test_a_delivery_meant_for_another_app_is_refused(app, ear):
    """A real delivery proves nothing to somebody with another key."""
    app.company.rename("Customer", "3", "Cooler Cars")
    app.server.notices.flush()
    headers, body = ear.heard[0]

    with pytest.raises(BadSignature):
        from_http(headers, body, verifier_token="another")
