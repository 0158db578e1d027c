"""Two records of QuickBooks become one: whoever was linked follows."""

import itertools

import pytest

from addon.records import db
from addon.records.journal import JournalLine
from addon.records.merge import Merge
from tests.newsroom import connected, hour_later, say, target, tell


@pytest.fixture
def world(tmp_path):
    """A workspace and a company that are connected; nothing is waiting."""
    with connected(tmp_path) as one:
        yield one


@pytest.mark.parametrize("told_first", [True, False])
def test_a_merge_in_quickbooks_takes_links_to_the_survivor(world, told_first):
    """Whoever was linked to the lost record is linked to the one that remains."""
    world.workspace.add_project("Merging")
    loser = world.company.add_customer("Merging")
    survivor = world.company.add_customer("Merged For Good")
    hour_later(world)
    project = world.workspace.project("Merging").id
    assert target(world, project) == ("customer", loser)
    since = len(world.company.changes)
    world.company.merge("Customer", loser, survivor)
    if not told_first:
        hour_later(world)
        assert target(world, project) == ("customer", loser)
    tell(world, since, times=2)
    world.work()
    assert target(world, project) == ("customer", survivor)
    with world.inside():
        lines = db.session.query(JournalLine).filter_by(event="merged").all()
        assert [line.details["after"] for line in lines] == [f"customer:{survivor}"]
        assert all(each.applied_at for each in db.session.query(Merge).all())


def test_a_merge_that_the_lists_do_not_show_moves_nothing(world):
    """What was told is a hint: while both records are active nothing moves."""
    world.workspace.add_project("Merging")
    loser = world.company.add_customer("Merging")
    survivor = world.company.add_customer("Merged For Good")
    hour_later(world)
    since = len(world.company.changes)
    world.company.merge("Customer", loser, survivor)
    world.company.reactivate("Customer", loser)
    tell(world, since)
    world.work()
    project = world.workspace.project("Merging").id
    assert target(world, project) == ("customer", loser)


def test_merges_after_merges_end_at_the_last_survivor(world):
    """A into B and B into C, told in any order, is A and B into C."""
    for number, order in enumerate(itertools.permutations(range(2))):
        world.workspace.add_project(f"Chain {number}")
        first = world.company.add_customer(f"Chain {number}")
        second = world.company.add_customer(f"Link {number}")
        third = world.company.add_customer(f"End {number}")
        hour_later(world)
        since = len(world.company.changes)
        world.company.merge("Customer", first, second)
        world.company.merge("Customer", second, third)
        merges = [
            each for each in world.company.changes[since:] if each.operation == "Merge"
        ]
        for index in order:
            say(world, merges[index])
            world.work()
        # The second reading of a busy company waits for its breath.
        hour_later(world)
        project = world.workspace.project(f"Chain {number}").id
        assert target(world, project) == ("customer", third)
