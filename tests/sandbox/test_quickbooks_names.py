"""Customers, vendors, employees and lists: names, trees and what is refused."""

from collections.abc import Iterator

import pytest

from tests.sandbox.intuit_app import App, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


ACCOUNT = {"IncomeAccountRef": {"value": "1"}}
REFUSED = [
    ("6240", "customer", {"DisplayName": "emily platt"}),
    ("6240", "vendor", {"DisplayName": " Cool Cars "}),
    ("6240", "employee", {"GivenName": "Hall", "FamilyName": "Properties"}),
    ("6240", "item", {"Name": "Gardening", **ACCOUNT}),
    ("6080", "customer", {"CompanyName": "only a company"}),
    ("6080", "vendor", {"DisplayName": "  "}),
    ("2020", "employee", {"DisplayName": "Only This"}),
    ("2010", "employee", {"GivenName": "A", "BillRate": 5}),
    ("2040", "customer", {"DisplayName": "A:B"}),
    ("2040", "employee", {"GivenName": "A\tB"}),
    ("2040", "vendor", {"DisplayName": "A\nB"}),
    ("2050", "customer", {"DisplayName": "x" * 501}),
    ("2050", "customer", {"DisplayName": "x", "Title": "x" * 17}),
    ("2050", "customer", {"DisplayName": "x", "GivenName": "x" * 101}),
    ("2050", "customer", {"DisplayName": "x", "Notes": "x" * 2001}),
    ("2210", "customer", {"DisplayName": "x", "PrimaryEmailAddr": {"Address": "x"}}),
    ("6150", "customer", {"DisplayName": "x", "Job": True}),
    ("2500", "customer", {"DisplayName": "x", "ParentRef": {"value": "55"}}),
    ("2020", "item", {"Name": "x"}),
    ("2020", "item", ACCOUNT),
    ("2500", "item", {"Name": "x", "IncomeAccountRef": {"value": "9"}}),
    ("2170", "item", {"Name": "x", "Type": "Time", **ACCOUNT}),
    ("2010", "customer", {"DisplayName": "x", "UseTimeEntry": True}),
    ("2030", "customer", {"Id": "x", "SyncToken": "0"}),
    ("5010", "customer", {"Id": "3", "SyncToken": "9", "DisplayName": "x"}),
]


@pytest.mark.parametrize(("code", "path", "body"), REFUSED)
def test_quickbooks_refuses(app: App, code: str, path: str, body: object) -> None:
    """Each mistake has its own code."""
    answer = app.post(path, body)
    assert (answer.status_code, code_of(answer)) == (400, code), answer.text


def test_customers_vendors_and_employees_share_one_row_of_numbers(app: App) -> None:
    """An id means one of them only."""
    ids = [
        app.post("customer", {"DisplayName": "New A"}).json()["Customer"]["Id"],
        app.post("vendor", {"DisplayName": "New B"}).json()["Vendor"]["Id"],
        app.post("employee", {"GivenName": "New"}).json()["Employee"]["Id"],
    ]
    assert ids == ["59", "60", "61"]


def test_a_sub_customer_has_a_path_and_a_level(app: App) -> None:
    """Down to the fifth level, not to the sixth."""
    parent = "7"
    for level in range(1, 5):
        body = {"DisplayName": f"L{level}", "Job": True, "ParentRef": {"value": parent}}
        made = app.post("customer", body).json()["Customer"]
        assert made["Level"] == level
        parent = made["Id"]
    assert made["FullyQualifiedName"] == "Freeman Sporting Goods:L1:L2:L3:L4"
    body = {"DisplayName": "L5", "Job": True, "ParentRef": {"value": parent}}
    assert code_of(app.post("customer", body)) == "6180"
    app.company.rename("Customer", "7", "Freeman")
    assert app.company.find("Customer", "L4")["FullyQualifiedName"] == (
        "Freeman:L1:L2:L3:L4"
    )


def test_making_inactive_changes_the_name_and_frees_it(app: App) -> None:
    """The row stays; it cannot be deleted."""
    row = {"Id": "3", "SyncToken": "0"}
    body = {**row, "sparse": True, "Active": False}
    made = app.post("customer", body).json()["Customer"]
    assert (made["DisplayName"], made["Active"]) == ("Cool Cars (deleted)", False)
    assert app.post("customer", {"DisplayName": "Cool Cars"}).status_code == 200
    again = {"Id": "3", "SyncToken": "1", "sparse": True, "Active": True}
    assert code_of(app.post("customer", again)) == "6240"
    assert code_of(app.post("customer?operation=delete", again)) == "500"


