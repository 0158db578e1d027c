"""What we send is exactly what was meant, and is recognised when it comes back."""

import json
import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks import payloads
from addon.rules.activity import Activity
from addon.rules.entry import PersonKind

DRAFT = Activity(
    person_kind=PersonKind.EMPLOYEE,
    person_id="55",
    person_name="Emily Platt",
    day=date(2026, 11, 3),
    minutes=150,
    customer_id="3",
    customer_name="Cool Cars",
    billable=True,
    rate=Decimal("153.50"),
    description="Completed work\nin two steps",
    item_id="8",
    item_name="Lighting",
)
FULL = {
    "NameOf": "Employee",
    "EmployeeRef": {"value": "55"},
    "TxnDate": "2026-11-03",
    "Hours": 2,
    "Minutes": 30,
    "BillableStatus": "Billable",
    "HourlyRate": 153.5,
    "Description": "Completed work\nin two steps",
    "CustomerRef": {"value": "3"},
    "ItemRef": {"value": "8"},
}


def test_a_billable_hour_carries_everything_an_invoice_needs():
    """Person, day, length, customer, rate, text and service reach QuickBooks."""
    assert payloads.time_activity(DRAFT) == FULL


def test_a_contractor_is_sent_as_a_vendor():
    """A vendor's time names the vendor and no employee."""
    body = payloads.time_activity(replace(DRAFT, person_kind=PersonKind.VENDOR))

    assert body["NameOf"] == "Vendor"
    assert body["VendorRef"] == {"value": "55"}
    assert "EmployeeRef" not in body


def test_unbillable_time_carries_no_rate():
    """Internal time can go without customer, rate, text or service."""
    bare = replace(
        DRAFT, billable=False, customer_id=None, item_id=None, description=""
    )

    assert payloads.time_activity(bare) == {
        "NameOf": "Employee",
        "EmployeeRef": {"value": "55"},
        "TxnDate": "2026-11-03",
        "Hours": 2,
        "Minutes": 30,
        "BillableStatus": "NotBillable",
    }


def test_class_and_location_are_added_where_the_settings_name_them():
    """Classes and locations chosen in the settings reach QuickBooks."""
    body = payloads.time_activity(DRAFT, class_id="c1", department_id="d1")

    assert (body["ClassRef"], body["DepartmentRef"]) == (
        {"value": "c1"},
        {"value": "d1"},
    )


def test_a_rate_of_zero_is_said_out_loud():
    """Left out, QuickBooks would bill the price of the service instead."""
    assert payloads.time_activity(replace(DRAFT, rate=Decimal(0)))["HourlyRate"] == 0


def test_an_unknown_rate_is_left_to_quickbooks():
    """Where rates may not be seen, QuickBooks uses the price of the service."""
    assert "HourlyRate" not in payloads.time_activity(replace(DRAFT, rate=None))


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        ("153.50", "153.5"),
        ("0.1", "0.1"),
        ("1E+2", "100"),
        ("19.99", "19.99"),
        ("0.00", "0"),
        ("99999999999", "99999999999"),
        ("33.33333", "33.33333"),
    ],
)
def test_money_is_written_digit_by_digit(rate, written):
    """153.50 arrives as 153.5, never as 153.49999."""
    assert json.dumps(payloads.json_number(Decimal(rate))) == written


@pytest.mark.parametrize(
    "rate", ["-1", "NaN", "Infinity", "100000000000", "1.00000000000000000001", "1E-7"]
)
def test_a_rate_that_cannot_be_written_exactly_is_refused(rate):
    """No amount is ever changed silently."""
    with pytest.raises(ValueError, match="rate"):
        payloads.json_number(Decimal(rate))


@given(st.decimals(0, 99999999, places=2))
def test_every_amount_of_cents_survives_the_journey(amount):
    """What Clockify charges is what QuickBooks bills."""
    text = json.dumps(payloads.json_number(amount))

    assert Decimal(text) == amount


@given(st.integers(1, 1435))
def test_no_minute_is_lost(minutes):
    """Hours and minutes add up to the time that was worked."""
    body = payloads.time_activity(replace(DRAFT, minutes=minutes))

    assert body["Hours"] * 60 + body["Minutes"] == minutes
    assert 0 <= body["Minutes"] < 60


