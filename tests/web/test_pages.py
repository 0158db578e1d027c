"""Pages: one markup in one place, contract words, and names that cannot become code."""

import itertools
import re
from html.parser import HTMLParser

import pytest
from flask import render_template

from tests.pages import Screens
from tests.stage import render, screen_app

APP = screen_app()
SCREENS = Screens().all()
NAMES = sorted(SCREENS)

# What must never run: openings, breakers out of attributes, and encodings.
STARTS = ["", '"', "'", "'\">", "</option>", "</script>", "-->", "</title>", "]]>"]
BODIES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    " autofocus onfocus=alert(1) x=",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "<div hx-get=/runs hx-trigger=load>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<style>@import 'https://example.com'</style>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "\u2028<base href=https://example.com>",
    "<dialog data-sent open><form action=https://example.com>",
]
PAYLOADS = ["".join(pair) for pair in itertools.product(STARTS, BODIES)]

INCLUDED = {
    "settings": [
        "settings/_panel.html",
        "settings/_pulse.html",
        "settings/_steps.html",
        "connection/_show.html",
        "connection/_findings.html",
        "setup/_offer.html",
        "history/_closed.html",
        "preferences/_form.html",
        "runs/_history.html",
    ],
    "report ready": [
        "entries/_filters.html",
        "entries/_list.html",
        "entries/_tabs.html",
        "entries/_page.html",
        "runs/_now.html",
        "runs/_progress.html",
        "runs/_history.html",
    ],
    "report unread": ["entries/_panel.html", "entries/_list.html"],
    "report unconnected": ["entries/_panel.html", "entries/_unconnected.html"],
}


class Shape(HTMLParser):
    """The tags of a page with the names of their attributes: what a browser obeys."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}",))


def shown(name: str) -> str:
    return render(APP, *SCREENS[name])


def squeezed(markup: str) -> str:
    """Leave out blank lines and margins, which depend on where a fragment stands."""
    return re.sub(r"\s+", " ", markup).strip()


@pytest.mark.parametrize("name", sorted(INCLUDED))
def test_a_page_is_made_of_its_fragments(name):
    """What a page shows first and what later replaces it are the same markup."""
    page = shown(name)
    for fragment in INCLUDED[name]:
        part = render(APP, fragment, SCREENS[name][1])
        assert squeezed(part) in squeezed(page), fragment


def test_enough_hostile_names_are_tried():
    """At least a hundred ways to smuggle code into a name are tried on every page."""
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_text(name):
    """Whatever people are called, a page keeps its shape and shows it as text."""
    expected = Shape(shown(name)).tags
    for payload in PAYLOADS:
        page = render(APP, *Screens(payload).all()[name])
        assert Shape(page).tags == expected, payload


def test_a_hostile_name_would_be_noticed():
    """A planted name that becomes a tag or an attribute changes the shape."""
    clean = Shape('<p title="x">x</p>').tags
    for payload in ("<script>alert(1)</script>", '" onclick="alert(1)'):
        assert Shape(f'<p title="{payload}">{payload}</p>').tags != clean


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_follow_the_viewers_theme(theme):
    """A person who uses Clockify in the dark gets a dark panel."""
    template, context = SCREENS["settings"]
    page = render(APP, template, context | {"theme": theme})
    assert f'data-theme="{theme}"' in page


@pytest.mark.parametrize(
    ("name", "buttons"),
    [
        ("settings none", ["Connect to QuickBooks"]),
        ("settings", ["Disconnect", "Check for new users and customers"]),
        ("settings reconnect", ["Reconnect QuickBooks", "Disconnect"]),
        ("report ready", ["Ready", "Needs attention", "Sent", "Send to QuickBooks"]),
        ("confirm", ["Send", "Cancel"]),
    ],
)
def test_buttons_carry_the_words_people_know(name, buttons):
    """Whoever knows Clockify's own integration finds the same buttons here."""
    found = re.findall(r"<button[^>]*>([^<]+)</button>", shown(name))
    assert set(buttons) <= set(found)


def test_settings_list_users_and_projects_under_their_headings():
    """Users and projects each have their heading, and a chooser for everyone."""
    page = shown("settings")
    for heading in ("Users", "Projects"):
        assert re.search(rf"<h2[^>]*>{heading}</h2>", page)
    assert page.count('name="target"') == 6


def test_projects_can_go_without_a_customer():
    """Internal time can be kept away from customers on purpose."""
    page = shown("settings")
    assert "No customer (only non-billable time)" in page
    assert page.index("Choose…") < page.index("No customer")


def test_every_row_says_its_state_in_words():
    """Nobody has to know what a colour means."""
    for name, words in (
        ("report ready", ["Ready"]),
        ("report attention", ["Needs attention"]),
        ("report sent", ["Being sent", "Sent"]),
    ):
        states = re.findall(r'<td data-label="State".*?</td>', shown(name), re.DOTALL)
        assert len(states) == len(words)
        for state, word in zip(states, words, strict=True):
            assert word in state


def test_members_can_look_but_not_send():
    """A team member sees own entries without boxes to tick or buttons to press."""
    page = shown("sidebar")
    assert "Send to QuickBooks" not in re.sub(r"<(h1|title)[^>]*>.*?</\1>", "", page)
    assert 'name="entry"' not in page
    assert "Earlier transfers" not in page


def test_checks_that_passed_take_one_line():
    """What is well takes one line, what is not is open with its cure."""
    page = shown("settings")
    assert "2 checks passed" in page
    assert page.index("Problem</span>") < page.index("2 checks passed")


def test_long_lists_of_customers_travel_once():
    """A company with thousands of customers does not make the settings heavy."""
    screens = Screens()
    page = screens.links(screens.settings()["settings"][1]["projects"].kind)
    many = page.choices + tuple(
        type(page.choices[0])(f"customer:{number}", f"Customer {number}", "Customers")
        for number in range(1000, 1400)
    )
    long = type(page)(**{**vars(page), "choices": many})
    markup = render(APP, "links/_list.html", {"page": long})
    assert markup.count("Customer 1234") == 1
    assert markup.count('data-choices="choices-project"') == len(page.rows)


def test_a_failed_list_can_be_tried_again():
    """When Clockify cannot be reached, one button asks again, without any token."""
    with APP.test_request_context(
        "/entries?state=ready", headers={"HX-Target": "section#entries-list"}
    ):
        context = {"title": "Clockify does not answer", "status": 503}
        markup = render_template("problems/_problem.html", **context)
    assert 'hx-get="/entries?state=ready"' in markup
    assert 'hx-target="#entries-list"' in markup
    assert "Try again" in markup