def test_a_sparse_update_keeps_what_is_left_out_and_a_full_one_does_not(app) -> None:
    """As QuickBooks documents for lists."""
    row = {"Id": "54", "SyncToken": "0"}
    sparse = {**row, "sparse": True, "GivenName": "Johnny"}
    made = app.post("employee", sparse).json()["Employee"]
    assert made["PrimaryEmailAddr"]
    full = {"Id": "54", "SyncToken": "1", "GivenName": "J", "FamilyName": "J"}
    made = app.post("employee", full).json()["Employee"]
    assert "PrimaryEmailAddr" not in made
    assert made["DisplayName"] == "J J"


def test_payroll_asks_for_an_address_and_makes_the_name_itself() -> None:
    """An employee is more work there."""
    with connected("payroll") as app:
        body = {"GivenName": "Ann", "FamilyName": "Lee", "DisplayName": "Boss"}
        assert code_of(app.post("employee", body)) == "2020"
        where = {"City": "X", "CountrySubDivisionCode": "CA", "PostalCode": "1"}
        body = {**body, "PrimaryAddr": where}
        assert code_of(app.post("employee", {**body, "Title": "Dr"})) == "2010"
        made = app.post("employee", body).json()["Employee"]
        assert made["DisplayName"] == "Ann Lee"
        info = app.call("GET", f"companyinfo/{app.realm}").json()["CompanyInfo"]
        assert {"Name": "PayrollFeature", "Value": "true"} in info["NameValue"]


def test_projects_cannot_be_made_here(app: App) -> None:
    """IsProject is read only."""
    body = {"DisplayName": "P", "IsProject": True}
    assert "IsProject" not in app.post("customer", body).json()["Customer"]


def test_changes_since_a_moment_are_listed(app: App) -> None:
    """Inactive and deleted rows too; never time activities."""
    app.clock.pass_(minutes=30)
    since = app.clock().isoformat()
    app.company.rename("Customer", "3", "Cooler Cars")
    app.company.deactivate("Employee", "54")
    app.company.delete("Customer", "4")
    asked = {"entities": "Customer,Employee,Vendor", "changedSince": since}
    answer = app.call("GET", "cdc", params=asked).json()
    customers, employees, vendors = answer["CDCResponse"][0]["QueryResponse"]
    assert [c.get("DisplayName") for c in customers["Customer"]] == [
        "Cooler Cars",
        None,
    ]
    assert customers["Customer"][1]["status"] == "Deleted"
    assert employees["Employee"][0]["Active"] is False
    assert vendors == {}
    for wrong in ({"entities": "TimeActivity"}, {"entities": ""}):
        refused = app.call("GET", "cdc", params={**asked, **wrong})
        assert code_of(refused) == "4001"
    for moment, code in (("2025-12-01", "2190"), ("soon", "2060")):
        refused = app.call("GET", "cdc", params={**asked, "changedSince": moment})
        assert code_of(refused) == code


def test_preferences_follow_the_company(app: App) -> None:
    """Closing date, plan and time tracking can be read."""
    prefs = app.call("GET", "preferences").json()["Preferences"]
    assert "BookCloseDate" not in prefs["AccountingInfoPrefs"]
    assert prefs["TimeTrackingPrefs"]["UseServices"] is True
    app.company.set_plan("QuickBooks Online Simple Start")
    prefs = app.call("GET", "preferences").json()["Preferences"]
    off = {"Name": "TimeTrackingFeatureEnabled", "Value": "false"}
    assert off in prefs["OtherPrefs"]["NameValue"]


STORIES = ["craig", "payroll", "other", "empty", "large", "Acme & Co"]


@pytest.mark.parametrize("story", STORIES)
def test_every_story_takes_time(story: str) -> None:
    """A company with an employee can be written to."""
    with connected(story) as app:
        someone = app.company.add_employee("Una New")
        body = hours(EmployeeRef={"value": someone})
        assert app.post("timeactivity", body).status_code == 200


def test_simple_start_does_not() -> None:
    """The plan holds no time."""
    with connected("simple-start") as app:
        assert code_of(app.post("timeactivity", hours())) == "5020"


def test_an_unknown_path_is_no_resource(app: App) -> None:
    """Names are lower case and singular."""
    assert app.post("timeactivities", hours()).status_code == 404
    assert app.post("TimeActivity", hours()).status_code == 404
    assert app.call("GET", "nothing/1").status_code == 404
    assert code_of(app.call("GET", "companyinfo/1")) == "610"
