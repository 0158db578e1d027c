"""
Measure how matching and suggesting grow with the company; run by hand.

    python -m tests.benchmarks.matching
"""

import random
import time
from collections.abc import Callable
from functools import partial

from addon.rules.matching import match_people, match_projects
from addon.rules.suggesting import suggest_people, suggest_projects
from tests.entries import a_customer, a_person, a_project, a_user

SYLLABLES = [
    "ba",
    "bel",
    "cor",
    "da",
    "den",
    "fi",
    "gar",
    "han",
    "il",
    "jo",
    "ka",
    "lin",
]
WORK = ["Website", "Garden", "Kitchen", "Maintenance", "Phase", "Roof", "Retainer"]
SLIPS = ["{}", "{}", "{}", "{} ", "{} Inc.", "The {}", "{} (old)"]


def people_of(users: int, people: int):
    """Build users and records, two thirds of whom are the same people."""
    chance = random.Random(1)
    names = [f"{a_word(chance)} {a_word(chance)}" for _ in range(people)]
    staff = [
        a_user(id=f"u{n}", name=with_slip(chance, names[n % people]), email=None)
        for n in range(users)
    ]
    return staff, [
        a_person(id=f"p{n}", name=name, email=f"{name[:3]}{n}@example.com")
        for n, name in enumerate(names)
    ]


def projects_of(projects: int, customers: int):
    """Build clients with projects, as customers with sub-customers, full of slips."""
    chance = random.Random(2)
    clients = [f"{a_word(chance)} {a_word(chance)}" for _ in range(customers // 5)]
    parents = [a_customer(id=f"k{n}", name=name) for n, name in enumerate(clients)]
    below = [
        a_customer(id=f"c{n}", name=a_job(chance, n), parent=parents[n % len(parents)])
        for n in range(customers - len(parents))
    ]
    ours = [
        a_project(
            id=f"p{n}",
            name=with_slip(chance, chance.choice(below).name),
            client=with_slip(chance, chance.choice(clients)),
        )
        for n in range(projects)
    ]
    return ours, parents + below


def a_word(chance: random.Random) -> str:
    """Make up a name of two to four syllables."""
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).title()


def a_job(chance: random.Random, number: int) -> str:
    """Make up a piece of work; some names are borne hundreds of times."""
    what = chance.choice(WORK)
    return what if number % 3 == 0 else f"{what} {a_word(chance)} {number % 40}"


def with_slip(chance: random.Random, name: str) -> str:
    """Write a name as somebody else would: with a slip, or with a letter missing."""
    written = chance.choice(SLIPS).format(name)
    place = chance.randrange(len(written))
    return written if chance.random() < 0.7 else written[:place] + written[place + 1 :]


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time that a piece of work takes, in seconds."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def everything(users: int, people: int, projects: int, customers: int) -> float:
    """Match and suggest for one company; gives the seconds on one core."""
    staff, records = people_of(users, people)
    ours, theirs = projects_of(projects, customers)

    def work() -> None:
        match_people(staff, records, {})
        match_projects(ours, theirs, {})
        suggest_people(staff, records, {})
        suggest_projects(ours, theirs, {})

    return seconds(work)


def hard_worlds():
    """Build companies in which names tell little: what, projects and customers."""
    parent = a_customer(id="k", name="Riverside")
    yield (
        "one client, numbered",
        [
            a_project(id=f"p{n}", name=f"Job no. {n}", client="Riverside")
            for n in range(3000)
        ],
        [parent]
        + [a_customer(id=f"c{n}", name=f"Job {n}", parent=parent) for n in range(5000)],
    )
    yield (
        "one name for all",
        [a_project(id=f"p{n}", name="Maintenance") for n in range(3000)],
        [a_customer(id=f"c{n}", name="maintenance") for n in range(5000)],
    )
    chance = random.Random(3)
    stock = [a_word(chance) for _ in range(150)]
    yield (
        "few words, mixed",
        [
            a_project(id=f"p{n}", name=" ".join(chance.choices(stock, k=3)))
            for n in range(3000)
        ],
        [
            a_customer(id=f"c{n}", name=" ".join(chance.choices(stock, k=3)))
            for n in range(5000)
        ],
    )


def main() -> None:
    """Print how the time grows from 1,000 to 5,000 customers."""
    sizes = [(100, 120, 600, 1000), (250, 300, 1500, 2500), (500, 600, 3000, 5000)]
    smallest = 0.0
    print("users people projects customers  seconds  pairs ratio  time ratio")
    for users, people, projects, customers in sizes:
        took = everything(users, people, projects, customers)
        smallest = smallest or took
        pairs = projects * customers / (sizes[0][2] * sizes[0][3])
        print(
            f"{users:5} {people:6} {projects:8} {customers:9}  {took:7.2f}"
            f"  {pairs:11.1f}  {took / smallest:10.1f}"
        )
    print("3,000 projects and 5,000 customers whose names tell little:")
    for what, ours, theirs in hard_worlds():
        took = seconds(partial(suggest_projects, ours, theirs, {}))
        print(f"{what:22} {took:7.2f}")
    print("The same inside the add-on: python -m tests.benchmarks.first_pass")


if __name__ == "__main__":
    main()
