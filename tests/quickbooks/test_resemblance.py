"""How like an activity still is to what we sent, after a person has changed it."""

from typing import Any

import pytest

from addon.quickbooks.resemblance import CLEAR, KIN, likeness

SENT: dict[str, Any] = {
    "NameOf": "Employee",
    "EmployeeRef": {"value": "55"},
    "TxnDate": "2026-11-03",
    "Hours": 2,
    "Minutes": 30,
    "BillableStatus": "Billable",
    "HourlyRate": 45,
    "CustomerRef": {"value": "3"},
    "ItemRef": {"value": "2"},
    "Description": "Planted roses",
}
OTHER = {"NameOf": "Other", "OtherNameRef": {"value": "55"}, "EmployeeRef": None}
CHANGES: list[dict[str, Any]] = [
    {"Description": "Planted roses and tulips"},
    {"Hours": 3},
    {"TxnDate": "2026-10-30"},
    {"CustomerRef": {"value": "4"}},
    {"BillableStatus": "NotBillable", "HourlyRate": 0, "ItemRef": {"value": "9"}},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: next(iter(each)))
def test_one_change_leaves_no_doubt(change):
    """Whoever corrects one thing has not made another activity of it."""
    found = {**SENT, "Id": "7", "SyncToken": "1", **change}
    assert CLEAR <= likeness(found, SENT) < likeness(SENT, SENT)


def test_two_changes_leave_a_doubt_and_three_none():
    """What differs in most is another activity; in between a person has to look."""
    two = {**SENT, **CHANGES[0], **CHANGES[1]}
    assert KIN <= likeness(two, SENT) < CLEAR
    assert likeness({**two, **CHANGES[2]}, SENT) < KIN


def test_what_lies_under_another_name_is_never_clearly_ours():
    """Time that QuickBooks gave to a customer never counts as the person's."""
    assert KIN <= likeness({**SENT, **OTHER}, SENT) < CLEAR
