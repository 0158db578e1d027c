"""What becomes of a pair of names: linked by itself, suggested, or nothing."""

# ruff: noqa: RUF001 -- telling look-alikes apart is what these tests are about

from enum import StrEnum

import pytest

from addon.rules.matching import match_people, match_projects
from addon.rules.suggesting import suggest_people, suggest_projects
from tests.entries import a_customer, a_person, a_project, a_user


class Decision(StrEnum):
    """What we do about two names that nobody else bears."""

    LINK = "link"
    SUGGEST = "suggest"
    NOTHING = "nothing"


LINK, SUGGEST, NOTHING = Decision
BOTH, PEOPLE, WORK = {"people", "projects"}, {"people"}, {"projects"}

PAIRS = [
    # The same, but for how it is typed.
    ("Mia Member", "Mia Member", LINK, BOTH, "letter for letter"),
    ("mia member", "MIA MEMBER", LINK, BOTH, "upper and lower case"),
    ("Mia Member  ", "Mia Member", LINK, BOTH, "trailing blanks"),
    ("Mia\u00a0 Member", "Mia Member", LINK, BOTH, "a blank that does not break"),
    ("Mia\u200b Member", "Mia Member", LINK, BOTH, "something invisible"),
    ("José Pérez", "Jose Perez", LINK, BOTH, "accents left out"),
    ("Nguyễn Lan", "Nguyen Lan", LINK, BOTH, "two accents on a letter left out"),
    ("Zoe\u0308 Bell", "Zoë Bell", LINK, BOTH, "an accent typed separately"),
    ("Member, Mia", "Mia Member", LINK, BOTH, "last name first, with a comma"),
    ("O’Brien", "O'Brien", LINK, BOTH, "kinds of apostrophes"),
    ("Lee–Jones", "Lee-Jones", LINK, BOTH, "kinds of hyphens"),
    ("Mia Member (deleted)", "Mia Member", LINK, BOTH, "QuickBooks' remark"),
    ("Ｇａｒｄｅｎ", "Garden", LINK, BOTH, "full-width letters"),
    ("Андрей Белый", "андрей белый", LINK, BOTH, "Cyrillic, in another case"),
    ("田中太郎", "田中太郎", LINK, BOTH, "Japanese, sign for sign"),
    ("ｶﾞｰﾃﾞﾝ", "ガーデン", LINK, BOTH, "narrow and wide Japanese"),
    ("Garden 🌹", "garden 🌹", LINK, BOTH, "the same emoji"),
    ("55 Twin Lane", "55 twin lane", LINK, BOTH, "the same number"),
    # Likely the same, but a person should say so.
    ("Jürgen Müller", "Juergen Mueller", SUGGEST, BOTH, "umlauts as two letters"),
    ("Müller", "Muller", SUGGEST, BOTH, "an umlaut as one letter"),
    ("Weiß", "Weiss", SUGGEST, BOTH, "a sharp s"),
    ("Søren Berg", "Soren Berg", SUGGEST, BOTH, "a letter with a stroke"),
    ("Łukasz Nowak", "Lukasz Nowak", SUGGEST, BOTH, "another letter with a stroke"),
    ("Андрей", "Андреи", SUGGEST, BOTH, "й and и are two letters"),
    ("Νίκος", "Νικος", SUGGEST, BOTH, "a Greek accent left out"),
    ("Smith-Jones", "Smith Jones", SUGGEST, BOTH, "a blank for a hyphen"),
    ("MiaMember", "Mia Member", SUGGEST, BOTH, "no blank at all"),
    ("OBrien", "O'Brien", SUGGEST, BOTH, "no apostrophe"),
    ("Member Mia", "Mia Member", SUGGEST, BOTH, "swapped, without a comma"),
    ("伟 王", "王 伟", SUGGEST, BOTH, "Chinese, swapped"),
    ("Mia Mia Member", "Mia Member", SUGGEST, BOTH, "a word typed twice"),
    ("Garden Garden", "Garden", SUGGEST, BOTH, "the name typed twice"),
    ("Mia Memper", "Mia Member", SUGGEST, BOTH, "one letter is another"),
    ("Jon Smith", "John Smith", SUGGEST, BOTH, "one letter less"),
    ("Stephen Jones", "Steven Jones", SUGGEST, BOTH, "two spellings of a first name"),
    ("Gardne", "Garden", SUGGEST, BOTH, "two letters swapped"),
    ("Garden 🌹", "Garden", SUGGEST, BOTH, "an emoji more"),
    ("Garden 🌹", "Garden 🌻", SUGGEST, BOTH, "another emoji"),
    ("Mia", "Mia Member", SUGGEST, BOTH, "the first name only"),
    ("Mia A. Member", "Mia Member", SUGGEST, BOTH, "a middle initial more"),
    ("Dr. Mia Member", "Mia Member", SUGGEST, BOTH, "a title"),
    ("Garden (old)", "Garden", SUGGEST, BOTH, "a remark"),
    ("M. Member", "Mia Member", SUGGEST, PEOPLE, "an initial"),
    ("Member M", "Mia Member", SUGGEST, PEOPLE, "an initial behind the last name"),
    ("Bob Smith", "Robert Smith", SUGGEST, PEOPLE, "a nickname"),
    ("Kate Smith", "Katherine Smith", SUGGEST, PEOPLE, "another nickname"),
    ("Acme, Inc.", "Acme", SUGGEST, BOTH, "a company form"),
    ("Acme LLC", "Acme Inc", SUGGEST, BOTH, "two company forms"),
    ("Acme L.L.C.", "Acme LLC", SUGGEST, BOTH, "a company form with full stops"),
    ("Nordwind GmbH & Co. KG", "Nordwind GmbH", SUGGEST, BOTH, "two German forms"),
    ("R&D", "R & D", SUGGEST, BOTH, "blanks around a sign"),
    ("Smith and Sons", "Smith & Sons", SUGGEST, BOTH, "a sign for a word"),
    ("Phase 01", "Phase 1", SUGGEST, BOTH, "a leading zero"),
    ("Twin Lane 55", "55 Twin Lane", SUGGEST, BOTH, "the number behind the street"),
    ("Twin Lane", "55 Twin Lane", SUGGEST, BOTH, "the number left out"),
    ("Anna Lee", "Аnna Lee", SUGGEST, BOTH, "a Cyrillic letter that looks Latin"),
    # Somebody or something else.
    ("Mia Member", "Noah Newcomer", NOTHING, BOTH, "two people"),
    ("Mia Member", "Max Member", NOTHING, BOTH, "two of a family"),
    ("John Smith", "Jane Smith", NOTHING, BOTH, "another two"),
    ("Mia A. Member", "Mia B. Member", NOTHING, BOTH, "two middle initials"),
    ("M. Member", "N. Member", NOTHING, BOTH, "two initials"),
    ("M. Member", "Mia Newcomer", NOTHING, BOTH, "an initial, another last name"),
    ("M. Member", "Mia Member", NOTHING, WORK, "a project is no initial"),
    ("55 Twin Lane", "56 Twin Lane", NOTHING, BOTH, "two houses"),
    ("Phase 1", "Phase 11", NOTHING, BOTH, "two numbers"),
    ("Phase 1 1", "Phase 11", NOTHING, BOTH, "two numbers are not one"),
    ("Lot 5 Block 7", "Lot 7 Block 5", NOTHING, BOTH, "numbers change places"),
    ("Part II", "Part III", NOTHING, BOTH, "Roman numbers"),
    ("Building A", "Building B", NOTHING, BOTH, "single letters"),
    ("June 2025 Retainer", "July 2025 Retainer", NOTHING, BOTH, "two months"),
    ("Q1 2025", "Q2 2025", NOTHING, BOTH, "two quarters"),
    ("2025", "Garden 2025", NOTHING, BOTH, "a year is no name"),
    ("LLC", "Acme LLC", NOTHING, BOTH, "a company form is no name"),
    ("M", "N", NOTHING, BOTH, "two single letters"),
    ("M", "Mia", NOTHING, BOTH, "a letter is not enough"),
    ("C++", "C#", NOTHING, BOTH, "a letter and signs"),
    ("王", "王伟", NOTHING, BOTH, "a sign is not enough"),
    ("王伟", "王芳", NOTHING, BOTH, "two people of a family"),
    ("東京", "京東", NOTHING, BOTH, "signs in another order"),
    ("かき", "がき", NOTHING, BOTH, "a voicing mark makes another word"),
    ("कमल", "कमला", NOTHING, BOTH, "a vowel sign makes another name"),
    ("Андрей", "Andrey", NOTHING, BOTH, "we do not transcribe"),
    ("🌹", "🌻", NOTHING, BOTH, "two emoji"),
    ("🌹", "", NOTHING, BOTH, "an emoji and nothing"),
    ("", "", NOTHING, BOTH, "two empty names"),
    ("   ", "\u200b", NOTHING, BOTH, "two names without content"),
    ("", "Mia Member", NOTHING, BOTH, "an empty name and a name"),
    (".", "-", NOTHING, BOTH, "two signs"),
]
CASES = [
    pytest.param(what, a, b, decision, id=f"{what}: {why}")
    for a, b, decision, kinds, why in PAIRS
    for what in sorted(kinds)
]


