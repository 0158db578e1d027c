"""The pretend QuickBooks speaks as Intuit's own XML schema says."""

import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.sandbox.intuit_app import App, connected, hours

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(os.environ.get("CONTRACTS_DIR", ROOT.parent / "shared" / "contracts"))
FOLDER = CONTRACTS / "quickbooks-xsd"
SPACE = "http://schema.intuit.com/finance/v3"
XS = "{http://www.w3.org/2001/XMLSchema}"
# Where live JSON is known to differ from the schema:
# - requests may give StartTime and EndTime as a bare clock ("08:00:00-08:00");
# - references are objects {"value", "name"} in JSON, elements with a name in XML;
# - query answers give startPosition and maxResults as members, attributes in XML;
# - items have FullyQualifiedName and Level only when they stand in a tree.
ELEMENT = f"{XS}element"
FLAGS = ("domain", "sparse", "status")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """Intuit's own XML schema, answers and all."""
    file = FOLDER / "IntuitRestServiceDef.xsd"
    if not file.exists():
        pytest.skip(f"no published contracts at {CONTRACTS} (set CONTRACTS_DIR)")
    return etree.XMLSchema(etree.parse(file))


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


@cache
def shape_of(kind: str) -> dict[str, str]:
    """An entity's properties in the schema's own order, its bases first: types."""
    for file in ("Finance.xsd", "IntuitNamesTypes.xsd", "IntuitBaseTypes.xsd"):
        tree = etree.parse(FOLDER / file)
        found = tree.find(f".//{XS}complexType[@name='{kind}']")
        if found is None:
            continue
        base = found.find(f".//{XS}extension")
        above = shape_of(str(base.get("base"))) if base is not None else {}
        own = {str(e.get("name")): str(e.get("type")) for e in found.iter(ELEMENT)}
        return {**above, **own}
    return {}


def word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_xml(name: str, body: dict[str, Any], kind: str = "") -> etree._Element:
    """JSON in the schema's order; an unknown property stands last."""
    shape = shape_of(kind or name)
    order = list(shape)
    root = etree.Element(f"{{{SPACE}}}{name}", nsmap={None: SPACE})
    for flag in FLAGS:
        if flag in body:
            root.set(flag, word(body[flag]))
    inner = (key for key in body if key not in FLAGS)
    for key in sorted(inner, key=lambda k: order.index(k) if k in shape else 999):
        value = body[key]
        for one in value if isinstance(value, list) else [value]:
            root.append(_child(key, one, shape.get(key, "")))
    return root


def _child(name: str, value: Any, kind: str) -> etree._Element:
    if isinstance(value, dict) and "value" not in value:
        return as_xml(name, value, kind)
    child = etree.Element(f"{{{SPACE}}}{name}", nsmap={None: SPACE})
    if not isinstance(value, dict):
        child.text = word(value)
        return child
    child.text = value["value"]
    if "name" in value:
        child.set("name", value["name"])
    return child


CLOCK = {
    "Hours": None,
    "Minutes": None,
    "StartTime": "2026-03-02T09:00:00",
    "EndTime": "2026-03-02T10:00:00",
}
GOOD = [
    {},
    {"NameOf": "Vendor", "EmployeeRef": None, "VendorRef": {"value": "49"}},
    {
        "BillableStatus": "Billable",
        "CustomerRef": {"value": "8"},
        "HourlyRate": 75,
        "ItemRef": {"value": "6"},
        "Taxable": True,
        "Description": "Hedge & <lawn>",
    },
    {"EmployeeRef": {"value": "3"}, "CostRate": 12.5},
    {**CLOCK, "BreakMinutes": 15},
]


@pytest.mark.parametrize("changes", GOOD)
def test_time_activities_are_valid_both_ways(app, schema, changes) -> None:
    """What is taken and what is given back follow the schema."""
    body = hours(**changes)
    schema.assertValid(as_xml("TimeActivity", body))
    answer = app.post("timeactivity", body).json()["TimeActivity"]
    schema.assertValid(as_xml("TimeActivity", answer))


@pytest.mark.parametrize("kind", ["Customer", "Vendor", "Employee", "Item"])
def test_every_name_of_the_company_is_valid(app, schema, kind) -> None:
    """Lists are read by the same schema."""
    rows = app.query(f"select * from {kind} maxresults 1000")[kind]
    assert rows
    for row in rows:
        schema.assertValid(as_xml(kind, row))


def test_company_and_preferences_are_valid(app, schema) -> None:
    """So are the two objects that stand alone."""
    app.company.close_books(date(2026, 1, 31))
    info = app.call("GET", f"companyinfo/{app.realm}").json()["CompanyInfo"]
    schema.assertValid(as_xml("CompanyInfo", info))
    prefs = app.call("GET", "preferences").json()["Preferences"]
    schema.assertValid(as_xml("Preferences", prefs))


XML = {"Accept": "*/*"}


@pytest.mark.parametrize("changes", GOOD)
def test_whoever_does_not_ask_for_json_gets_valid_xml(app, schema, changes) -> None:
    """Writes, queries and the whole envelope."""
    answer = app.call("POST", "timeactivity", json=hours(**changes), headers=XML)
    assert answer.headers["Content-Type"].startswith("application/xml")
    schema.assertValid(etree.fromstring(answer.content))
    asked = {"query": "select * from TimeActivity"}
    answer = app.call("GET", "query", params=asked, headers=XML)
    schema.assertValid(etree.fromstring(answer.content))


def test_refusals_are_valid_xml_too(app, schema) -> None:
    """A fault, a throttle and a batch with one good and one bad item."""
    answer = app.call("POST", "timeactivity", json={}, headers=XML)
    schema.assertValid(etree.fromstring(answer.content))
    items = [
        {"bId": "1", "operation": "create", "TimeActivity": hours()},
        {"bId": "2", "operation": "create", "TimeActivity": hours(Hours=-1)},
    ]
    body = {"BatchItemRequest": items}
    answer = app.call("POST", "batch", json=body, headers=XML)
    schema.assertValid(etree.fromstring(answer.content))
