"""What the lines say adds up to what the report says, whatever the entries."""

import random
from collections import defaultdict
from decimal import Decimal

import pytest

from addon.records import db
from addon.records.link import LinkKind
from addon.rules.eligibility import Hold
from addon.transfer import waiting
from addon.transfer.counting import days_counted, expect_count
from addon.transfer.link import choose
from addon.transfer.review import Filter, Review, State, review
from addon.transfer.waiting import LINK_HOLDS, Line, total
from tests.desk import CARS, EMILY, JOHN, PAM, Desk, a_desk

STRANGERS = ("Jane Doe", "Jorge Diaz", "Ivy Lin")
PROJECTS = ("Orchard", "Pond", "Meadow")
SEEDS = range(6)


def plant(desk: Desk, dice: random.Random) -> None:
    """Track forty entries of all kinds by people who are linked and who are not."""
    for _ in range(40):
        desk.track(
            dice.choice((EMILY, JOHN, PAM, *STRANGERS)),
            dice.choice((CARS, *PROJECTS, None)),
            days_ago=dice.uniform(0, 59),
            minutes=dice.choice((0, 0.4, 7, 59.5, 60, 61, 480, 1500)),
            billable=dice.random() < 0.7,
        )


def looked_at(desk: Desk) -> tuple[tuple[Line, ...], Review]:
    """Count, then give the lines of the settings and the report of the same days."""
    company_id = desk.company_id
    with desk.world.inside() as here:
        expect_count(here, company_id, desk.world.outside)
        db.session.commit()
        desk.world.outside.ring("waiting", here.id)
    desk.world.work()
    return both(desk, company_id)


def both(desk: Desk, company_id: int) -> tuple[tuple[Line, ...], Review]:
    """Give the lines of the settings and the report, without counting anew."""
    days = Filter(*days_counted(desk.time.now.date()))
    with desk.world.inside() as here:
        found = waiting.lines(here, company_id)
        return found, review(desk.world.outside, desk.world.viewer(here), days)


def check(found: tuple[Line, ...], seen: Review) -> int:
    """Check the sums of lines against the report; give how many entries wait."""
    of_lines: dict[Hold, list[int]] = defaultdict(lambda: [0, 0])
    money = Decimal(0)
    for line in found:
        of_lines[line.hold][0] += line.own.entries
        of_lines[line.hold][1] += line.own.minutes
        money += sum((amount for _, amount in line.own.money), start=Decimal(0))
        assert line.own.entries <= line.sum.entries
    of_rows: dict[Hold, list[int]] = defaultdict(lambda: [0, 0])
    rows = [row for row in seen.rows if row.hold in LINK_HOLDS]
    for row in rows:
        assert row.hold is not None
        of_rows[row.hold][0] += 1
        of_rows[row.hold][1] += row.minutes
    named = {hold: sums for hold, sums in of_lines.items() if sums[0]}
    assert named == of_rows
    assert money == sum((row.amount or Decimal(0) for row in rows), start=Decimal(0))
    assert total(found).entries == len(rows)
    assert [(line.key, line.sum, line.own) for line in found] == [
        (line.key, line.sum, line.own) for line in seen.waiting
    ]
    return len(rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_f23_lines_add_up_to_the_report_reason_by_reason(seed, tmp_path):
    """Hours and money of the lines are those of “Needs attention”, each entry once."""
    dice = random.Random(seed)
    with a_desk(tmp_path) as desk:
        for name in STRANGERS:
            desk.world.workspace.add_user(name)
        for name in PROJECTS:
            desk.world.workspace.add_project(name)
        plant(desk, dice)
        desk.world.work()
        found, seen = looked_at(desk)
        waits = check(found, seen)
        assert waits > 5
        assert seen.totals[State.ATTENTION].count >= waits
        company_id = desk.company_id
        for line in dice.sample(found, k=3):
            target = "employee:55" if line.kind is LinkKind.USER else "customer:3"
            with desk.world.inside() as here:
                viewer = desk.world.viewer(here)
                choose(desk.world.outside, viewer, line.kind, line.clockify_id, target)
            # Without counting anew: what was counted is judged with today's links.
            rest = check(*both(desk, company_id))
            assert rest <= waits
            waits = rest