def decision_on(what: str, ours: str, theirs: str) -> Decision:
    """Give what becomes of one of ours and one of theirs, alone with each other."""
    if what == "people":
        users, people = [a_user(name=ours, email=None)], [a_person(name=theirs)]
        linked = match_people(users, people, {})
        suggested = suggest_people(users, people, {})
    else:
        projects, customers = [a_project(name=ours)], [a_customer(name=theirs)]
        linked = match_projects(projects, customers, {})
        suggested = suggest_projects(projects, customers, {})
    if linked:
        assert suggested, "what is certain would also be suggested"
        return LINK
    return SUGGEST if suggested else NOTHING


@pytest.mark.parametrize(("what", "a", "b", "decision"), CASES)
def test_two_names_are_linked_suggested_or_left_alone(what, a, b, decision):
    """Only what nobody would doubt is linked; what is likely is asked; no more."""
    assert decision_on(what, a, b) is decision
    assert decision_on(what, b, a) is decision


def test_the_table_is_as_long_as_promised():
    """At least sixty different pairs are decided, and each decision is shown often."""
    pairs = {frozenset((a, b)) for a, b, *_ in PAIRS}
    assert len(pairs) >= 60
    for decision in Decision:
        assert sum(each == decision for _, _, each, *_ in PAIRS) >= 15
