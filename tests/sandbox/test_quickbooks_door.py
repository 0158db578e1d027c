"""The door: tokens, companies, limits and subscriptions."""

from collections.abc import Iterator

import pytest
import requests
from lxml import etree

from tests.sandbox.intuit_app import App, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected(limits=True) as made:
        yield made


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer short", "Basic eDp5"])
def test_no_token_no_answer(app: App, header: str) -> None:
    """401 in the gateway's own lower-case form."""
    answer = app.call("GET", "preferences", headers={"Authorization": header})
    error = answer.json()["fault"]["error"][0]
    said = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert answer.status_code == 401
    assert (error["code"], error["message"]) == ("3200", said)
    assert answer.json()["fault"]["type"] == "AUTHENTICATION"
    sign = answer.headers["www-authenticate"]
    assert sign == 'Bearer realm="Intuit", error="invalid_token"'


def test_a_token_opens_its_own_company_only(app: App) -> None:
    """403 with 3100 for any other, existing or not."""
    other = app.server.add_company("payroll")
    for realm in (other.realm, "123"):
        answer = app.call("GET", "preferences", realm=realm)
        assert answer.status_code == 403
        assert answer.json()["fault"]["error"][0]["code"] == "3100"


def test_ten_calls_a_second(app: App) -> None:
    """The eleventh is refused in XML; a second later all is well."""
    codes = [app.call("GET", "preferences").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    refused = app.call("GET", "preferences")
    assert refused.headers["Content-Type"] == "application/xml"
    assert "Retry-After" not in refused.headers
    fault = etree.fromstring(refused.content)[0]
    assert fault.get("type") == "SERVICE"
    assert fault[0].get("code") == "3001"
    assert "ThrottleExceeded" in refused.text
    app.clock.pass_(seconds=1)
    assert app.call("GET", "preferences").status_code == 200


def test_five_hundred_calls_a_minute(app: App) -> None:
    """However evenly they come."""
    admitted = 0
    for _ in range(520):
        admitted += app.server.admits(app.realm, batch=False)
        app.clock.pass_(seconds=0.11)
    assert admitted == 500
    app.clock.pass_(seconds=10)
    assert app.call("GET", "preferences").status_code == 200


def test_forty_batches_a_minute(app: App) -> None:
    """Single calls still pass then."""
    empty = {"BatchItemRequest": []}
    codes = []
    for _ in range(41):
        codes.append(app.post("batch", empty).status_code)
        app.clock.pass_(seconds=1)
    assert codes == [200] * 40 + [429]
    assert app.call("GET", "preferences").status_code == 200
    app.clock.pass_(seconds=20)
    assert app.post("batch", empty).status_code == 200


def test_limits_count_per_company_and_can_be_lifted(app: App) -> None:
    """One busy company does not slow another."""
    for _ in range(10):
        app.call("GET", "preferences")
    first, tokens = app.realm, app.tokens
    app.connect(app.server.add_company("payroll").realm)
    assert app.call("GET", "preferences").status_code == 200
    app.realm, app.tokens = first, tokens
    app.server.retry_after = 30
    assert app.call("GET", "preferences").headers["Retry-After"] == "30"
    app.server.limits = None
    assert app.call("GET", "preferences").status_code == 200


def test_a_lapsed_subscription_refuses_everything(app: App) -> None:
    """6190, until it is paid again."""
    app.company.lapse()
    assert code_of(app.call("GET", "preferences")) == "6190"
    assert code_of(app.post("timeactivity", hours())) == "6190"
    app.company.lapse("PAID")
    assert app.call("GET", "preferences").status_code == 200


def test_a_user_who_was_removed_takes_the_app_with_them(app: App) -> None:
    """120, authorisation failure."""
    app.company.settings.user_allowed = False
    answer = app.call("GET", "preferences")
    assert (answer.status_code, code_of(answer)) == (403, "120")
    assert answer.json()["Fault"]["type"] == "AuthorizationFault"


def test_a_slow_service_is_slow(app: App) -> None:
    """Every call takes its time, and stopping wakes who is waiting."""
    app.server.latency = 0.05
    assert app.call("GET", "preferences").elapsed.total_seconds() >= 0.05


def test_every_call_is_logged_for_counting(app: App) -> None:
    """Method, path, query and status, without the bearer token."""
    app.server.requests.clear()
    app.post("timeactivity", hours(), requestid="r", minorversion="75")
    seen = app.server.requests[0]
    assert (seen.method, seen.status) == ("POST", 200)
    assert seen.path == f"/v3/company/{app.realm}/timeactivity"
    assert seen.query == {"requestid": "r", "minorversion": "75"}
    assert str(app.tokens["access_token"]) not in str(seen)


def test_two_worlds_stand_side_by_side() -> None:
    """Each on a port of its own."""
    with connected() as one, connected("payroll") as two:
        assert one.server.origin != two.server.origin
        assert requests.get(two.server.origin, timeout=5).status_code == 200
