"""When two names are the same name."""

# ruff: noqa: RUF001 -- telling look-alikes apart is what these tests are about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.names import plain, same_name

SAME, DIFFERENT = True, False

PAIRS = [
    ("Mia Member", "Mia Member", SAME, "letter for letter"),
    ("mia member", "MIA MEMBER", SAME, "case does not count"),
    ("  Mia   Member ", "Mia Member", SAME, "blanks do not count"),
    ("Mia\tMember\n", "Mia Member", SAME, "tabs and new lines are blanks"),
    ("Mia\u00a0Member", "Mia Member", SAME, "a no-break space is a blank"),
    ("Mia\u2009Member", "Mia Member", SAME, "a thin space is a blank"),
    ("MiaMember", "Mia Member", DIFFERENT, "a missing blank is another name"),
    ("Mi\u200ba Member", "Mia Member", SAME, "a zero-width space is not there"),
    ("\ufeffMia Member", "Mia Member", SAME, "a byte order mark is not there"),
    ("Mia\u00ad Member\u200e", "Mia Member", SAME, "invisible marks are not there"),
    ("Ｍｉａ Ｍｅｍｂｅｒ", "Mia Member", SAME, "full-width forms are letters"),
    ("ﬁnn", "Finn", SAME, "a ligature is two letters"),
    ("Member, Mia", "Mia Member", SAME, "last name first"),
    ("MEMBER,Mia", "mia member", SAME, "last name first, without a blank"),
    ("Member, Mia, Dr.", "Dr. Mia Member", DIFFERENT, "two commas mean no order"),
    ("Member,", "Member", DIFFERENT, "a comma without a first name stays"),
    (", Mia", "Mia", DIFFERENT, "a comma without a last name stays"),
    ("Mia Member", "Member Mia", DIFFERENT, "without a comma the order counts"),
    ("Mia Member (deleted)", "Mia Member", SAME, "QuickBooks marks the inactive"),
    ("Member, Mia (deleted)", "Mia Member", SAME, "the same, last name first"),
    ("Garden (deleted) (Deleted)", "Garden", SAME, "deleted twice"),
    ("Garden (old)", "Garden", DIFFERENT, "other remarks are part of the name"),
    ("(deleted) Garden", "Garden", DIFFERENT, "only at the end"),
    ("(deleted)", "", DIFFERENT, "a customer may be called so"),
    ("José Pérez", "Jose Perez", SAME, "accents are left out on many keyboards"),
    ("Jose\u0301", "José", SAME, "composed or not"),
    ("Zoë", "Zoe", SAME, "a trema is an accent"),
    ("François", "Francois", SAME, "a cedilla is an accent"),
    ("Nguyễn", "Nguyen", SAME, "two accents on one letter"),
    ("İstanbul", "Istanbul", SAME, "the dotted capital i"),
    ("Müller", "Muller", DIFFERENT, "an umlaut is a letter of its own"),
    ("Müller", "Mueller", DIFFERENT, "two families spell it so"),
    ("Mu\u0308ller", "MÜLLER", SAME, "an umlaut, composed or not, in any case"),
    ("Weiß", "Weiss", DIFFERENT, "sharp s is a letter of its own"),
    ("WEIẞ", "Weiß", SAME, "sharp s has a capital"),
    ("Søren", "Soren", DIFFERENT, "a letter with a stroke is another letter"),
    ("Łukasz", "Lukasz", DIFFERENT, "so is this one"),
    ("Андрей", "Андреи", DIFFERENT, "й is not и"),
    ("АНДРЕЙ", "андреи\u0306", SAME, "й, composed or not, in any case"),
    ("Anna", "Аnna", DIFFERENT, "a Cyrillic look-alike is somebody else"),
    ("かき", "がき", DIFFERENT, "voicing marks make other words"),
    ("ｶﾞｰﾃﾞﾝ", "ガーデン", SAME, "half-width kana"),
    ("東京", "京東", DIFFERENT, "signs in another order"),
    ("東京", "东京", DIFFERENT, "traditional and simplified are not unified"),
    ("ΝΙΚΟΣ", "νικος", SAME, "the final sigma"),
    ("Νίκος", "Νικος", DIFFERENT, "marks outside Latin stay"),
    ("O’Brien", "O'Brien", SAME, "kinds of apostrophes"),
    ("O´Brien", "O`Brien", SAME, "accents used as apostrophes"),
    ("OBrien", "O'Brien", DIFFERENT, "a missing apostrophe"),
    ("Smith–Jones", "Smith-Jones", SAME, "kinds of hyphens"),
    ("Smith Jones", "Smith-Jones", DIFFERENT, "a blank is no hyphen"),
    ("“Garden”", '"Garden"', SAME, "kinds of quotation marks"),
    ("Garden 🌹", "Garden", DIFFERENT, "emoji are part of the name"),
    ("Garden 🌹", "garden 🌹", SAME, "the same emoji"),
    ("Garden 🌹", "Garden 🌻", DIFFERENT, "another emoji"),
    ("Heart ❤\ufe0f", "Heart ❤", SAME, "the look of an emoji does not count"),
    ("Phase 1", "Phase 2", DIFFERENT, "another number"),
    ("Phase 1", "Phase 01", DIFFERENT, "numbers are not counted out"),
    ("Phase １", "Phase 1", SAME, "full-width digits"),
    ("R&D", "R & D", DIFFERENT, "a blank more"),
    ("Acme, Inc.", "Acme Inc.", DIFFERENT, "a comma is not dropped"),
    ("Acme, Inc.", "ACME, INC.", SAME, "both sides are turned alike"),
    ("", "", DIFFERENT, "nobody has no name"),
    ("   ", "\u200b", DIFFERENT, "nothing visible is no name"),
]


@pytest.mark.parametrize(
    ("a", "b", "decision", "why"), PAIRS, ids=[why for *_, why in PAIRS]
)
def test_names_are_the_same_where_two_people_would_agree(a, b, decision, why):
    """Spelling habits do not part two names; a different letter does."""
    assert same_name(a, b) is decision, why
    assert same_name(b, a) is decision, why


names = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(
            "aAeEßẞüÜİıй,, '’´`-–\u00a0\u200b\ufe0f\u0301\u0308\u0327か\u3099"
        ),
    ),
    max_size=12,
)
spoiled = st.lists(
    st.sampled_from(["Mia", "Member", ",", " (deleted)", "(DELETED)", " ", "é", "ü"]),
    max_size=6,
).map("".join)


@given(names | spoiled)
def test_a_plain_name_is_as_plain_as_it_gets(name):
    """Comparing names that were compared before gives the same answer."""
    assert plain(plain(name)) == plain(name)


@given(names | spoiled)
def test_a_plain_name_has_no_stray_blanks(name):
    """Nothing invisible is left at the ends or doubled in the middle."""
    assert plain(name) == " ".join(plain(name).split())


@given(names)
def test_a_name_is_itself_unless_it_is_empty(name):
    """Equal names are equal, except that nothing equals nothing."""
    assert same_name(name, name) is bool(plain(name))


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))
def test_case_never_matters(name):
    """Upper case, lower case and the case it has are one name."""
    assert same_name(name.upper(), name.lower())
    assert same_name(name, name.upper())


@given(st.text("äöüß", min_size=1), st.text("aous", min_size=1))
def test_german_letters_are_never_taken_for_others(german, other):
    """Müller's hours never go to Muller."""
    assert not same_name(german, other)
