"""The pretend web app shows add-ons to whom Clockify does, and talks with them."""

import re
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from tests.sandbox.clockify_addon import worlds


@pytest.fixture
def both():
    with worlds(entries=20) as pair:
        yield pair


@pytest.fixture
def installed(both):
    both[0].workspace.install(both[1].manifest_url)
    return both[0]


def page(clockify, path, user=None, **query):
    if user is not None:
        query["user"] = clockify.workspace.user(user).id
    return requests.get(f"{clockify.origin}{path}", params=query, timeout=10)


def frame(answer):
    return re.search(r'<iframe[^>]*src="([^"]*)"', answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tracker",
        "/calendar",
        "/reports/summary",
        "/reports/detailed",
        "/reports/weekly",
        "/reports/quickbooks",
        "/projects",
        "/clients",
        "/team",
        "/addons/tiny-addon",
        "/workspace/settings",
        "/workspace/settings/addons",
        "/workspace/settings/addons/tiny-addon/settings",
    ],
)
def test_every_page_has_an_address(installed, path):
    """Each page of the web app can be opened by itself."""
    assert page(installed, path).status_code == 200


@pytest.mark.parametrize(
    ("path", "user", "shown"),
    [
        ("/reports/quickbooks", "Olivia Owen", True),
        ("/reports/quickbooks", "Adam Ashe", True),
        ("/addons/tiny-addon", "Emily Platt", True),
        ("/workspace/settings/addons/tiny-addon/settings", "Adam Ashe", True),
        ("/workspace/settings/addons/tiny-addon/settings", "Emily Platt", False),
    ],
)
def test_components_are_shown_by_access_level(installed, path, user, shown):
    """What is for admins is not shown to members."""
    assert (frame(page(installed, path, user)) is not None) is shown


def test_a_member_is_led_from_an_admins_tab_to_the_addons_own_page(installed):
    """Who looks at an admin's report tab as a member sees what members have."""
    answer = page(installed, "/reports/quickbooks", "Emily Platt", theme="DARK")

    assert urlsplit(answer.url).path == "/addons/tiny-addon"
    assert "theme=DARK" in answer.url
    assert urlsplit(frame(answer)[1]).path == "/sidebar"
    assert page(installed, "/reports/nothing", "Emily Platt").status_code == 404


def test_the_frame_carries_a_fresh_token_of_the_viewer(installed):
    """The add-on learns from its address who looks, in which theme and language."""
    answer = page(
        installed, "/addons/tiny-addon", "Emily Platt", theme="DARK", language="DE"
    )

    source = urlsplit(frame(answer)[1])
    claims = jwt.decode(
        parse_qs(source.query)["auth_token"][0], options={"verify_signature": False}
    )
    assert source.path == "/sidebar"
    assert claims["user"] == installed.workspace.user("Emily Platt").id
    assert (claims["theme"], claims["language"]) == ("DARK", "DE")
    assert claims["exp"] - claims["iat"] == 1800


def test_a_disabled_addon_leaves_the_page(installed):
    """A switched off add-on sends its visitors to the tracker."""
    installed.workspace.disable()

    answer = page(installed, "/addons/tiny-addon")

    assert urlsplit(answer.url).path == "/tracker"
    assert "QuickBooks" not in page(installed, "/reports/summary").text


def test_members_do_not_install(both):
    """Only admins of the workspace put add-ons on it."""
    clockify, addon = both
    emily = clockify.workspace.user("Emily Platt").id

    answer = requests.post(
        f"{clockify.origin}/window/install",
        params={"user": emily},
        data={"manifest": addon.manifest_url},
        timeout=10,
    )

    assert answer.status_code == 403
    assert clockify.workspace.installations == {}


@pytest.mark.browser
def test_an_admin_installs_and_opens_an_addon(both, browser):
    """From the three dots to the add-on's page by clicking alone."""
    clockify, _ = both
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(clockify.origin)
        tab.get_by_label("Workspace menu").click()
        tab.get_by_role("link", name="Workspace settings").click()
        tab.get_by_role("button", name="Install").click()
        tab.get_by_role("link", name="Settings", exact=True).click()
        inside = tab.frame_locator("iframe[title=QuickBooks]")
        inside.get_by_role("heading", name="settings").wait_for()
        tab.get_by_role("link", name="QuickBooks").click()
        inside.get_by_role("heading", name="sidebar").wait_for()


@pytest.mark.browser
def test_window_messages_are_answered(installed, browser):
    """An add-on gets a new token, shows a toast and sends people to the tracker."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{installed.origin}/addons/tiny-addon?language=ES")
        inside = tab.frame_locator("iframe[title=QuickBooks]")
        words = inside.locator("pre")
        inside.get_by_text("URL_CHANGED").wait_for()

        words.evaluate("() => say('refreshAddonToken')")
        inside.get_by_text('"refreshAddonToken"').wait_for()
        token = re.search(r'"body":"(eyJ[^"]+)"', words.inner_text())[1]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["language"] == "ES"

        words.evaluate("() => say('toastrPop', {type: 'success', message: 'Hello'})")
        tab.get_by_text("Add-on: Hello").wait_for()
        words.evaluate("() => say('navigate', {type: 'tracker'})")
        tab.wait_for_url("**/tracker?*")


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1280])
def test_things_can_be_made_to_happen(installed, browser, width):
    """A visitor of the demo adds a person, on a wide and on a narrow screen."""
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        tab = context.new_page()
        tab.goto(f"{installed.origin}/team?theme=DARK")
        if width == 400:
            tab.get_by_label("Navigation").click()
        tab.get_by_role("button", name="Make something happen").click()
        drawer = tab.get_by_role("complementary", name="Make something happen")
        drawer.get_by_text("Add a user").click()
        drawer.get_by_label("Name").locator("visible=true").fill("Nina New")
        drawer.get_by_role("button", name="Do it").locator("visible=true").click()
        tab.get_by_text("Nina New joined").wait_for()

        assert installed.workspace.user("Nina New").status == "ACTIVE"
        assert tab.evaluate("document.documentElement.scrollWidth") == width
