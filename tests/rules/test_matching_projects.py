"""Which project is certainly whose, and that nothing else is ever linked."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.rules.matching import Match, MatchReason, match_projects
from tests.entries import a_customer, a_project

COOL = a_customer(id="1", name="Cool Cars")
OTHER = a_customer(id="2", name="Other Shop")
GARDEN = a_project()
COOL_GARDEN = a_project(client="Cool Cars")

PROJECTS = [
    ("equal names", [GARDEN], [a_customer()], {"project-garden": "3"}),
    (
        "no client, a sub-customer of the name",
        [GARDEN],
        [COOL, a_customer(parent=COOL)],
        {"project-garden": "3"},
    ),
    (
        "no client, two customers of the name",
        [GARDEN],
        [COOL, a_customer(parent=COOL), a_customer(id="4")],
        {},
    ),
    (
        "client and project are parent and child",
        [COOL_GARDEN],
        [COOL, a_customer(parent=COOL)],
        {"project-garden": "3"},
    ),
    (
        "the parent decides between two children of one name",
        [COOL_GARDEN],
        [COOL, OTHER, a_customer(id="4", parent=OTHER), a_customer(parent=COOL)],
        {"project-garden": "3"},
    ),
    (
        "two projects of one name, two clients",
        [COOL_GARDEN, a_project(id="p2", client="other shop")],
        [COOL, OTHER, a_customer(id="4", parent=OTHER), a_customer(parent=COOL)],
        {"project-garden": "3", "p2": "4"},
    ),
    (
        "a child of somebody else",
        [COOL_GARDEN],
        [COOL, OTHER, a_customer(parent=OTHER)],
        {},
    ),
    (
        "the client is no customer, the project is one at the top",
        [COOL_GARDEN],
        [a_customer()],
        {"project-garden": "3"},
    ),
    (
        "the client has sub-customers, but the project is none of them",
        [COOL_GARDEN],
        [COOL, a_customer(id="4", name="Kitchen", parent=COOL), a_customer()],
        {},
    ),
    (
        "a grandchild under a sub-customer of the client's name",
        [COOL_GARDEN],
        [
            OTHER,
            sub := a_customer(id="5", name="COOL CARS", parent=OTHER),
            a_customer(parent=sub),
        ],
        {"project-garden": "3"},
    ),
    (
        "two parents of the client's name",
        [COOL_GARDEN],
        [COOL, sub, a_customer(parent=COOL), a_customer(id="4", parent=sub)],
        {},
    ),
    (
        "the same project twice",
        [COOL_GARDEN, a_project(id="p2", client="Cool Cars")],
        [COOL, a_customer(parent=COOL)],
        {},
    ),
    (
        "one project with a client, one without, one customer",
        [a_project(client="Unknown"), a_project(id="p2")],
        [a_customer()],
        {},
    ),
    (
        "an archived project of the name still counts",
        [GARDEN, a_project(id="p2", archived=True)],
        [a_customer()],
        {},
    ),
    ("an inactive customer", [GARDEN], [a_customer(active=False)], {}),
    (
        "an inactive customer does not stand in the way",
        [GARDEN],
        [a_customer(id="4", name="Garden (deleted)", active=False), a_customer()],
        {"project-garden": "3"},
    ),
    (
        "a parent that was not read matches no client",
        [COOL_GARDEN],
        [a_customer(parent=COOL)],
        {},
    ),
    (
        "a child of a parent that was not read, and a project without client",
        [GARDEN],
        [a_customer(parent=COOL)],
        {"project-garden": "3"},
    ),
    (
        "the client is a customer too, without sub-customers: not his namesake's work",
        [COOL_GARDEN],
        [COOL, a_customer()],
        {},
    ),
    (
        "a client and its project bear the customer's own name",
        [a_project(name="Cool Cars", client="Cool Cars")],
        [COOL],
        {"project-garden": COOL.id},
    ),
    (
        "a client whose name is not known",
        [a_project(client_id="c1")],
        [a_customer()],
        {},
    ),
    ("names without content", [a_project(name=" ")], [a_customer(name="\u200b")], {}),
]


@pytest.mark.parametrize(
    ("projects", "customers", "expected"),
    [pytest.param(*case, id=why) for why, *case in PROJECTS],
)
def test_projects_are_linked_only_when_there_is_no_doubt(projects, customers, expected):
    """Nobody is billed for somebody else's project."""
    found = match_projects(projects, customers, {})
    assert {one: match.target_id for one, match in found.items()} == expected


