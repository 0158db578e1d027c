"""Every refusal of QuickBooks reads as a sentence that tells a person what to do."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks.blanks import filled
from addon.quickbooks.faults import AGAIN, NOT_AGAIN, Fault, explain, last_cure
from addon.quickbooks.sentences import SENTENCES

NAMES = {
    "person": "Emily Platt",
    "customer": "Cool Cars",
    "item": "Lighting",
    "date": "2026-11-03",
}

CODES = """
100 110 120 130 140 150 500 600 610 620 1040 2010 2020 2030 2040 2050 2060 2070 2080
2090 2100 2110 2120 2130 2170 2210 2240 2500 3001 3100 3200 3201 3202 4000 4001 5010
5020 5030 6000 6140 6150 6180 6190 6200 6210 6240 6280 6290 6300 6310 6320 6330 6340
6350 6360 6370 6380 6390 6430 6440 6480 6540 10000 10100 10200
"""
KNOWN = CODES.split()
TRIED_AGAIN = {"140", "150", "600", "3001", "5010", "10000"}


@pytest.mark.parametrize("code", KNOWN)
def test_every_known_code_has_its_own_words(code):
    """No refusal that Intuit documents is shown as a mere number."""
    told = explain(Fault(code, "Sorry", tid="1-abc"), NAMES)

    assert any(name in told.text for name in NAMES.values())
    assert told.text.endswith((".", "”"))
    assert told.cure.endswith(".")
    assert f"code {code}" not in told.text
    assert "failed" not in told.text.lower()
    assert not set("{}") & set(told.text + told.cure)


@pytest.mark.parametrize("code", KNOWN)
def test_what_is_tried_again_says_so(code):
    """A person is never left wondering whether to press the button again."""
    told = explain(Fault(code), NAMES)

    assert told.retry is (code in TRIED_AGAIN)
    assert ("by itself" in told.cure) is told.retry


@pytest.mark.parametrize("code", KNOWN)
def test_every_code_says_whether_it_is_tried_again(code):
    """What happens next is always said: by us again, or by a person."""
    told = explain(Fault(code, "Sorry", tid="1-abc"), NAMES)

    assert told.again in {AGAIN, NOT_AGAIN}
    assert (told.again == AGAIN) is (code in TRIED_AGAIN)
    last = last_cure(code)
    assert bool(last) is (code in TRIED_AGAIN)
    assert not last or ("do not try it again" in last and last.endswith("."))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("6210", ["2026-11-03: the books are closed", "Emily Platt", "Cool Cars"]),
        ("6310", ["billable", "no customer"]),
        ("6330", ["hourly rate"]),
        ("610", ["Emily Platt", "Cool Cars", "Lighting", "inactive"]),
        ("6190", ["subscription"]),
        ("5020", ["plan"]),
        ("6240", ["of this name already"]),
    ],
)
def test_a_refusal_names_the_record_it_is_about(code, words):
    """The reader learns which person, customer or day stands in the way."""
    told = explain(Fault(code, "Msg", "Detail"), NAMES)

    assert [word for word in words if word not in told.text] == []


def test_a_business_rule_is_quoted_in_full():
    """The free text of QuickBooks is the only reason there is, so it is shown."""
    told = explain(Fault("6000", "Business error", "Pay run is locked."), NAMES)

    assert "“Business error: Pay run is locked.”" in told.text


def test_a_quotation_never_runs_into_what_follows():
    """QuickBooks' words end with a stop, its own or ours."""
    bare, ended = (
        explain(Fault("6000", detail=words), NAMES).text
        for words in ("Pay run is locked", "Pay run is locked.")
    )

    assert bare.endswith("QuickBooks says: “Pay run is locked”.")
    assert ended.endswith("QuickBooks says: “Pay run is locked.”")


@pytest.mark.parametrize("code", sorted(SENTENCES.keys() - {"6000"}))
def test_what_we_can_say_ourselves_is_not_said_in_raw_words(code):
    """QuickBooks' own text is folded away wherever our sentence says enough."""
    told = explain(Fault(code, "Sorry", "java.lang.Oops"), NAMES)

    assert "Oops" not in told.text
    assert "QuickBooks says:" not in told.text


@pytest.mark.parametrize("code", ["610", "2030", "2500"])
def test_a_missing_record_may_be_any_that_was_named(code):
    """Class and location are named with the others, and where they are chosen."""
    names = {**NAMES, "class": "North", "location": "East"}
    told = explain(Fault(code), names)

    said = "Emily Platt, Cool Cars, Lighting, class North or location East"
    assert said in told.text
    assert "Users, Projects, Service or More fields in the" in told.cure


@pytest.mark.parametrize("code", ["610", "2030", "2500"])
def test_what_was_not_named_is_not_missing(code):
    """Without class, location and item nobody is sent to look for them."""
    told = explain(Fault(code), {"person": "Emily Platt", "customer": "Cool Cars"})

    assert "Emily Platt or Cool Cars" in told.text
    assert "service item" not in told.text
    assert "under Users or Projects in the" in told.cure


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("5010", "was changed in QuickBooks at the same moment"),
        ("2020", "says that a required property of Emily Platt's time"),
    ],
)
def test_nothing_is_promised_or_said_that_is_not_so(code, words):
    """A create reads nothing again, and a property is missing, not missed."""
    told = explain(Fault(code), NAMES)

    assert words in told.text
    assert "reads it again" not in told.text
    assert "misses" not in told.text


def test_an_unknown_refusal_without_names_sends_nobody_to_look_for_them():
    """There is no "this person" where nobody was named."""
    told = explain(Fault("7777", "Odd"), {"company": "Craig's Design"})

    assert "Craig's Design" in told.text
    assert "this" not in told.text + told.cure


def test_an_unknown_refusal_keeps_its_words_and_its_number():
    """Even a refusal nobody has seen yet gives support something to go by."""
    told = explain(Fault("7777", "Odd", "Very odd", tid="1-5f{e}"), NAMES)

    assert "7777" in told.text
    assert "Odd: Very odd" in told.text
    assert "Emily Platt's time for Cool Cars on 2026-11-03" in told.text
    assert "1-5f{e}" in told.cure
    assert not told.retry


def test_a_refusal_without_any_words_says_that_none_were_given():
    """Silence is reported as silence."""
    told = explain(Fault(""), {})

    assert "gave no reason" in told.text
    assert "this time" in told.text


def test_names_are_never_read_as_patterns():
    """A customer called "{x}" is shown as "{x}"."""
    told = explain(Fault("6310"), {"person": "{person.__class__}", "customer": "{0}"})

    assert "{person.__class__}" in told.text


def test_the_table_asks_only_for_names_that_exist():
    """No sentence has a hole in it."""
    used = {
        name
        for sentence in SENTENCES.values()
        for text in (sentence.text, sentence.cure, sentence.paused)
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }

    assert used <= set(filled({}, paused=False))


@given(
    fault=st.builds(
        Fault, code=st.text(max_size=8), message=st.text(), detail=st.text()
    ),
    names=st.dictionaries(st.sampled_from(list(NAMES)), st.text(max_size=20)),
)
def test_there_is_always_something_to_say(fault, names):
    """Text and cure are never empty, whatever QuickBooks wrote."""
    told = explain(fault, names)

    assert told.text.strip()
    assert told.cure.strip()
