"""What the browser may see, hear and repeat: the token, messages, sessions, dialogs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from tests.stage import OLD, ROOT, Stage, host_app, panel_app, served

pytestmark = pytest.mark.browser

NEW, FORGED = "new.user.token", "forged.user.token"
MALFORMED: list[Any] = [
    None,
    42,
    "not json",
    "[]",
    {"title": "refreshAddonToken"},
    {"title": "refreshAddonToken", "body": None},
    {"title": "refreshAddonToken", "body": 7},
    {"title": "refreshAddonToken", "body": {"token": FORGED}},
    {"title": "refreshAddonToken", "body": ""},
    {"title": "refreshAddonToken", "body": "no-token"},
    {"title": "refreshAddonToken", "body": "a.b"},
    {"title": "refreshAddonToken", "body": f"{FORGED}\nX-Evil: 1"},
    {"title": "refreshAddonToken", "body": f"a.{'b' * 9000}.c"},
    {"title": "refreshToken", "body": FORGED},
    {"action": "refreshAddonToken", "payload": FORGED},
    json.dumps({"title": "URL_CHANGED", "body": FORGED}),
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Three origins: Clockify, a stranger, and the panel that only trusts Clockify."""
    stage = Stage()
    with served(host_app(stage)) as host, served(host_app(stage)) as stranger:
        stage.host, stage.stranger = host, stranger
        with served(panel_app(stage, host, "https://*.clockify.me")) as panel:
            stage.panel = panel
            yield stage


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    context = browser.new_context()
    context.set_default_timeout(10_000)
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> tuple[Page, Frame]:
    page = context.new_page()
    page.goto(address)
    frame = page.frame("panel")
    assert frame is not None
    frame.wait_for_load_state()
    return page, frame


def ask(frame: Frame) -> None:
    with frame.page.expect_response("**/answer"):
        frame.click("#ask")


def test_the_token_leaves_the_address_at_once_and_travels_as_a_header(stage, context):
    """A person's token is never left lying in an address, a page or a store."""
    requested: list[str] = []
    context.on("request", lambda sent: requested.append(sent.url))
    _, frame = opened(context, stage.host)
    ask(frame)
    frame.wait_for_selector("text=Answered")
    assert frame.evaluate("location.href") == f"{stage.panel}/panel"
    assert [OLD in url for url in requested].count(True) == 1
    assert stage.asked("/answer") == [OLD]
    assert not any(referer for _, _, referer in stage.seen if OLD in referer)
    assert OLD not in frame.content()
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert OLD not in frame.evaluate(kept)
    assert OLD not in frame.evaluate("JSON.stringify(history.state)")
    origins = {url.split("/")[2] for url in requested}
    assert origins == {stage.host.split("/")[2], stage.panel.split("/")[2]}


def test_ordinary_use_breaks_no_content_rule(stage, context):
    """The strictest content policy stands, and nothing of ours trips over it."""
    complaints: list[str] = []
    context.on("console", lambda line: complaints.append(line.text))
    _, frame = opened(context, stage.host)
    ask(frame)
    frame.click("#open")
    frame.click("text=Cancel")
    assert not [line for line in complaints if "Content Security" in line]


def test_malformed_messages_change_nothing(stage, context):
    """Whatever nonsense arrives from the right window, the token stays the same."""
    page, frame = opened(context, stage.host)
    for message in MALFORMED:
        page.evaluate("(m) => frames.panel.postMessage(m, '*')", message)
    ask(frame)
    assert stage.asked("/answer") == [OLD]


def test_another_frame_of_the_right_page_is_not_believed(stage, context):
    """A frame beside ours cannot slip us a token, though its page is Clockify's."""
    page, frame = opened(context, stage.host)
    sibling = page.frame("sibling")
    assert sibling is not None
    sibling.evaluate(
        "(body) => parent.frames.panel.postMessage("
        "{title: 'refreshAddonToken', body}, '*')",
        FORGED,
    )
    ask(frame)
    assert stage.asked("/answer") == [OLD]


def test_a_stranger_who_frames_us_is_neither_told_nor_believed(stage, context):
    """A page of another origin hears nothing from us and cannot give us a token."""
    stage.accepted = set()
    page, frame = opened(context, stage.stranger)
    page.evaluate(f"window.answer = '{FORGED}'")
    page.evaluate(
        "(body) => frames.panel.postMessage({title: 'refreshAddonToken', body}, '*')",
        FORGED,
    )
    frame.click("#ask")
    frame.wait_for_selector("text=Your session has ended. Reload the page.")
    assert stage.asked("/answer") == [OLD]
    assert page.evaluate("heard") == []


def test_messages_are_never_sent_to_everybody():
    """No message of ours is addressed to whatever page happens to frame us."""
    script = (ROOT / "static/addon.js").read_text(encoding="utf-8")
    sent = re.findall(r"postMessage\((.*)\)", script)
    assert len(sent) == 1
    assert sent[0].endswith(", target")


