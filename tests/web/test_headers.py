"""What browsers are told: on every answer, good or bad, page or file."""

import re

import pytest
from flask import abort

from addon import create_app
from addon.config import FRAME_ANCESTORS, Settings
from addon.web.headers import YEAR
from tests.doors import CARRIER, Doors, follows_the_rules
from tests.world import World

PLANTED = {400, 404, 405, 410, 413, 415, 416, 418, 429, 500, 501, 503}


def planted(world: World):
    """Give an application with addresses that fail in every possible way."""
    app = world.make_app()

    def fail(code: int) -> str:
        abort(code)

    def break_down() -> str:
        raise RuntimeError("secret detail")

    for name, view in (("/fail/<int:code>", fail), ("/break", break_down)):
        app.add_url_rule(name, view_func=view)
        app.extensions["guards"][view.__name__] = "public"
    return app


@pytest.fixture(scope="module")
def broken(doors: Doors):
    """An application with addresses that fail."""
    app = planted(doors.world)
    yield app.test_client()
    app.extensions["outside"].http.close()


def test_p17_headers_on_every_route(doors: Doors, capsys):
    """Whoever asks whatever: the answer says who may frame it and keeps no cookie."""
    before = doors.asked
    for route in doors.routes:
        for token in (None, doors.world.token("Olivia Owen")):
            for accept in ("*/*", "text/html", "application/json"):
                carrier = CARRIER.get(route.guard, "Authorization")
                sent = {"Accept": accept, "Cookie": "session=stolen"}
                doors.ask(
                    route.method, route.path, token=token, carrier=carrier, headers=sent
                )
    with capsys.disabled():
        print(f"\nP17: {doors.asked - before} answers of {len(doors.routes)} routes")
    assert doors.asked - before == len(doors.routes) * 6


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_p17_headers_on_every_error(doors: Doors, broken, code):
    """An error page is framed by nobody else, and says one plain sentence."""
    answer = broken.get(f"/fail/{code}")
    assert answer.status_code == code
    assert_like_any_other(doors, answer)
    assert re.fullmatch(r"[A-Z][^<>{}]+\.\n", answer.text)


def test_p17_headers_where_something_of_ours_breaks(doors: Doors, broken):
    """A bug is admitted with a number for support, without a word of its cause."""
    for sent in ({}, {"Accept": "text/html"}, {"HX-Request": "true"}):
        answer = broken.get("/break", headers=sent)
        assert answer.status_code == 500
        assert_like_any_other(doors, answer)
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert re.search(r"tell support the number [0-9a-f]{8}\.", answer.text)


def assert_like_any_other(doors: Doors, answer) -> None:
    """Check the rules; only the status may be one that must not occur elsewhere."""
    status, answer.status_code = answer.status_code, 400
    follows_the_rules(answer, doors.world)
    answer.status_code = status


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=99999999-"}, 416),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
    ],
)
def test_p17_headers_on_static_files(doors: Doors, sent, status):
    """Scripts and styles carry the same rules, whole, in part or unchanged."""
    for name in ("addon.js", "addon.css", "icon.svg"):
        answer = doors.ask("GET", f"/static/{name}", headers=sent)
        assert answer.status_code in {status, 200 if status == 206 else status}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manifest.json",
        "/static/%2e%2e/addon/config.py",
        "/static/..%5c..%5cetc",
        "/static//etc/passwd",
        "/static/%00",
        "/static/" + "a" * 4000,
        "/static/",
        "/static",
    ],
)
def test_static_files_come_from_their_folder_only(doors: Doors, path):
    """Nothing outside of the folder with scripts and styles can be fetched."""
    assert doors.ask("GET", path).status_code == 404


def test_p17_panels_are_not_kept_by_any_cache(doors: Doors):
    """What a panel showed is not found in a cache afterwards."""
    token = doors.world.token("Olivia Owen")
    for path, carrier in (("/settings", "auth_token"), ("/entries", "Authorization")):
        answer = doors.ask("GET", path, token=token, carrier=carrier)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


def test_p17_the_operator_says_who_may_frame(doors: Doors):
    """By default Clockify's own addresses may frame the panels, or those configured."""
    assert doors.world.outside.settings.frame_ancestors == (
        doors.world.sandbox.clockify.origin,
    )
    assert set(FRAME_ANCESTORS.split()) == {
        "https://app.clockify.me",
        "https://developer.clockify.me",
        "https://*.clockify.me",
    }
    policy = doors.ask("GET", "/nowhere").headers["Content-Security-Policy"]
    (ancestors,) = re.findall(r"frame-ancestors ([^;]+)", policy)
    assert ancestors == doors.world.sandbox.clockify.origin
    assert "*" not in policy


def test_p17_https_is_remembered_for_a_year(doors: Doors):
    """A browser that has been here once does not come back without encryption."""
    found = doors.ask("GET", "/health").headers["Strict-Transport-Security"]
    assert found.startswith(f"max-age={YEAR}")
    assert YEAR >= 31_536_000


def test_p19_no_cookie_is_ever_set_or_read(doors: Doors):
    """The add-on works where browsers block third-party cookies: it has none."""
    app = doors.world.app
    assert app.secret_key is None
    for path in ("/settings", "/report", "/sidebar"):
        token = doors.world.token("Olivia Owen")
        with_cookie = doors.ask(
            "GET",
            path,
            token=token,
            carrier="auth_token",
            headers={"Cookie": f"token={token}"},
        )
        assert with_cookie.status_code == 200
        refused = doors.ask("GET", path, headers={"Cookie": f"auth_token={token}"})
        assert refused.status_code == 401
    assert not doors.client._cookies


AWAY = {
    "database": ("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none"),
    "queue": ("QUEUE_URL", "redis://127.0.0.1:9/0"),
}


@pytest.mark.parametrize("what", AWAY)
def test_health_says_what_cannot_be_reached(doors: Doors, what):
    """A load balancer hears 503 as long as the database or the queue is away."""
    world = doors.world
    settings = Settings.from_environ(
        {
            **world.sandbox.environ(world.url),
            "DATABASE_URL": f"sqlite:///{world.folder / 'addon.sqlite'}",
            "QUEUE_URL": f"sqlite:///{world.folder / 'queue.sqlite'}",
            AWAY[what][0]: AWAY[what][1],
        }
    )
    app = create_app(settings, clock=world.clock)
    client = app.test_client()
    answer = client.get("/health")
    assert answer.status_code == 503
    assert_like_any_other(doors, answer)
    assert answer.json == {
        "database": "ok",
        "queue": "ok",
        "version": settings.version,
        "worker": "unknown" if what == "database" else "not seen",
        what: "unreachable",
    }
    if what == "database":
        token = world.token("Adam Ashe")
        panel = client.get("/settings", query_string={"auth_token": token})
        assert panel.status_code == 503
        assert_like_any_other(doors, panel)
        assert "support" in panel.text
        assert "127.0.0.1:9" not in panel.text
    app.extensions["outside"].http.close()
