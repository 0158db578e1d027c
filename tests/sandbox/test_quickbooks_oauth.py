"""Connecting, refreshing and disconnecting at the pretend Intuit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.sandbox.intuit_app import CALLBACK, App, connected


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


def test_an_admin_connects_and_comes_back_with_code_state_and_company(app: App) -> None:
    """The address gone back to holds all three."""
    back = app.approve()
    assert back["state"] == "the state & more"
    assert back["realmId"] == app.server.company.realm
    assert app.exchange(back["code"]).status_code == 200


def test_an_admin_who_cancels_comes_back_with_access_denied(app: App) -> None:
    """Nobody is connected against their will."""
    address = app.server.approve(app.authorize_url(), decision="cancel")
    found = dict(parse_qsl(urlsplit(address).query))
    assert found == {"error": "access_denied", "state": "the state & more"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_id": "another"},
        {"redirect_uri": ""},
        {"redirect_uri": "not an address"},
        {"response_type": "token"},
        {"scope": ""},
        {"scope": "com.intuit.everything"},
        {"state": ""},
    ],
)
def test_a_wrong_request_stops_at_intuits_own_page(app: App, changes) -> None:
    """Intuit shows the problem itself and sends nobody anywhere."""
    answer = requests.get(app.authorize_url(**changes), timeout=5)
    assert answer.status_code == 400
    assert "connect</h1>" in answer.text


def test_only_registered_addresses_are_gone_back_to(app: App) -> None:
    """An exact match is needed once addresses are registered."""
    app.server.redirect_uris = {CALLBACK}
    assert requests.get(app.authorize_url(), timeout=5).status_code == 200
    other = app.authorize_url(redirect_uri=f"{CALLBACK}/")
    assert requests.get(other, timeout=5).status_code == 400


def test_the_consent_page_lets_choose_between_companies(app: App) -> None:
    """With one company there is nothing to choose."""
    assert "Which company?" not in requests.get(app.authorize_url(), timeout=5).text
    second = app.server.add_company("payroll")
    page = requests.get(app.authorize_url(), timeout=5).text
    assert "Which company?" in page
    assert "Larry&#39;s Bakery" in page
    assert app.approve(second.realm)["realmId"] == second.realm


def test_a_code_works_once_for_ten_minutes_and_one_address(app: App) -> None:
    """Everything else is invalid_grant."""
    code = app.approve()["code"]
    assert app.exchange(code, "https://evil.example/").status_code == 400
    once = app.approve()["code"]
    assert app.exchange(once).status_code == 200
    assert app.exchange(once).json()["error"] == "invalid_grant"
    late = app.approve()["code"]
    app.clock.pass_(minutes=11)
    assert app.exchange(late).json() == {
        "error": "invalid_grant",
        "error_description": "Token invalid",
    }


def test_a_wrong_secret_is_invalid_client(app: App) -> None:
    """Tokens go to the app alone."""
    answer = requests.post(app.server.token_url, auth=("x", "y"), timeout=5)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert requests.post(app.server.revoke_url, timeout=5).status_code == 401


def test_an_unknown_kind_of_grant_is_refused(app: App) -> None:
    """Neither a code nor a refresh token."""
    answer = app.token_call(grant_type="password")
    assert answer.json() == {"error": "unsupported_grant_type"}


def test_an_access_token_lives_an_hour(app: App) -> None:
    """Then it needs renewing."""
    assert app.tokens["expires_in"] == 3600
    app.clock.pass_(minutes=59)
    assert app.call("GET", "preferences").status_code == 200
    app.clock.pass_(minutes=1)
    assert app.call("GET", "preferences").status_code == 401
    app.tokens = app.refresh().json()
    assert app.call("GET", "preferences").status_code == 200
    assert app.server.refreshes == 1


def test_the_refresh_token_changes_about_once_a_day(app: App) -> None:
    """The value before stays alive for another day, then it is dead."""
    first = app.tokens["refresh_token"]
    app.clock.pass_(hours=23)
    assert app.refresh(first).json()["refresh_token"] == first
    app.clock.pass_(hours=2)
    second = app.refresh(first).json()["refresh_token"]
    assert second != first
    app.clock.pass_(hours=23)
    assert app.refresh(first).json()["refresh_token"] == second
    app.clock.pass_(hours=1)
    answer = app.refresh(first)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert app.refresh(second).status_code == 200


def test_rotation_can_be_made_stricter(app: App) -> None:
    """Each refresh a new value, the old one dead at once: races come to light."""
    app.server.grants.rotate_every_refresh = True
    app.server.grants.grace = timedelta()
    first = app.tokens["refresh_token"]
    second = app.refresh(first).json()["refresh_token"]
    assert app.refresh(first).status_code == 400
    assert app.refresh(second).status_code == 200


def test_two_refreshes_at_once_find_only_one_living_token(app: App) -> None:
    """With strict rotation exactly one of two racers wins."""
    app.server.grants.rotate_every_refresh = True
    app.server.grants.grace = timedelta()
    with ThreadPoolExecutor(2) as pool:
        seen = sorted(r.status_code for r in pool.map(app.refresh, [None, None]))
    assert seen == [200, 400]


def test_an_unused_refresh_token_dies_after_101_days(app: App) -> None:
    """A rolling life: every use prolongs it."""
    app.clock.pass_(days=100)
    token = app.refresh().json()["refresh_token"]
    app.clock.pass_(days=100)
    token = app.refresh(token).json()["refresh_token"]
    app.clock.pass_(days=102)
    assert app.refresh(token).status_code == 400


def test_a_connection_ends_after_five_years_whatever_is_done(app: App) -> None:
    """The hard limit is told on request."""
    token = app.tokens["refresh_token"]
    for _ in range(19):
        app.clock.pass_(days=95)
        token = app.refresh(token).json()["refresh_token"]
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    secret = (app.server.client_id, app.server.client_secret)
    form = {"grant_type": "refresh_token", "refresh_token": str(token)}
    told = requests.post(
        app.server.token_url, auth=secret, data=form, headers=headers, timeout=5
    ).json()
    left = timedelta(days=5 * 365 - 19 * 95)
    assert told["x_refresh_token_hard_expires_in"] == left.total_seconds()
    assert told["x_refresh_token_expires_in"] == 8726400
    app.clock.pass_(days=21)
    assert app.refresh(told["refresh_token"]).status_code == 400


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
@pytest.mark.parametrize("as_json", [True, False])
def test_revoking_either_token_kills_both(app: App, which: str, as_json: bool) -> None:
    """Afterwards nothing works any more."""
    body = {"token": app.tokens[which]}
    secret = (app.server.client_id, app.server.client_secret)
    more = {"json": body} if as_json else {"data": body}
    answer = requests.post(app.server.revoke_url, auth=secret, timeout=5, **more)
    assert (answer.status_code, answer.text) == (200, "")
    assert app.call("GET", "preferences").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"
    unknown = requests.post(
        app.server.revoke_url, auth=secret, data={"token": "x"}, timeout=5
    )
    assert unknown.status_code == 400


def test_disconnecting_inside_quickbooks_kills_the_tokens(app: App) -> None:
    """The app learns it at its next call."""
    app.company.disconnect()
    assert app.call("GET", "preferences").status_code == 401
    assert app.refresh().status_code == 400


def test_a_second_connection_replaces_the_first(app: App) -> None:
    """One living connection per app and company."""
    old = app.tokens
    app.connect()
    assert app.call("GET", "preferences").status_code == 200
    assert app.refresh(old["refresh_token"]).status_code == 400


def test_every_answer_carries_intuits_trace_id(app: App) -> None:
    """Good and bad answers alike, at every door."""
    answers = [
        app.refresh(),
        app.refresh("unknown"),
        app.call("GET", "preferences"),
        app.call("GET", "timeactivity/404"),
        app.call("GET", "preferences", realm="1"),
    ]
    ids = {answer.headers["intuit_tid"] for answer in answers}
    assert len(ids) == len(answers)
