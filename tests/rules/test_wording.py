"""The description that reaches QuickBooks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.wording import LONGEST_DESCRIPTION, describe, signs

FAMILY = "👩‍👩‍👧‍👦"
ACCENTED = "x\u0323\u0302"  # no single character exists for it
texts = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(
            "a \n\te\u0301\u0308\u200d\ufe0f🏽👩💻🇩🇪ก\u0e33न\u094dम한\u1100\u1161\r\0"
        ),
    )
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("", ""),
        ("  Planted the roses \n", "Planted the roses"),
        ("first\nsecond\tthird", "first\nsecond\tthird"),
        ("first\r\nsecond\rthird\u2028fourth", "first\nsecond\nthird\nfourth"),
        ("bell\a, null\0, escape\x1b[0m", "bell, null, escape[0m"),
        ("Cafe\u0301", "Café"),
        ("half \ud83d of an emoji", "half  of an emoji"),
        ("नमस्ते 👋🏽", "नमस्ते 👋🏽"),
        ("<b>“Quotes” & signs</b>", "<b>“Quotes” & signs</b>"),
    ],
)
def test_a_description_keeps_its_words_and_lines(text, described):
    """Everything readable arrives; what nobody can see or send does not."""
    assert describe(text) == described


def test_a_description_of_exactly_four_thousand_characters_stays_whole():
    """The limit itself is still allowed."""
    assert describe("x" * 4000) == "x" * 4000


def test_a_longer_description_says_that_it_was_cut():
    """A reader in QuickBooks can see that there was more."""
    assert describe("x" * 4001) == "x" * 3999 + "…"


def test_a_cut_leaves_no_blank_before_the_dots():
    """A cut between two words looks tidy."""
    assert describe("one two", limit=5) == "one…"


@pytest.mark.parametrize(
    "sign",
    [
        FAMILY,
        ACCENTED,
        "🇩🇪",
        "👍🏽",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "स्ते",
        "กำ",
        "\u1112\u1161\u11ab",
        "\u1112\u119e\u11ab",  # an old syllable that no single character exists for
        "각",
        "ｶﾞ",
    ],
)
def test_a_sign_is_kept_whole_or_not_at_all(sign):
    """No cut turns a family into two women, or a letter into another letter."""
    room = units(describe(sign))
    whole = describe(sign + "xy", limit=room + 1)
    assert whole == describe(sign) + "…"
    for limit in range(1, room + 1):
        assert describe(sign + "xy", limit=limit) == "…"


def test_two_flags_are_two_signs():
    """Letters of flags are paired from the left."""
    assert list(signs("🇩🇪🇫🇷🇮🇹x")) == ["🇩🇪", "🇫🇷", "🇮🇹", "x"]
    assert list(signs("abc é 日本")) == ["a", "b", "c", " ", "é", " ", "日", "本"]


@given(texts)
def test_signs_put_together_are_the_text(text):
    """Taking a text apart loses nothing."""
    assert "".join(signs(text)) == text


@given(texts, st.integers(0, 30))
def test_a_cut_description_is_the_beginning_of_the_whole_one(text, limit):
    """What arrives is within the limit, and a true beginning of what was written."""
    whole, cut = describe(text), describe(text, limit)
    assert units(cut) <= limit
    if cut == whole:
        return
    assert units(whole) > limit
    if limit:
        assert cut.endswith("…")
        body = cut[:-1]
        assert whole.startswith(body)
        rest = whole[len(body) :]
        assert body + rest == "".join([*signs(body), *signs(rest)])
        assert [*signs(body)] == [*signs(whole)][: len([*signs(body)])]


@given(texts, st.integers(1, 30))
def test_describing_again_changes_nothing(text, limit):
    """A description that was sent once compares equal when it is drafted again."""
    assert describe(describe(text, limit), limit) == describe(text, limit)


@given(st.text(min_size=3900, max_size=4100))
def test_every_description_can_be_sent(text):
    """QuickBooks never refuses a description of ours for its length or its signs."""
    described = describe(text)
    assert units(described) <= LONGEST_DESCRIPTION
    assert described.encode("utf-8").decode("utf-8") == described
    assert unicodedata.is_normalized("NFC", described)
    assert not any(
        unicodedata.category(c) == "Cc" and c not in "\n\t" for c in described
    )
