"""Records up to thirty activities with one call and reads what became of each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from addon.quickbooks.answers import clean, fault_in, is_unclear
from addon.quickbooks.errors import Fault, Malformed

# QuickBooks: batch, and RequestId.
MOST_ITEMS = 30
LONGEST_REQUEST_ID = 36
LONGEST_BID = 10


@dataclass(frozen=True)
class Recorded:
    """QuickBooks has made this activity; `body` is its own account of it."""

    activity_id: str
    sync_token: str
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Missing:
    """
    QuickBooks said nothing certain: the activity may exist or not.

    `fault` is what it said instead, where it said anything.
    """

    fault: Fault | None = None


Outcome = Recorded | Fault | Missing


def request_text(drafts: Mapping[str, Mapping[str, Any]]) -> str:
    """
    Write the body of a batch; equal drafts always give the very same text.

    Raises ValueError where QuickBooks would refuse the batch as a whole.
    """
    if not 0 < len(drafts) <= MOST_ITEMS:
        raise ValueError(f"A batch holds 1 to {MOST_ITEMS} items, not {len(drafts)}")
    for bid in drafts:
        if not 0 < len(bid) <= LONGEST_BID:
            raise ValueError(f"A batch item id has 1 to {LONGEST_BID} characters")
    items = [
        {"bId": bid, "operation": "create", "TimeActivity": drafts[bid]}
        for bid in sorted(drafts, key=lambda bid: (len(bid), bid))
    ]
    return json.dumps(
        {"BatchItemRequest": items},
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def outcomes(
    drafts: Mapping[str, Mapping[str, Any]], answer: Mapping[str, Any], tid: str = ""
) -> dict[str, Outcome]:
    """
    Say for each draft what the answer proves about it; Missing where it proves nothing.

    Raises Malformed where the answer is not that of a batch.
    """
    items = answer.get("BatchItemResponse")
    if not isinstance(items, list):
        raise Malformed("QuickBooks gave no answer to the batch")
    found: dict[str, Outcome] = {}
    for item in items:
        bid = clean(item.get("bId")) if isinstance(item, dict) else ""
        if bid not in drafts:
            continue
        outcome = _outcome(item, tid)
        # Two answers that contradict each other prove nothing.
        found[bid] = outcome if found.get(bid, outcome) == outcome else Missing()
    return {bid: found.get(bid, Missing()) for bid in drafts}


def recorded(item: Mapping[str, Any]) -> Recorded | None:
    """Read a recorded TimeActivity; only one with an Id counts as recorded."""
    body = item.get("TimeActivity")
    if not isinstance(body, dict) or body.get("status") == "Deleted":
        return None
    identifier = clean(body.get("Id"))
    if not identifier:
        return None
    return Recorded(identifier, clean(body.get("SyncToken")) or "0", body)


def _outcome(item: Mapping[str, Any], tid: str) -> Outcome:
    made = recorded(item)
    fault = fault_in(item, tid)
    if fault is None:
        return made or Missing()
    # A fault beside an activity is no clear no either.
    if made or is_unclear(fault):
        return Missing(fault)
    return fault
