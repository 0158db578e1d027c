"""What we read from QuickBooks keeps its meaning."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks import payloads
from addon.quickbooks.errors import Malformed
from addon.rules.entry import PersonKind


def test_people_keep_kind_mail_and_activity():
    """Employees and vendors are read with what the matching needs."""
    person = payloads.person(
        PersonKind.VENDOR,
        {
            "Id": "9",
            "DisplayName": "Books by Bessie",
            "PrimaryEmailAddr": {"Address": " b@x.io "},
            "Active": False,
        },
    )

    assert (person.kind, person.email, person.active) == ("Vendor", "b@x.io", False)


def test_a_person_without_display_name_keeps_a_name():
    """An employee known only by first and last name is shown by it."""
    row = {"Id": "9", "GivenName": "Emily", "FamilyName": "Platt"}

    assert payloads.person(PersonKind.EMPLOYEE, row).name == "Emily Platt"


def test_a_project_is_a_customer_with_a_parent():
    """Customer, sub-customer and project keep their place in the tree."""
    customer = payloads.customer(
        {
            "Id": "12",
            "DisplayName": "Garden",
            "FullyQualifiedName": "Cool Cars:Garden",
            "ParentRef": {"value": "3"},
            "Level": 1,
            "IsProject": True,
            "CurrencyRef": {"value": "EUR", "name": "Euro"},
        }
    )

    assert (customer.path, customer.parent_id, customer.level) == (
        "Cool Cars:Garden",
        "3",
        1,
    )
    assert customer.is_project
    assert customer.active
    assert customer.currency == "EUR"


@pytest.mark.parametrize(
    ("given_price", "price"), [(15, "15"), (35.1, "35.1"), (None, None), (True, None)]
)
def test_a_price_is_read_exactly(given_price, price):
    """35.10 is 35.10, not 35.1000000000000014."""
    item = payloads.service_item({"Id": "8", "Name": "L", "UnitPrice": given_price})

    assert item.price == (None if price is None else Decimal(price))


def test_a_record_without_id_is_refused():
    """A record that cannot be named again is of no use."""
    with pytest.raises(Malformed):
        payloads.customer({"DisplayName": "X"})


INFO = {
    "CompanyInfo": {
        "CompanyName": "Larry's Bakery",
        "Country": "US",
        "NameValue": [
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "true"},
        ],
    }
}
SETTINGS = {
    "Preferences": {
        "AccountingInfoPrefs": {
            "BookCloseDate": "2026-09-30",
            "ClassTrackingPerTxn": True,
            "TrackDepartments": False,
        },
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": True,
            "HomeCurrency": {"value": "USD"},
        },
        "TimeTrackingPrefs": {"UseServices": True, "WorkWeekStartDate": "Monday"},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "TimeTrackingFeatureEnabled", "Value": "true"},
                {"Name": "ProjectsEnabled", "Value": "false"},
            ]
        },
    }
}


def test_the_company_tells_what_it_can_take():
    """Plan, payroll, currency and closing date are known before anything is sent."""
    facts = payloads.company_facts(INFO, SETTINGS)

    assert (facts.name, facts.country, facts.currency) == (
        "Larry's Bakery",
        "US",
        "USD",
    )
    assert (facts.plan, facts.subscription) == ("QuickBooks Online Plus", "PAID")
    assert facts.closed_through == date(2026, 9, 30)
    assert (facts.payroll, facts.multi_currency, facts.tracks_classes) == (True,) * 3
    assert (facts.tracks_locations, facts.projects) == (False, False)
    assert facts.time_tracking is True


def test_what_the_company_leaves_out_stays_unknown():
    """A silent company is not taken for one that said no."""
    facts = payloads.company_facts(
        {"CompanyInfo": {"CompanyName": "X", "NameValue": None}}, {"Preferences": {}}
    )

    assert facts.time_tracking is None
    assert facts.closed_through is None
    assert facts.currency is None


@pytest.mark.parametrize(("info", "settings"), [({}, SETTINGS), (INFO, {})])
def test_a_company_that_says_nothing_is_not_believed(info, settings):
    """Without its facts we do not pretend to know the company."""
    with pytest.raises(Malformed):
        payloads.company_facts(info, settings)


def test_the_moment_of_creation_is_read_with_its_zone():
    """A look-up can tell old activities from new ones."""
    row = {"MetaData": {"CreateTime": "2026-11-03T10:26:25-07:00"}}

    assert payloads.created_at(row) == datetime(2026, 11, 3, 17, 26, 25, tzinfo=UTC)
    assert payloads.created_at({"MetaData": {"CreateTime": "yesterday"}}) is None
    assert payloads.created_at({"MetaData": {"CreateTime": "2026-11-03"}}) is None
    assert payloads.created_at({}) is None


NAMES = "Id Active Level ParentRef CurrencyRef DisplayName Name UnitPrice Hours TxnDate"
FIELDS = st.sampled_from([*NAMES.split(), "PrimaryEmailAddr", "NameOf", "EmployeeRef"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Address", "value", "Name"]), inner)
    ),
    max_leaves=4,
)


@given(row=st.dictionaries(FIELDS, JSON))
def test_odd_rows_never_break_the_reading(row):
    """One strange record in QuickBooks does not stop the others."""
    complete = {**row, "Id": "1"}
    sent = {
        "NameOf": "Employee",
        "EmployeeRef": {"value": "1"},
        "TxnDate": "1999-01-01",
    }

    assert payloads.customer(complete).id == "1"
    assert payloads.service_item(complete).id == "1"
    assert payloads.person(PersonKind.EMPLOYEE, complete).id == "1"
    assert not payloads.matches(complete, sent)