def test_a_body_reads_back_as_the_same_bytes():
    """What is stored before sending is what is sent again."""
    text = json.dumps(FULL, sort_keys=True)

    assert json.dumps(json.loads(text), sort_keys=True) == text


def test_an_echo_with_another_person_is_noticed():
    """QuickBooks has been seen to book a stranger's id on a customer."""
    other = {"NameOf": "Other", "OtherNameRef": {"value": "55"}}

    assert payloads.same_owner(FULL, FULL)
    assert not payloads.same_owner(other, FULL)
    assert not payloads.same_owner({**FULL, "EmployeeRef": {"value": "56"}}, FULL)
    assert not payloads.same_owner({}, FULL)


ECHO = {
    **FULL,
    "Id": "7",
    "HourlyRate": 153.50,
    "EmployeeRef": {"value": "55", "name": "Emily Platt"},
    "Description": "Completed work\r\nin two steps ",
    "Taxable": False,
}


def test_our_own_activity_is_recognised():
    """After a lost answer we find what we sent, though QuickBooks tidied the text."""
    assert payloads.matches(ECHO, FULL)
    assert payloads.matches({**ECHO, "BillableStatus": "HasBeenBilled"}, FULL)


@pytest.mark.parametrize(
    "change",
    [
        {"TxnDate": "2026-11-04"},
        {"Hours": 3},
        {"Minutes": 29},
        {"Hours": None},
        {"EmployeeRef": {"value": "56"}},
        {"NameOf": "Other"},
        {"CustomerRef": {"value": "4"}},
        {"CustomerRef": None},
        {"BillableStatus": "NotBillable"},
        {"HourlyRate": 153.51},
        {"ItemRef": {"value": "9"}},
        {"Description": "Something else"},
    ],
)
def test_somebody_elses_activity_is_not_taken_for_ours(change):
    """A similar activity does not make us skip an entry."""
    assert not payloads.matches({**ECHO, **change}, FULL)


def test_a_service_chosen_by_quickbooks_is_no_difference():
    """Where we name no service QuickBooks puts its own."""
    sent = {name: value for name, value in FULL.items() if name != "ItemRef"}

    assert payloads.matches(ECHO, sent)


def test_minutes_alone_are_a_duration():
    """Half an hour may come back without the zero hours."""
    sent = {**FULL, "Hours": 0}
    found = {name: value for name, value in ECHO.items() if name != "Hours"}

    assert payloads.matches(found, sent)


CONTRACTS = Path(
    os.environ.get(
        "CONTRACTS_DIR", Path(__file__).parents[2].parent / "shared" / "contracts"
    )
)
SCHEMAS = CONTRACTS / "quickbooks-xsd"


@pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="Intuit's schema is not here (set CONTRACTS_DIR)"
)
@pytest.mark.parametrize("kind", list(PersonKind))
@pytest.mark.parametrize("billable", [True, False])
def test_every_body_follows_intuits_schema(kind, billable):
    """QuickBooks' own schema accepts what we send."""
    from lxml import etree

    activity = replace(DRAFT, person_kind=kind, billable=billable)
    body = payloads.time_activity(activity, class_id="1", department_id="2")
    space = "http://schema.intuit.com/finance/v3"
    frame = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:q="{space}"
        targetNamespace="{space}" elementFormDefault="qualified">
        <include schemaLocation="{SCHEMAS.as_uri()}/Finance.xsd"/>
        <element name="Sent" type="q:TimeActivity"/></schema>"""
    schema = etree.XMLSchema(etree.fromstring(frame))
    order = ["TxnDate", "NameOf", "EmployeeRef", "VendorRef", "CustomerRef"]
    order += ["DepartmentRef", "ItemRef", "ClassRef", "BillableStatus", "HourlyRate"]
    order += ["Hours", "Minutes", "Description"]
    root = etree.Element(f"{{{space}}}Sent")
    for name in order:
        if name in body:
            child = etree.SubElement(root, f"{{{space}}}{name}")
            value = body[name]
            child.text = str(value["value"] if isinstance(value, dict) else value)

    assert set(body) <= set(order)
    schema.assertValid(root)