def test_a_project_match_says_whether_the_client_agreed():
    """A full path is stronger than a name, and is told apart from it."""
    by_path = match_projects([COOL_GARDEN], [COOL, a_customer(parent=COOL)], {})
    by_name = match_projects([GARDEN], [a_customer()], {})
    assert by_path["project-garden"] == Match("Customer", "3", MatchReason.PATH)
    assert by_name["project-garden"] == Match("Customer", "3", MatchReason.NAME)


@pytest.mark.parametrize("taken", [{"project-garden": ""}, {"project-other": "3"}])
def test_a_project_decided_by_hand_is_left_alone(taken):
    """The choice of no customer, or of this customer for another, stands."""
    assert match_projects([GARDEN], [a_customer()], taken) == {}


few_names = st.sampled_from(["Mia", "mía", "Noah", "Lee, Mia", "Mia Lee", "", "\u200b"])
some_projects = st.lists(
    st.builds(a_project, name=few_names, client=st.none() | few_names), max_size=6
)


@st.composite
def some_customers(draw):
    customers = []
    for number in range(draw(st.integers(0, 7))):
        parent = draw(st.none() | st.sampled_from(customers)) if customers else None
        active = draw(st.sampled_from([True, True, False]))
        name = draw(few_names)
        customers.append(
            a_customer(id=f"c{number}", name=name, parent=parent, active=active)
        )
    return customers


def numbered(values, prefix):
    return [
        replace(value, id=f"{prefix}{number}") for number, value in enumerate(values)
    ]


@given(some_projects, some_customers(), st.randoms(use_true_random=False))
def test_the_order_of_projects_does_not_matter(projects, customers, chance):
    """The same two lists give the same links, however they are sorted."""
    projects = numbered(projects, "p")
    before = match_projects(projects, customers, {})
    chance.shuffle(projects)
    chance.shuffle(customers)
    assert match_projects(projects, customers, {}) == before


@given(some_projects, some_customers())
def test_no_two_projects_get_one_customer(projects, customers):
    """What is linked without being asked is one to one, and active."""
    projects = numbered(projects, "p")
    found = [m.target_id for m in match_projects(projects, customers, {}).values()]
    assert len(found) == len(set(found))
    assert set(found) <= {customer.id for customer in customers if customer.active}


@given(some_projects, some_customers())
def test_a_twin_of_a_project_or_customer_undoes_a_link(projects, customers):
    """As soon as there are two that could be meant, none is."""
    projects = numbered(projects, "p")
    for project_id, match in match_projects(projects, customers, {}).items():
        project = next(one for one in projects if one.id == project_id)
        customer = next(one for one in customers if one.id == match.target_id)
        second_project = [*projects, replace(project, id="twin")]
        second_customer = [*customers, replace(customer, id="twin")]
        assert project_id not in match_projects(second_project, customers, {})
        assert project_id not in match_projects(projects, second_customer, {})


def test_a_large_company_is_matched_within_a_second():
    """Three thousand projects find their five thousand customers at once."""
    parents = [a_customer(id=f"k{n}", name=f"Kunde Größe {n}") for n in range(500)]
    children = [
        a_customer(id=f"c{n}", name=f"Projét {n}", parent=parents[n % 500])
        for n in range(4500)
    ]
    projects = [
        a_project(id=f"p{n}", name=f"projet {n}", client=f"KUNDE GRÖSSE {n % 500}")
        for n in range(3000)
    ]
    projects = [
        replace(one, client_name=one.client_name.replace("GRÖSSE", "Größe"))
        for one in projects
    ]
    begun = time.process_time()
    found = match_projects(projects, parents + children, {})
    assert time.process_time() - begun < 1
    assert len(found) == 3000
