"""Drafts and activities that are there already are paired one to one."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from addon.rules.activity import Activity
from addon.rules.entry import PersonKind
from addon.rules.pairing import Present, pair

WORDS = ("", "Planted", "Pruned", "Planted  the\nroses")


def a_draft(**changes: object) -> Activity:
    values: dict[str, object] = {
        "person_kind": PersonKind.EMPLOYEE,
        "person_id": "55",
        "person_name": "Emily Platt",
        "day": date(2026, 5, 4),
        "minutes": 60,
        "customer_id": "3",
        "customer_name": "Cool Cars",
        "billable": True,
        "rate": None,
        "description": "Planted",
        "item_id": None,
        "item_name": "",
    }
    return Activity(**(values | changes))  # type: ignore[arg-type]


def there(number: str, draft: Activity, **changes: object) -> Present:
    same = Present(
        id=number,
        sync_token="0",
        person_kind=draft.person_kind,
        person_id=draft.person_id,
        customer_id=draft.customer_id,
        day=draft.day,
        minutes=draft.minutes,
        billable=draft.billable,
        description=draft.description,
    )
    return replace(same, **changes)  # type: ignore[arg-type]


drafts = st.builds(
    a_draft,
    person_kind=st.sampled_from(PersonKind),
    person_id=st.sampled_from(("1", "2")),
    customer_id=st.sampled_from((None, "3")),
    day=st.sampled_from((date(2026, 5, 4), date(2026, 5, 5))),
    minutes=st.sampled_from((60, 61)),
    billable=st.booleans(),
    description=st.sampled_from(WORDS),
)


def key(one: Activity | Present) -> tuple[object, ...]:
    return (one.person_kind, one.person_id, one.customer_id, one.day, one.minutes)


@given(st.lists(drafts, max_size=12), st.lists(drafts, max_size=12))
def test_as_many_pairs_as_can_be_and_each_activity_once(ours, theirs):
    """Of each kind of hour as many are marked as are on both sides, no more."""
    named = {str(number): each for number, each in enumerate(ours)}
    present = [there(str(number), each) for number, each in enumerate(theirs)]
    found = pair(named, present)
    assert all(key(named[name]) == key(each) for name, each in found.items())
    numbers = [each.id for each in found.values()]
    assert len(numbers) == len(set(numbers))
    possible = Counter(map(key, ours)) & Counter(map(key, theirs))
    assert Counter(key(named[name]) for name in found) == possible


@given(st.lists(drafts, max_size=10))
def test_an_equal_entry_gets_its_own_words(ours):
    """Where everything is there already, everything is paired, words with words."""
    named = {str(number): each for number, each in enumerate(ours)}
    present = [there(str(number), each) for number, each in enumerate(reversed(ours))]
    found = pair(named, present)
    assert set(found) == set(named)
    for name, each in found.items():
        assert named[name].description.split() == each.description.split()
        assert named[name].billable == each.billable


def test_the_same_number_of_another_kind_is_somebody_else():
    """Employee 55 and vendor 55 are two people."""
    draft = a_draft()
    vendor = there("1", draft, person_kind=PersonKind.VENDOR)
    assert pair({"a": draft}, [vendor]) == {}


def test_billing_decides_between_equal_words():
    """The billable hour is not taken for the one that nobody is billed for."""
    draft = a_draft()
    free = there("1", draft, billable=False)
    billed = there("2", draft)
    assert pair({"a": draft}, [free, billed]) == {"a": billed}
    assert pair({"a": draft}, [free]) == {"a": free}
