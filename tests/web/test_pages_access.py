"""Pages for everybody: names of controls, references, contrast, and calm."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.pages import Screens
from tests.stage import ROOT, render, screen_app

APP = screen_app()
SCREENS = Screens().all()
CSS = (ROOT / "static/addon.css").read_text(encoding="utf-8")
CONTROLS = {"input", "select", "textarea"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form")
ELSEWHERE = {"#entries-filters"}

TEXT_PAIRS = [
    *[("text", on) for on in ("page", "card", "band", "hover", "bad-soft")],
    *[("quiet", on) for on in ("page", "card", "band", "hover")],
    *[("accent-hover", on) for on in ("card", "hover", "info-soft")],
    ("accent", "card"),
    ("quiet", "info-soft"),
    *[("bad", on) for on in ("card", "hover", "bad-soft")],
    *[("warning", on) for on in ("card", "hover", "warning-soft")],
    ("good", "card"),
    ("good", "good-soft"),
    ("info", "info-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "bad"),
]
SHAPE_PAIRS = [("field", "card"), ("accent", "page"), ("accent", "band")]


class Controls(HTMLParser):
    """Collects ids, references, and controls with what names them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[tuple[str, str]] = []
        self.controls: list[dict[str, str | None]] = []
        self.labelled: set[str] = set()
        self.in_label = 0
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(values["id"])
        for name in REFERENCES:
            for each in (values.get(name) or "").split():
                self.references.append((name, each))
        if tag == "label":
            self.in_label += 1
            self.labelled.add(values.get("for") or "")
        if tag in CONTROLS and values.get("type") != "hidden":
            self.controls.append(values | {"wrapped": "yes" if self.in_label else None})

    def handle_endtag(self, tag):
        if tag == "label":
            self.in_label -= 1

    def unnamed(self) -> list[dict[str, str | None]]:
        return [
            each
            for each in self.controls
            if not each["wrapped"]
            and not each.get("aria-label")
            and each.get("id") not in self.labelled
        ]


def palette(theme: str) -> dict[str, str]:
    start = ":root {" if theme == "light" else '[data-theme="dark"] {'
    block = CSS.split(start, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", sorted(SCREENS))
def test_every_control_has_a_name_and_every_reference_an_end(name):
    """A screen reader can say what each field is, on every screen."""
    page = Controls(render(APP, *SCREENS[name]))
    assert not page.unnamed()
    assert len(page.ids) == len(set(page.ids)), "an id is used twice"
    outside = {end.removeprefix("#") for end in ELSEWHERE}
    lost = [end for _, end in page.references if end not in {*page.ids, *outside}]
    assert not lost


def test_a_nameless_control_would_be_noticed():
    """A planted field without a label is found."""
    assert Controls('<input id="a"><label for="b">B</label><input id="b">').unnamed()


@pytest.mark.parametrize(
    "name", [each for each in SCREENS if "_" not in SCREENS[each][0]]
)
def test_every_answer_has_a_place_to_go(name):
    """No button on a page leads to a place that is not there."""
    markup = render(APP, *SCREENS[name])
    places = set(re.findall(r'hx-target="(#[\w-]+)"', markup))
    places |= set(re.findall(r"target:(#[\w-]+)", markup))
    ids = {f"#{each}" for each in Controls(markup).ids}
    assert places <= ids


@pytest.mark.parametrize("name", sorted(SCREENS))
def test_headings_leave_no_level_out(name):
    """People who jump from heading to heading find them in order."""
    levels = [
        int(each) for each in re.findall(r"<h([1-6])", render(APP, *SCREENS[name]))
    ]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(theme):
    """Every text colour stands out from every ground it is used on."""
    colours = palette(theme)
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in TEXT_PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_and_focus_can_be_seen_in_both_themes(theme):
    """The edges of fields and the ring around the focus stand out."""
    colours = palette(theme)
    weak = [
        (front, ground)
        for front, ground in SHAPE_PAIRS
        if contrast(colours[front], colours[ground]) < 3
    ]
    assert not weak


def test_contrast_is_measured_as_the_guidelines_say():
    """Black on white is 21 to 1, and a colour on itself is 1 to 1."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#0277bd", "#0277bd") == 1


def test_colours_are_named_once_for_each_theme():
    """No colour is written where the dark theme could not change it."""
    assert palette("light").keys() == palette("dark").keys()
    rest = CSS.split('[data-theme="dark"]', 1)[1].split("}", 1)[1]
    assert not re.findall(r"#[0-9a-f]{3,8}\b", rest)


def test_motion_stops_for_those_who_ask():
    """Nothing moves for people who asked their computer for less motion."""
    assert "prefers-reduced-motion: reduce" in CSS
