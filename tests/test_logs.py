"""Log lines hold events and ids, and never a secret or a person's data."""

import io
import json
import logging
import random
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import structlog

from addon import logs

CASES = 50_000
LETTERS = string.ascii_letters + string.digits
SECRET_KEYS = tuple(
    """
    token access_token refreshToken auth_token X-Addon-Token Authorization state code
    client_secret email userEmail user_name description HTTP_COOKIE intuit-signature
    clockify-signature password DATABASE_DSN body payload headers
    """.split()  # noqa: SIM905
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged during one test; the earlier set-up comes back afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def read(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def opaque(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(LETTERS, k=length))


def canary(rng: random.Random) -> str:
    return f"CANARY{opaque(rng, 12)}"


def shaped(rng: random.Random) -> tuple[str, str]:
    """A secret that is recognised by its looks, and the part that must not stay."""
    core = canary(rng)
    tail = opaque(rng, rng.randint(16, 60))
    choices = (
        f"eyJ{tail}.{core}{tail}.{tail}",
        f"eyJ{tail}..{core}.{tail}.{tail}",
        f"Bearer {core}{tail}",
        f"basic {core}",
        f"RT1-{rng.randint(1, 200)}-H0-{core}",
        f"AB11{core}{tail}",
        f"gAAAAA{core}{tail}==",
        f"https://localhost/report?auth_token={core}",
        f"/quickbooks/callback?state={core}&code={core}&realmId=1",
        f"code={core}&grant_type=authorization_code",
        f"refresh_token={core}",
        f'{{"access_token": "{core}", "x": 1}}',
        f"{{'client_secret': '{core}'}}",
        f'"description" : "about {core} and more"',
        f"{core}@{opaque(rng, 5)}.example.com",
        f"postgresql://me:{core}@db.example.com/hours",
        f"-----BEGIN PRIVATE KEY-----\n{core}\n-----END PRIVATE KEY-----",
        f"{core}{opaque(rng, 40)}",
    )
    return rng.choice(choices), core


def wrapped(rng: random.Random, value: object) -> object:
    """The value somewhere inside lists and mappings."""
    for _ in range(rng.randint(0, 4)):
        harmless = {"run": rng.randint(1, 99)}
        value = rng.choice(
            [[value], (1, value), {"piece": value}, harmless | {"x": value}]
        )
    return value


def a_case(rng: random.Random) -> tuple[dict[str, object], str]:
    """One event with a canary in it, known by its key, its shape or its kind."""
    kind = rng.randrange(4)
    if kind == 0:
        core = canary(rng)
        key = rng.choice(SECRET_KEYS)
        return {"inside": wrapped(rng, {key: f"some {core} text"})}, core
    if kind == 1:
        core = canary(rng)
        return {rng.choice(SECRET_KEYS): wrapped(rng, core)}, core
    text, core = shaped(rng)
    if kind == 2:
        around = f"{opaque(rng, 3)} {text} {opaque(rng, 3)}"
        return {"detail": wrapped(rng, around)}, core
    return {rng.choice(["detail", text]): wrapped(rng, text), "event": text}, core


def test_no_canary_ever_leaves_in_fifty_thousand_lines():
    """Wherever a secret or a personal text hides in an event, the line lacks it."""
    rng = random.Random(20_261_123)
    render = structlog.processors.JSONRenderer()
    for _ in range(CASES):
        event, core = a_case(rng)
        line = render(None, "info", logs.redact(None, "info", {"event": "x"} | event))
        assert core not in line, (event, line)


@pytest.mark.parametrize("middle", ["eyJ", "RT1-", "gAAAA", "AB"])
def test_a_secret_that_looks_like_another_in_its_middle_is_masked_whole(middle):
    """No beginning of a long secret stays because its end was recognised first."""
    secret = f"CANARYkLdlEwxoKaqMyNMp0FaUm8{middle}Q7KgOYYattzWuuMDMtLC9LDuti1"
    assert "CANARY" not in logs.mask(f"told {secret} once")


def test_the_property_would_notice_a_leak():
    """The canaries really are in what is logged, so their absence means something."""
    rng = random.Random(7)
    for _ in range(200):
        event, core = a_case(rng)
        assert core in json.dumps(event)


def test_ids_counts_and_times_stay_readable(lines):
    """What an operator needs to follow a run is still there."""
    structlog.get_logger("addon.transfer").info(
        "run.started",
        run=12,
        workspace="69bda6b317a0c5babe34b4ff",
        piece="8f14e45f-ceea-467f-a2a8-8f14e45fceea",
        day=date(2026, 11, 23),
        at_most=timedelta(minutes=2),
        rate=Decimal("80.50"),
        fault_code=6000,
        status_code=502,
        retry=True,
        began=datetime(2026, 11, 23, tzinfo=UTC),
    )
    (line,) = read(lines)
    assert line["event"] == "run.started"
    assert line["workspace"] == "69bda6b317a0c5babe34b4ff"
    assert line["piece"] == "8f14e45f-ceea-467f-a2a8-8f14e45fceea"
    assert (line["run"], line["fault_code"], line["status_code"]) == (12, 6000, 502)
    assert (line["day"], line["at_most"], line["rate"]) == (
        "2026-11-23",
        120.0,
        "80.50",
    )
    assert line["level"] == "info"


def test_an_exception_tells_its_kind_and_place_but_not_its_words(lines):
    """A failure can be found in the code although its message may quote data."""
    try:
        try:
            int("CANARY: Mia Member, 3 hours")
        except ValueError as cause:
            raise RuntimeError("CANARY again") from cause
    except RuntimeError:
        structlog.get_logger().exception("run.failed", run=3)
        logging.getLogger("some.library").exception("It broke")
    first, second = read(lines)
    for line in (first, second):
        assert line["error"] == ["builtins.RuntimeError", "builtins.ValueError"]
        assert "test_logs.py" in line["where"][0]
    assert "CANARY" not in lines.getvalue()


def test_an_object_is_named_by_its_kind_only(lines):
    """A whole entry or answer that slips into a log call does not spill itself."""

    class Entry:
        def __repr__(self) -> str:
            return "Entry(CANARY)"

    structlog.get_logger().info("entry.seen", entry=Entry(), raw=b"CANARY")
    (line,) = read(lines)
    assert (line["entry"], line["raw"]) == ("<Entry>", "<bytes>")


def test_lines_of_other_libraries_are_masked_as_well(lines):
    """The web server's own complaint about an address does not tell its token."""
    logging.getLogger("gunicorn.error").error(
        "Error handling request %s", "/report?auth_token=CANARY"
    )
    (line,) = read(lines)
    assert line["event"] == "Error handling request /report?[masked]"
    assert line["logger"] == "gunicorn.error"


def test_a_broken_log_call_does_not_print_its_arguments(lines, capsys):
    """A mistake in a log call costs the line, and leaks nothing."""
    (ours,) = [
        one for one in logging.getLogger().handlers if vars(one).get("stream") is lines
    ]
    ours.handle(logging.makeLogRecord({"msg": "two %s %s", "args": ("CANARY",)}))
    assert lines.getvalue() == ""
    said = capsys.readouterr().err
    assert "log.line_lost" in said
    assert "CANARY" not in said


def test_setting_up_twice_does_not_say_everything_twice(lines):
    """One event is one line, however often the set-up ran."""
    logs.configure(lines)
    structlog.get_logger().info("once")
    assert len(read(lines)) == 1


def test_a_request_is_one_line_with_its_path_but_without_its_query(lines):
    """Who was answered how, and how fast; the token in the address stays out."""

    def application(environ, start_response):
        structlog.get_logger().info("inside")
        start_response("204 No Content", [])
        return [environ["addon.request"].encode()]

    ticks = iter([10.0, 10.25])
    wrapped_application = logs.RequestLog(application, seconds=lambda: next(ticks))
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/report",
        "QUERY_STRING": "auth_token=CANARY",
    }
    (number,) = wrapped_application(environ, lambda *_: lambda _: None)
    inside, line = read(lines)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/report", 204)
    assert line["ms"] == 250
    assert inside["request"] == line["request"] == number.decode()
    assert "CANARY" not in lines.getvalue()


def test_a_request_that_breaks_is_logged_as_a_failure(lines):
    """Even an answer that never came leaves its line."""

    def application(_environ, _start_response):
        raise RuntimeError("CANARY")

    with pytest.raises(RuntimeError):
        logs.RequestLog(application)({"PATH_INFO": "/x"}, lambda *_: lambda _: None)
    (line,) = read(lines)
    assert line["status"] == 500
