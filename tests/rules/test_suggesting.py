"""Whom we propose where nobody is certain, in which order, and in which words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.entry import PersonKind
from addon.rules.matching import match_people
from addon.rules.suggesting import Suggestion, suggest_people
from tests.entries import a_person, a_user, a_vendor

MIA = a_user()
NAMELESS = a_user(name="", email="mia.member@example.com")


def proposed(users, people, taken=None):
    """Give the targets and reasons for Mia."""
    found = suggest_people(users, people, taken or {}).get("user-mia", ())
    return [(one.target_id, one.reason) for one in found]


REASONS = [
    ("equal e-mail", MIA, a_person(name="X", email="MIA@example.com"), "Same e-mail"),
    ("equal name", MIA, a_person(), "Same name"),
    (
        "equal name, typed differently",
        MIA,
        a_person(name="MEMBER, Mia"),
        "Same name, typed differently",
    ),
    (
        "a name with an umlaut",
        a_user(name="Mia Müller", email=None),
        a_person(name="Mia Mueller"),
        "Same name, spelled differently",
    ),
    ("swapped", MIA, a_person(name="Member Mia"), "Same words in another order"),
    (
        "a company",
        MIA,
        a_vendor(id="55", name="Mia Member LLC"),
        "Same name apart from the company form",
    ),
    ("the e-mail is a name", NAMELESS, a_person(), "Name as in the e-mail"),
    (
        "their e-mail is the name",
        MIA,
        a_person(name="Front desk", email="mmember@example.org"),
        "Name as in the e-mail",
    ),
    ("an initial", MIA, a_person(name="M. Member"), "Same last name and first initial"),
    (
        "a nickname",
        a_user(name="Bob Member", email=None),
        a_person(name="Robert Member"),
        "Same last name, short first name",
    ),
    (
        "an e-mail elsewhere",
        MIA,
        a_person(name="X", email="mia@home.example"),
        "Same e-mail name",
    ),
    (
        "a letter that only looks the same",
        MIA,
        a_person(name="Mi\u0430 Member"),
        "Looks the same, but has other letters",
    ),
    ("a slip", MIA, a_person(name="Mia Memper"), "Similar name"),
    ("a part", MIA, a_person(name="Mia"), "One name is part of the other"),
    (
        "an inactive record with the e-mail",
        MIA,
        a_person(name="X", email="mia@example.com", active=False),
        "E-mail of an inactive record",
    ),
    (
        "an inactive record with the name",
        MIA,
        a_person(name="Mia Member (deleted)", active=False),
        "Name of an inactive record",
    ),
]


@pytest.mark.parametrize(
    ("user", "person", "reason"), [pytest.param(*c, id=why) for why, *c in REASONS]
)
def test_a_suggestion_says_in_plain_words_what_it_rests_on(user, person, reason):
    """An admin reads why somebody is proposed before saying yes."""
    assert proposed([user], [person]) == [("55", reason)]


@pytest.mark.parametrize(
    "address", ["info@x.example", "mi@x.example", "@x.example", "", None]
)
def test_a_mailbox_of_the_house_is_nobodys_name(address):
    """That two people answer for info@ does not make them one."""
    user = a_user(email=address)
    person = a_person(name="X", email=address and address.replace("x.", "y."))
    assert proposed([user], [person]) == []


def test_namesakes_are_proposed_side_by_side_and_linked_by_nobody():
    """Where an employee and a vendor bear one name, a person chooses."""
    people = [a_vendor(), a_person()]
    text = "Same name, but two records bear it"
    assert proposed([MIA], people) == [("55", text), ("56", text)]
    assert match_people([MIA], people, {}) == {}
    scores = [one.score for one in suggest_people([MIA], people, {})["user-mia"]]
    assert scores[0] == scores[1]


def test_users_of_one_name_are_told_of_each_other():
    """Before a record goes to one of two namesakes, the screen says there are two."""
    users = [MIA, replace(MIA, id="u2", email=None)]
    text = "Same name, but two users bear it"
    assert proposed(users, [a_person()]) == [("55", text)]
    assert suggest_people(users, [a_person()], {})["u2"][0].reason == text


def test_the_surest_reason_comes_first():
    """E-mail before name, name before spelling, spelling before similarity."""
    people = [
        a_person(id="1", name="Mia Memper"),
        a_person(id="2", name="Member Mia"),
        a_person(id="3", name="Mia Member"),
        a_person(id="4", name="Riverside", email="mia@example.com"),
        a_person(id="5", name="M. Member"),
        a_person(id="6", name="Mia Member", active=False),
    ]
    assert [target for target, _ in proposed([MIA], people)] == ["4", "3", "2"]
    assert [target for target, _ in proposed([MIA], people[:1] + people[4:])] == [
        "5",
        "1",
        "6",
    ]


def test_one_number_for_an_employee_and_a_vendor_is_two_suggestions():
    """Which of the two is meant stays visible."""
    found = suggest_people([MIA], [a_person(), a_vendor(id="55")], {})["user-mia"]
    assert {(one.target_kind, one.target_id) for one in found} == {
        (PersonKind.EMPLOYEE, "55"),
        (PersonKind.VENDOR, "55"),
    }


@pytest.mark.parametrize(
    "taken",
    [{"user-mia": "7"}, {"user-mia": ""}, {"user-noah": "55"}],
    ids=["linked by hand", "left out", "the record is somebody's already"],
)
def test_what_was_decided_is_not_proposed_again(taken):
    """Nobody is asked twice."""
    assert suggest_people([MIA], [a_person()], taken) == {}


def test_what_half_the_company_shares_is_no_trace():
    """A name that fits dozens of records proposes none of them; of a few, it does."""
    crowd = [
        a_person(id=f"c{a}{b}", name=f"Mia Mem{a}{b}er")
        for a in "abcdfghijk"
        for b in "acdefghijklm"
    ]
    assert proposed([MIA], crowd) == []
    assert proposed([MIA], crowd[:2]) != []
    namesakes = [a_person(id=f"n{number}") for number in range(60)]
    assert proposed([MIA], namesakes) == []
    full = [a_person(id=last, name=f"Mia {last}") for last in ("Bell", "Lee", "Diaz")]
    only_mia = a_user(name="Mia", email=None)
    assert len(proposed([only_mia], full)) == 3
    assert proposed([only_mia], [*full, a_person()]) == []


@pytest.mark.parametrize("name", ["9" * 6000, "a," * 3000, "\u0301" * 3000, "\ud800"])
def test_a_hostile_name_is_only_a_name(name):
    """Whatever somebody types as a name, suggesting goes on."""
    found = suggest_people([a_user(name=name)], [a_person(name=name + "x")], {})
    assert set(found) <= {"user-mia"}


names = st.sampled_from(
    [
        "Mia Member",
        "mía member",
        "Member Mia",
        "M. Member",
        "Mia",
        "Mia Memper",
        "",
        "M",
    ]
)
emails = st.sampled_from(["mia@x.example", "MIA@X.example", "m@y.example", "", None])
some_users = st.lists(st.builds(a_user, name=names, email=emails), max_size=5)
some_people = st.lists(
    st.builds(
        a_person,
        name=names,
        email=emails,
        kind=st.sampled_from(PersonKind),
        active=st.sampled_from([True, True, False]),
    ),
    max_size=7,
)


def numbered(values, prefix):
    return [
        replace(value, id=f"{prefix}{number}") for number, value in enumerate(values)
    ]


@given(some_users, some_people, st.randoms(use_true_random=False))
def test_the_order_of_lists_changes_no_suggestion(users, people, chance):
    """The same two lists give the same suggestions, however they are sorted."""
    users, people = numbered(users, "u"), numbered(people, "p")
    before = suggest_people(users, people, {})
    chance.shuffle(users)
    chance.shuffle(people)
    assert suggest_people(users, people, {}) == before


@given(some_users, some_people, st.booleans())
def test_suggestions_are_few_different_and_sorted(users, people, is_decided):
    """At most three different records, best first, none of them spoken for."""
    users, people = numbered(users, "u"), numbered(people, "p")
    taken = {"u0": "p0"} if is_decided else {}
    found = suggest_people(users, people, taken)
    assert not found.keys() & taken.keys()
    for those in found.values():
        assert 1 <= len(those) <= 3
        assert len({(one.target_kind, one.target_id) for one in those}) == len(those)
        assert [-one.score for one in those] == sorted(-one.score for one in those)
        assert all(0 <= one.score <= 100 for one in those)
        assert all(one.target_id not in taken.values() for one in those)


@given(some_users, some_people)
def test_who_is_certain_is_always_proposed_too(users, people):
    """What would be linked by itself is among the first when a person must choose."""
    users, people = numbered(users, "u"), numbered(people, "p")
    found = suggest_people(users, people, {})
    for user, match in match_people(users, people, {}).items():
        assert match.target_id in {one.target_id for one in found[user]}


def test_nobody_is_proposed_to_nobody():
    """Empty lists are fine."""
    assert suggest_people([], [], {}) == {}
    assert suggest_people([MIA], [], {}) == {}
    assert suggest_people([], [a_person()], {}) == {}


def test_a_suggestion_is_a_plain_value():
    """It can be stored, compared and shown as it is."""
    found = suggest_people([MIA], [a_person()], {})
    assert found == {
        "user-mia": (Suggestion(PersonKind.EMPLOYEE, "55", 95, "Same name"),)
    }
