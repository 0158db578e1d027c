"""Who is certainly who, and that nothing else is ever linked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.entry import PersonKind
from addon.rules.matching import Match, MatchReason, match_people
from addon.rules.suggesting import suggest_people
from tests.entries import a_person, a_user, a_vendor

EMPLOYEE, VENDOR = PersonKind.EMPLOYEE, PersonKind.VENDOR
MIA = a_user()
NOAH = a_user(id="user-noah", name="Noah Newcomer", email="noah@example.com")

PEOPLE = [
    ("equal names", [MIA], [a_person()], {"user-mia": "55"}),
    ("last name first", [MIA], [a_person(name="Member, Mia")], {"user-mia": "55"}),
    ("a vendor of the name", [MIA], [a_vendor()], {"user-mia": "56"}),
    ("other names", [MIA], [a_person(name="Mia Memper")], {}),
    (
        "equal e-mail, other name",
        [MIA],
        [a_person(name="M. M.", email="MIA@example.com ")],
        {"user-mia": "55"},
    ),
    ("an employee and a vendor of the name", [MIA], [a_person(), a_vendor()], {}),
    (
        "an employee and a vendor of the name, one with the e-mail",
        [MIA],
        [a_person(), a_vendor(email="mia@example.com")],
        {"user-mia": "56"},
    ),
    (
        "two users of the name",
        [MIA, replace(MIA, id="u2", email=None)],
        [a_person()],
        {},
    ),
    (
        "a leaver of the name still counts",
        [MIA, replace(MIA, id="u2", email=None, status="INACTIVE")],
        [a_person()],
        {},
    ),
    (
        "one number for an employee and a vendor does not make them one",
        [MIA],
        [a_person(), a_vendor(id="55")],
        {},
    ),
    (
        "the name says one, the e-mail says another",
        [MIA],
        [a_person(), a_vendor(name="Riverside Ltd", email="mia@example.com")],
        {},
    ),
    (
        "the name is Mia's, the e-mail is Noah's",
        [MIA, NOAH],
        [a_person(email="noah@example.com")],
        {},
    ),
    (
        "an e-mail that two records share says nothing, the name does",
        [MIA],
        [
            a_person(email="mia@example.com"),
            a_vendor(name="Noah", email="mia@example.com"),
        ],
        {"user-mia": "55"},
    ),
    ("an inactive record", [MIA], [a_person(active=False)], {}),
    (
        "an inactive record does not stand in the way",
        [MIA],
        [a_vendor(active=False, email="mia@example.com"), a_person()],
        {"user-mia": "55"},
    ),
    (
        "somebody who left can be matched",
        [replace(MIA, status="INACTIVE")],
        [a_person()],
        {"user-mia": "55"},
    ),
    (
        "somebody who was invited can be matched",
        [replace(MIA, status="PENDING", name="", email="mia@example.com")],
        [a_person(email="mia@example.com")],
        {"user-mia": "55"},
    ),
    ("no name and no e-mail", [a_user(name="", email="")], [a_person(name="")], {}),
    ("nobody", [], [], {}),
]


@pytest.mark.parametrize(
    ("users", "people", "expected"),
    [pytest.param(*case, id=why) for why, *case in PEOPLE],
)
def test_people_are_linked_only_when_there_is_no_doubt(users, people, expected):
    """Hours never go to a namesake."""
    found = match_people(users, people, {})
    assert {user: match.target_id for user, match in found.items()} == expected


def test_a_match_says_what_it_rests_on():
    """An admin can see why two people were linked, and to which kind of record."""
    vendor = a_vendor(email="mia@example.com", name="Other")
    assert match_people([MIA], [a_person()], {}) == {
        "user-mia": Match(EMPLOYEE, "55", MatchReason.NAME)
    }
    assert match_people([MIA], [vendor], {}) == {
        "user-mia": Match(VENDOR, "56", MatchReason.EMAIL)
    }
    both = a_person(email="mia@example.com")
    assert match_people([MIA], [both], {})["user-mia"].reason is MatchReason.EMAIL


@pytest.mark.parametrize(
    "taken",
    [{"user-mia": "7"}, {"user-mia": ""}, {"user-noah": "55"}],
    ids=["linked by hand", "left out", "the record is somebody's already"],
)
def test_what_was_decided_by_hand_is_left_alone(taken):
    """A choice of an admin is never overruled or doubled."""
    assert match_people([MIA], [a_person()], taken) == {}


few_names = st.sampled_from(["Mia", "mía", "Noah", "Lee, Mia", "Mia Lee", "", "\u200b"])
few_emails = st.sampled_from(["m@x.example", "M@X.example", "n@x.example", "", None])
some_users = st.lists(st.builds(a_user, name=few_names, email=few_emails), max_size=5)
some_people = st.lists(
    st.builds(
        a_person,
        name=few_names,
        email=few_emails,
        kind=st.sampled_from(PersonKind),
        active=st.sampled_from([True, True, False]),
    ),
    max_size=5,
)


def numbered(values, prefix):
    return [
        replace(value, id=f"{prefix}{number}") for number, value in enumerate(values)
    ]


@given(some_users, some_people, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(users, people, chance):
    """The same two lists give the same links, however they are sorted."""
    users, people = numbered(users, "u"), numbered(people, "p")
    before = match_people(users, people, {})
    chance.shuffle(users)
    chance.shuffle(people)
    assert match_people(users, people, {}) == before


@given(some_users, some_people)
def test_no_two_users_get_one_person_and_nobody_inactive_is_got(users, people):
    """What is linked without being asked is one to one."""
    users, people = numbered(users, "u"), numbered(people, "p")
    found = [match.target_id for match in match_people(users, people, {}).values()]
    assert len(found) == len(set(found))
    assert set(found) <= {person.id for person in people if person.active}


@given(some_users, some_people)
def test_a_twin_on_either_side_undoes_a_link(users, people):
    """As soon as there are two who could be meant, nobody is."""
    users, people = numbered(users, "u"), numbered(people, "p")
    for user_id, match in match_people(users, people, {}).items():
        user = next(one for one in users if one.id == user_id)
        person = next(one for one in people if one.id == match.target_id)
        second_user = [*users, replace(user, id="twin")]
        second_person = [*people, replace(person, id="twin")]
        assert user_id not in match_people(second_user, people, {})
        assert user_id not in match_people(users, second_person, {})


@given(some_users, some_people)
def test_both_sides_see_the_same_links(users, people):
    """Whether we look from the users or from the people, the pairs are the same."""
    users, people = numbered(users, "u"), numbered(people, "p")
    pairs = {(u, m.target_id) for u, m in match_people(users, people, {}).items()}
    swapped_users = [
        a_user(id=one.id, name=one.name, email=one.email)
        for one in people
        if one.active
    ]
    swapped_people = [
        a_person(id=one.id, name=one.name, email=one.email) for one in users
    ]
    swapped = match_people(swapped_users, swapped_people, {})
    assert {(match.target_id, one) for one, match in swapped.items()} == pairs


@pytest.mark.parametrize(
    ("ours", "theirs", "linked"),
    [
        ([("Mia Marsh", "mia@x.com")], [("Marsh Ltd", "mia@x.com")], True),
        ([("Mia Marsh", "office@x.com")], [("Pam Seitz", "office@x.com")], False),
        ([("Mia Marsh", "Office@X.com")], [("Pam Seitz", " office@x.com ")], False),
        ([("Mia Marsh", "info+mia@x.com")], [("Pam Seitz", "info+mia@x.com")], False),
        ([("Mia Marsh", "admin@x.com")], [("M. Marsh", "admin@x.com")], False),
        ([("Mia Marsh", "billing@x.com")], [("Mia Marsh", "billing@x.com")], True),
        ([("Mia Marsh", "billing@x.com")], [("Marsh, Mia", "billing@x.com")], True),
        ([("Mia Marsh", "mia@x.com")], [("Mia Marsh", "buero@x.com")], True),
        (
            [("Mia Marsh", "both@x.com"), ("Pam Seitz", "both@x.com")],
            [("Mo Marsh", "both@x.com")],
            False,
        ),
        (
            [("Mia Marsh", "both@x.com")],
            [("Mo Marsh", "both@x.com"), ("Pam Seitz", "both@x.com")],
            False,
        ),
    ],
)
def test_a_mailbox_that_people_share_never_links_by_itself(ours, theirs, linked):
    """office@ and whatever several use says nothing, unless the names agree too."""
    users = [
        a_user(id=f"u{n}", name=name, email=email)
        for n, (name, email) in enumerate(ours)
    ]
    people = [
        a_person(id=f"p{n}", name=name, email=email)
        for n, (name, email) in enumerate(theirs)
    ]
    assert bool(match_people(users, people, {})) is linked
    if not linked:
        [best, *_] = suggest_people(users, people, {})["u0"]
        assert "e-mail" in best.reason or "name" in best.reason
