"""Says how like an activity still is to what we sent, where a person has changed it."""

from addon.quickbooks import payloads
from addon.quickbooks.payloads import Row

# Below this it is another activity; from the second on it is clearly the same one.
KIN = 30
CLEAR = 40


def fields_named(sent: Row) -> frozenset[str]:
    """Say which fields a body names that QuickBooks else fills in by itself."""
    return payloads.FILLED_IN & sent.keys()


def likeness(found: Row, sent: Row) -> int:
    """
    Count what is the same: ten for each of five things, one for each of the rest.

    The five are person, day, length, customer and description. What QuickBooks put
    under another record of the person's number is never clearly the same.
    """
    is_elsewhere = _is_elsewhere(found, sent)
    five: tuple[bool, ...] = (
        payloads.same_owner(found, sent) or is_elsewhere,
        found.get("TxnDate") == sent.get("TxnDate"),
        payloads.same_length(found, sent),
        _same_ref(found, sent, "CustomerRef"),
        payloads.same_words(found, sent),
    )
    rest: tuple[bool, ...] = (
        payloads.same_rate(found, sent),
        payloads.is_billable(found) == payloads.is_billable(sent),
        *(
            _same_ref(found, sent, name)
            for name in ("ItemRef", "ClassRef", "DepartmentRef")
        ),
    )
    count = 10 * sum(five) + sum(rest)
    return min(count, CLEAR - 1) if is_elsewhere else count


def _is_elsewhere(found: Row, sent: Row) -> bool:
    """Say whether it lies under another name of the number that we sent."""
    meant = payloads.ref_id(sent, f"{sent.get('NameOf')}Ref")
    return found.get("NameOf") == "Other" and meant == payloads.ref_id(
        found, "OtherNameRef"
    )


def _same_ref(found: Row, sent: Row, name: str) -> bool:
    return payloads.ref_id(found, name) == payloads.ref_id(sent, name)
