"""What is filled into the blanks of a sentence about a fault."""

import json
from collections.abc import Mapping
from typing import NamedTuple

# What each blank says of a record whose name is not known.
UNNAMED = {
    "person": "this person",
    "customer": "this customer",
    "item": "the service item",
    "class": "the class",
    "location": "the location",
}
# By which reference an activity names a record, of which kind that is in our lists,
# and in which blank its name stands.
_REFS = (
    ("EmployeeRef", "employee", "person"),
    ("VendorRef", "vendor", "person"),
    ("CustomerRef", "customer", "customer"),
    ("ItemRef", "item", "item"),
    ("ClassRef", "class", "class"),
    ("DepartmentRef", "department", "location"),
)
_SEND_AGAIN = ", then send again"
_GOES_ON = "; the run goes on by itself within five minutes after that"


class Named(NamedTuple):
    """A record that an activity names, with the blank that its name fills."""

    blank: str
    kind: str
    id: str
    name: str


def named_records(body: str | None) -> list[Named]:
    """List the records that an activity we sent names."""
    sent = json.loads(body or "{}")
    return [
        Named(blank, kind, str(sent[ref]["value"]), sent[ref].get("name") or "")
        for ref, kind, blank in _REFS
        if ref in sent
    ]


def filled(names: Mapping[str, str], *, paused: bool) -> Mapping[str, str]:
    """
    Give the words for every blank there is.

    Only {records} and {known} leave out what has no name: they list what was named.
    """
    known = {blank: name for blank, name in names.items() if name}
    whom = [known[each] for each in ("person", "customer", "date") if each in known]
    return {
        "date": "this day",
        "company": "this company",
        **UNNAMED,
        **known,
        "work": _work(known),
        "records": _records(known),
        "places": _places(known),
        "known": _listed(whom, "and"),
        "then": _GOES_ON if paused else _SEND_AGAIN,
    }


def _work(known: Mapping[str, str]) -> str:
    customer = known.get("customer") or known.get("project")
    if "company" in known and not (customer or known.keys() & {"person", "date"}):
        return f"time in {known['company']}"
    work = f"{known['person']}'s time" if "person" in known else "this time"
    if customer:
        work += f" for {customer}"
    if "date" in known:
        work += f" on {known['date']}"
    return work


def _records(known: Mapping[str, str]) -> str:
    said = [known[each] for each in ("person", "customer", "item") if each in known]
    said += [f"{each} {known[each]}" for each in ("class", "location") if each in known]
    return _listed(said, "or") or "the person, the customer or the service item"


def _places(known: Mapping[str, str]) -> str:
    """Say under which headings of the settings the records are chosen."""
    places = ["Users", "Projects"]
    if "item" in known:
        places.append("Service")
    if known.keys() & {"item", "class", "location"}:
        places.append("More fields")
    return _listed(places, "or")


def _listed(said: list[str], joint: str) -> str:
    *others, last = said or [""]
    return f"{', '.join(others)} {joint} {last}" if others else last
