"""Every fact of a company becomes a plain sentence with what to do."""

from dataclasses import replace
from datetime import date

import pytest

from addon.rules.entry import CompanyFacts
from addon.transfer.check import Level, findings, refuses

PLUS = CompanyFacts(
    name="Craig's Design",
    plan="QuickBooks Online Plus",
    country="US",
    currency="USD",
    multi_currency=False,
    time_tracking=True,
    closed_through=None,
    payroll=False,
    subscription="PAID",
)


def said(**facts) -> str:
    found = findings(replace(PLUS, **facts))
    return " ".join(f"[{each.level}] {each.text} {each.cure}" for each in found)


def test_a_company_in_order_has_only_good_news():
    """Where nothing stands in the way, every line is good."""
    found = findings(PLUS)
    assert {each.level for each in found} == {Level.GOOD}
    assert [each.text for each in found] == [
        "Plan: QuickBooks Online Plus.",
        "Country: US.",
        "Currency: USD.",
        "Time tracking is on.",
        "The books are open for every date.",
        "QuickBooks Payroll is off.",
    ]


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        ({"plan": "QuickBooks Online Simple Start"}, Level.BAD, "cannot hold time"),
        ({"plan": ""}, Level.WARNING, "which plan"),
        ({"currency": ""}, Level.WARNING, "which currency"),
        ({"multi_currency": True}, Level.GOOD, "Several currencies"),
        ({"time_tracking": False}, Level.BAD, "Time tracking is switched off"),
        ({"closed_through": date(2026, 3, 31)}, Level.GOOD, "through 31 March 2026"),
        ({"payroll": True}, Level.WARNING, "no employee is ever created"),
        ({"subscription": "EXPIRED"}, Level.BAD, "calls the subscription expired"),
        ({"subscription": "Suspended"}, Level.BAD, "Renew it"),
    ],
)
def test_every_fact_that_matters_is_told(facts, level, words):
    """Whatever keeps time from being sent is said before it happens."""
    found = [
        each
        for each in findings(replace(PLUS, **facts))
        if words in f"{each.text} {each.cure}"
    ]
    assert [each.level for each in found] == [level]


def test_what_is_not_good_always_says_what_to_do():
    """Every warning and every obstacle comes with its cure."""
    worst = findings(
        replace(
            PLUS,
            plan="",
            currency="",
            time_tracking=False,
            payroll=True,
            subscription="EXPIRED",
        )
    )
    assert all(each.cure for each in worst if each.level is not Level.GOOD)
    assert sum(each.level is not Level.GOOD for each in worst) == 5


@pytest.mark.parametrize(
    ("plan", "refused"),
    [
        ("QuickBooks Online Simple Start", True),
        ("SIMPLE START", True),
        ("QuickBooks Online Essentials", False),
        ("QuickBooks Online Advanced", False),
        ("", False),
    ],
)
def test_only_simple_start_is_refused(plan, refused):
    """A plan is refused only where it certainly cannot hold time activities."""
    assert (refuses(replace(PLUS, plan=plan)) is not None) == refused


def test_missing_facts_are_not_taken_for_bad_ones():
    """What QuickBooks does not tell is not held against the company."""
    assert "[bad]" not in said(time_tracking=None, country="", subscription="")
