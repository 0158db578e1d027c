"""Which customers we propose for a project, with its client in mind."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.matching import match_projects
from addon.rules.suggesting import suggest_projects
from tests.entries import a_customer, a_project

COOL = a_customer(id="1", name="Cool Cars")
OTHER = a_customer(id="2", name="Other Shop")
GARDEN = a_project()
COOL_GARDEN = a_project(client="Cool Cars")
CLIENT_ITSELF = "Customer of the client's name"


def proposed(projects, customers, taken=None):
    """Give the targets and reasons for the garden."""
    found = suggest_projects(projects, customers, taken or {})
    return [(one.target_id, one.reason) for one in found.get("project-garden", ())]


CASES = [
    ("equal names", GARDEN, [a_customer()], [("3", "Same name")]),
    (
        "client and project are parent and child",
        COOL_GARDEN,
        [COOL, a_customer(parent=COOL)],
        [("3", "Same client, same name")],
    ),
    (
        "the client's child comes before somebody else's",
        COOL_GARDEN,
        [COOL, OTHER, a_customer(id="4", parent=OTHER), a_customer(parent=COOL)],
        [
            ("3", "Same client, same name"),
            ("4", "Another client, same name, but two customers bear it"),
        ],
    ),
    (
        "the client is there, its project is not",
        COOL_GARDEN,
        [COOL, a_customer(id="4", name="Kitchen", parent=COOL)],
        [("1", CLIENT_ITSELF)],
    ),
    (
        "the client's child is only similar",
        COOL_GARDEN,
        [COOL, a_customer(name="Gardens", parent=COOL)],
        [("3", "Same client, similar name"), ("1", CLIENT_ITSELF)],
    ),
    (
        "the client itself comes before somebody else's child",
        COOL_GARDEN,
        [COOL, OTHER, a_customer(parent=OTHER)],
        [("1", CLIENT_ITSELF), ("3", "Another client, same name")],
    ),
    (
        "a grandchild of the client",
        COOL_GARDEN,
        [
            COOL,
            sub := a_customer(id="5", name="Shop", parent=COOL),
            a_customer(parent=sub),
        ],
        [("3", "Same client, same name")],
    ),
    (
        "a client that is written differently",
        a_project(client="Cool Cars, Inc."),
        [COOL, a_customer(parent=COOL)],
        [("3", "Same client, same name")],
    ),
    (
        "a client that is only similar",
        a_project(client="Cool Carz"),
        [COOL, a_customer(parent=COOL)],
        [
            ("3", "Similar client, same name"),
            ("1", "Customer with a name like the client's"),
        ],
    ),
    (
        "a client that QuickBooks does not know",
        a_project(client="Unknown"),
        [OTHER, a_customer(), a_customer(id="4", name="Gardens", parent=OTHER)],
        [("3", "Same name"), ("4", "Another client, similar name")],
    ),
    (
        "no client, but the name tells it",
        a_project(name="Cool Cars - Garden"),
        [COOL, a_customer(parent=COOL)],
        [("3", "Same as the full name"), ("1", "One name is part of the other")],
    ),
    (
        "the project is the client",
        a_project(name="Cool Cars", client="Cool Cars"),
        [COOL],
        [("1", "Same name")],
    ),
    (
        "two customers of the client's name",
        COOL_GARDEN,
        [COOL, replace(COOL, id="2")],
        [("1", CLIENT_ITSELF), ("2", CLIENT_ITSELF)],
    ),
    (
        "an inactive child of the client",
        COOL_GARDEN,
        [COOL, a_customer(parent=COOL, name="Garden (deleted)", active=False)],
        [("1", CLIENT_ITSELF), ("3", "Name of an inactive record")],
    ),
    (
        "an inactive child of somebody else",
        COOL_GARDEN,
        [COOL, OTHER, a_customer(parent=OTHER, active=False)],
        [("1", CLIENT_ITSELF)],
    ),
    ("nothing alike", COOL_GARDEN, [OTHER], []),
    ("no names", a_project(name=" ", client=" "), [a_customer(name="\u200b")], []),
]


@pytest.mark.parametrize(
    ("project", "customers", "expected"),
    [pytest.param(*case, id=why) for why, *case in CASES],
)
def test_the_client_decides_what_comes_first(project, customers, expected):
    """A project under a client is looked for under the customer of that name."""
    assert proposed([project], customers) == expected


def test_projects_of_one_name_and_client_are_told_of_each_other():
    """Before a customer goes to one of two projects, the screen says there are two."""
    twin = replace(COOL_GARDEN, id="p2")
    text = "Same client, same name, but two projects bear it"
    assert proposed([COOL_GARDEN, twin], [COOL, a_customer(parent=COOL)]) == [
        ("3", text)
    ]


def test_names_under_other_clients_raise_no_doubt():
    """Each client may have its own garden."""
    other = a_project(id="p2", client="Other Shop")
    children = [a_customer(parent=COOL), a_customer(id="4", parent=OTHER)]
    found = proposed([COOL_GARDEN, other], [COOL, OTHER, *children])
    assert found[0] == ("3", "Same client, same name")


def test_two_children_of_one_name_are_proposed_side_by_side():
    """Where the books hold one name twice, a person chooses."""
    sub = a_customer(id="5", name="Shop", parent=COOL)
    children = [a_customer(id="4", parent=sub), a_customer(parent=COOL)]
    text = "Same client, same name, but two customers bear it"
    found = proposed([COOL_GARDEN], [COOL, sub, *children])
    assert found == [("3", text), ("4", text)]


def test_a_common_name_is_still_found_under_its_client():
    """Hundreds of customers with a sub-customer "Maintenance" confuse nobody."""
    parents = [a_customer(id=f"k{n}", name=f"Kunde {n}") for n in range(200)]
    children = [
        a_customer(id=f"c{n}", name="Maintenance", parent=parent)
        for n, parent in enumerate(parents)
    ]
    projects = [
        a_project(id=f"p{n}", name="maintenance", client=f"Kunde {n}")
        for n in range(200)
    ]
    found = suggest_projects(projects, parents + children, {})
    assert {one: those[0].target_id for one, those in found.items()} == {
        f"p{n}": f"c{n}" for n in range(200)
    }


def test_decided_projects_and_customers_are_left_alone():
    """Nobody is asked twice, and a customer is not given away twice."""
    customers = [COOL, a_customer(parent=COOL)]
    for taken in ({"project-garden": ""}, {"project-garden": "9"}):
        assert proposed([COOL_GARDEN], customers, taken) == []
    assert proposed([GARDEN], customers, {"p2": "3"}) == []


def test_several_projects_may_go_to_the_client_itself():
    """That one project is billed to the client does not keep the next from it."""
    assert proposed([COOL_GARDEN], [COOL], {"p2": "1"}) == [("1", CLIENT_ITSELF)]


def test_customers_that_stand_under_each_other_are_survived():
    """Broken books, where a parent is its own grandchild, are only broken books."""
    one = a_customer(id="1", name="Garden", parent_id="2")
    two = a_customer(id="2", name="Cool Cars", parent_id="1")
    found = proposed([COOL_GARDEN], [one, two])
    assert found[0] == ("1", "Same client, same name")


names = st.sampled_from(["Garden", "garden", "Gardens", "Cool Cars", "Roof 1", ""])
some_projects = st.lists(
    st.builds(a_project, name=names, client=st.none() | names), max_size=5
)


@st.composite
def some_customers(draw):
    customers = []
    for number in range(draw(st.integers(0, 7))):
        parent = draw(st.none() | st.sampled_from(customers)) if customers else None
        active = draw(st.sampled_from([True, True, False]))
        customers.append(
            a_customer(id=f"c{number}", name=draw(names), parent=parent, active=active)
        )
    return customers


def numbered(values):
    return [replace(value, id=f"p{number}") for number, value in enumerate(values)]


@given(some_projects, some_customers(), st.randoms(use_true_random=False))
def test_the_order_of_projects_changes_no_suggestion(projects, customers, chance):
    """The same two lists give the same suggestions, however they are sorted."""
    projects = numbered(projects)
    before = suggest_projects(projects, customers, {})
    chance.shuffle(projects)
    chance.shuffle(customers)
    assert suggest_projects(projects, customers, {}) == before


@given(some_projects, some_customers())
def test_what_is_certain_is_proposed_and_there_are_at_most_three(projects, customers):
    """Few, different, best first; and a link that makes itself is among them."""
    projects = numbered(projects)
    found = suggest_projects(projects, customers, {})
    for those in found.values():
        assert 1 <= len({one.target_id for one in those}) == len(those) <= 3
        assert [-one.score for one in those] == sorted(-one.score for one in those)
        assert all(0 <= one.score <= 100 for one in those)
    for project, match in match_projects(projects, customers, {}).items():
        assert match.target_id in {one.target_id for one in found[project]}


def test_namesakes_elsewhere_never_crowd_out_the_certain_one():
    """Found by chance: three other customers called Garden hid the one of the path."""
    first, second, third = (a_customer(id=f"c{n}", name="Garden") for n in range(3))
    near = a_customer(id="c3", name="Gardens")
    above = a_customer(id="c4", name="Garden", parent=near)
    below = a_customer(id="c5", name="Garden", parent=above)
    project = a_project(name="Garden", client="Garden")
    those = [first, second, third, near, above, below]
    assert match_projects([project], those, {})[project.id].target_id == "c5"
    found = suggest_projects([project], those, {})[project.id]
    assert "c5" in {one.target_id for one in found}