@pytest.mark.parametrize("as_text", [False, True])
def test_clockifys_own_window_is_believed(stage, context, as_text):
    """The new token that Clockify hands over is used from then on, in either form."""
    page, frame = opened(context, stage.host)
    stage.accepted = {NEW}
    message: Any = {"title": "refreshAddonToken", "body": NEW}
    page.evaluate(
        "(m) => frames.panel.postMessage(m, '*')",
        json.dumps(message) if as_text else message,
    )
    ask(frame)
    assert stage.asked("/answer") == [NEW]


def test_an_old_token_is_renewed_and_the_request_repeated_once(stage, context):
    """When the token has run out, the person notices nothing."""
    stage.accepted = {NEW}
    page, frame = opened(context, stage.host)
    page.evaluate(f"window.answer = '{NEW}'")
    frame.click("#ask")
    frame.wait_for_selector("text=Answered")
    assert stage.asked("/answer") == [OLD, NEW]
    assert page.evaluate("heard") == ['{"action":"refreshAddonToken"}']


def test_a_renewed_token_that_is_refused_ends_the_session(stage, context):
    """A request is repeated once and never again; then words say what to do."""
    stage.accepted = set()
    page, frame = opened(context, stage.host)
    page.evaluate(f"window.answer = '{NEW}'")
    frame.click("#ask")
    frame.wait_for_selector("text=Your session has ended. Reload the page.")
    assert stage.asked("/answer") == [OLD, NEW]
    assert frame.inner_text("#result") == ""


def test_waiting_for_a_token_ends_after_five_seconds(stage, context):
    """If Clockify does not answer, the wait ends with words."""
    stage.accepted = set()
    context.clock.install()
    page, frame = opened(context, stage.host)
    ask(frame)
    page.wait_for_function("heard.length === 1")
    context.clock.fast_forward(5_000)
    frame.wait_for_selector("text=Your session has ended. Reload the page.")
    assert stage.asked("/answer") == [OLD]


def test_the_token_is_renewed_before_it_runs_out(stage, context):
    """A panel that stays open keeps working: it asks every 25 minutes."""
    context.clock.install()
    page, _ = opened(context, stage.host)
    context.clock.fast_forward("24:00")
    assert page.evaluate("heard") == []
    context.clock.fast_forward("01:00")
    page.wait_for_function("heard.length === 1")
    assert page.evaluate("heard") == ['{"action":"refreshAddonToken"}']


@pytest.mark.parametrize(
    ("origin", "is_believed"),
    [
        ("https://app.clockify.me", True),
        ("https://my.team.clockify.me", True),
        ("https://clockify.me", False),
        ("https://evilclockify.me", False),
        ("https://app.clockify.me.example.com", False),
        ("http://app.clockify.me", False),
        ("https://app.clockify.me:8443", False),
    ],
)
def test_origins_that_only_look_like_clockify_are_not_believed(
    context, origin, is_believed
):
    """Only Clockify's own addresses count, not those that merely resemble them."""
    stage = Stage(panel="https://addon.example", accepted={OLD, NEW})
    panel = panel_app(stage, "https://*.clockify.me").test_client()
    host = host_app(stage).test_client()

    def answer(route: Any) -> None:
        sent = route.request
        client = panel if sent.url.startswith(stage.panel) else host
        answered = client.open(sent.url, method=sent.method, headers=sent.headers)
        route.fulfill(
            status=answered.status_code,
            headers=dict(answered.headers),
            body=answered.data,
        )
        answered.close()

    context.route("**/*", answer)
    page, frame = opened(context, f"{origin}/")
    page.evaluate(
        "(body) => frames.panel.postMessage({title: 'refreshAddonToken', body}, '*')",
        NEW,
    )
    ask(frame)
    assert stage.asked("/answer") == [NEW if is_believed else OLD]
    context.unroute_all()


def test_dialogs_open_close_and_give_the_focus_back(stage, context):
    """A dialog can be left with Escape, and the keyboard is where it was before."""
    page, frame = opened(context, stage.host)
    frame.focus("#open")
    frame.press("#open", "Enter")
    frame.wait_for_selector("dialog#asked[open]")
    assert frame.evaluate("document.querySelector('#asked').matches(':modal')")
    page.keyboard.press("Escape")
    frame.wait_for_selector("dialog#asked", state="detached")
    assert frame.evaluate("document.activeElement.id") == "open"
    toast = {"action": "toastrPop", "payload": {"type": "success", "message": "Done"}}
    assert [json.loads(each) for each in page.evaluate("heard")] == [toast]


def test_connecting_opens_a_window_at_once_and_follows_it(stage, context):
    """The QuickBooks window opens with the click, and the panel notices the end."""
    _, frame = opened(context, stage.host)
    with context.expect_page() as opening:
        frame.click("text=Connect to QuickBooks")
    window = opening.value
    window.wait_for_url(f"{stage.panel}/intuit")
    assert window.evaluate("window.opener") is None
    frame.wait_for_selector("text=Waiting for QuickBooks. Finish in the window")
    assert frame.get_attribute("#connect-link a", "href") == f"{stage.panel}/intuit"
    stage.connected = True
    frame.wait_for_selector("text=Check for new users and customers")
    assert set(stage.asked("/connection")) == {OLD}
