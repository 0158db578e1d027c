"""Time activities: every refusal of QuickBooks, and what it makes of a good one."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.sandbox.intuit_app import App, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        made.company.close_books(date(2026, 1, 31))
        yield made


REF = {"value": "3"}
BILLABLE = {"BillableStatus": "Billable", "CustomerRef": REF, "HourlyRate": 75}
CLOCK = {"Hours": None, "Minutes": None}
BREAK = {"BreakHours": 1, "BreakMinutes": 1}
NINE, TEN = "09:00:00", "10:00:00"
REFUSED = [
    ("6290", {"VendorRef": {"value": "40"}}),
    ("6290", {"NameOf": "Vendor"}),
    ("6300", {"NameOf": None}),
    ("6300", {"NameOf": "Other"}),
    ("6300", {"NameOf": "employee"}),
    ("2020", {"EmployeeRef": None}),
    ("2020", {"NameOf": "Vendor", "EmployeeRef": None}),
    ("2500", {"EmployeeRef": {"value": "9999"}}),
    ("2500", {"NameOf": "Vendor", "EmployeeRef": None, "VendorRef": {"value": "55"}}),
    ("2010", {"EmployeeRef": "55"}),
    ("2010", {"EmployeeRef": {"value": 55}}),
    ("2010", {"EmployeeRef": {"id": "55"}}),
    ("2010", {"EmployeeRef.name": "Emily Platt"}),
    ("2010", {"Seconds": 3}),
    ("2010", {"PrivateNote": "mark"}),
    ("2010", {"description": "wrong case"}),
    ("6310", {**BILLABLE, "CustomerRef": None}),
    ("6320", {**BILLABLE, "BillableStatus": "HasBeenBilled"}),
    ("6320", {**BILLABLE, "BillableStatus": "billable"}),
    ("6330", {**BILLABLE, "HourlyRate": None}),
    ("6330", {**BILLABLE, "HourlyRate": -1}),
    ("6330", {**BILLABLE, "HourlyRate": 99999999999.01}),
    ("2100", {**BILLABLE, "HourlyRate": "much"}),
    ("2230", {"Taxable": "perhaps"}),
    ("2500", {"CustomerRef": {"value": "55"}}),
    ("2500", {"ItemRef": {"value": "999"}}),
    ("6000", {"ItemRef": {"value": "11"}}),
    ("2500", {"ProjectRef": {"value": "39298034"}}),
    ("5030", {"ClassRef": {"value": "1"}}),
    ("5030", {"DepartmentRef": {"value": "1"}}),
    ("6350", CLOCK),
    ("6350", {**CLOCK, "StartTime": NINE}),
    ("6340", {**CLOCK, "StartTime": "nine", "EndTime": TEN}),
    ("6340", {**CLOCK, "StartTime": "25:00:00", "EndTime": TEN}),
    ("6370", {**CLOCK, "StartTime": TEN, "EndTime": NINE}),
    ("6380", {**CLOCK, "StartTime": TEN, "EndTime": TEN}),
    ("6360", {**CLOCK, "StartTime": NINE, "EndTime": TEN, **BREAK}),
    ("6380", {"Hours": 0, "Minutes": 0}),
    ("6380", {"Minutes": 60}),
    ("6380", {"Minutes": -1}),
    ("6380", {"Hours": -1}),
    ("6380", {"Hours": 8760, "Minutes": 1}),
    ("6380", {"Hours": 10**12}),
    ("2080", {"Hours": 1.5}),
    ("6390", {"StartTime": NINE, "EndTime": TEN}),
    ("2050", {"Description": "x" * 4001}),
    ("2040", {"Description": "bell \x07"}),
    ("2060", {"TxnDate": "02/03/2026"}),
    ("2070", {"TxnDate": "2026-02-30"}),
    ("6200", {"TxnDate": "2026-01-31"}),
    ("2030", {"Id": "abc", "SyncToken": "0"}),
    ("610", {"Id": "77", "SyncToken": "0"}),
    ("2020", {"Id": "77"}),
]


@pytest.mark.parametrize(("code", "changes"), REFUSED)
def test_quickbooks_refuses(app: App, code: str, changes: dict[str, object]) -> None:
    """Each mistake has its own code, and nothing is stored."""
    answer = app.post("timeactivity", hours(**changes))
    assert (answer.status_code, code_of(answer)) == (400, code), answer.text
    assert app.company.activities == []


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(app: App, body: object) -> None:
    """JSON, but not a time activity."""
    assert code_of(app.post("timeactivity", body)) == "2010"


def test_a_body_that_is_no_json_is_refused(app: App) -> None:
    """Neither broken JSON nor foreign bytes get through."""
    assert code_of(app.call("POST", "timeactivity", data=b"{")) == "2010"
    assert code_of(app.call("POST", "timeactivity", data=b"\xff\xfe{")) == "500"


def test_the_smallest_time_activity_is_filled_up(app: App) -> None:
    """Names are echoed, the built-in service is Hours, the rest has defaults."""
    answer = app.post("timeactivity", hours(TxnDate=None)).json()
    made = answer["TimeActivity"]
    assert made["EmployeeRef"] == {"value": "55", "name": "Emily Platt"}
    assert made["ItemRef"] == {"value": "2", "name": "Hours"}
    assert made["TxnDate"] == "2026-03-04"
    assert (made["BillableStatus"], made["HourlyRate"]) == ("NotBillable", 0)
    assert (made["Id"], made["SyncToken"], made["domain"]) == ("1", "0", "QBO")
    assert made["MetaData"]["CreateTime"] == "2026-03-04T10:00:00-08:00"
    assert answer["time"] == "2026-03-04T10:00:00.000-08:00"


def test_a_billable_activity_keeps_its_rate_to_the_cent(app: App) -> None:
    """33.33 is 33.33 on the way in, in the books and on the way out."""
    rate = {**BILLABLE, "HourlyRate": 33.33}
    answer = app.post("timeactivity", hours(**rate))
    assert answer.json()["TimeActivity"]["HourlyRate"] == 33.33
    assert app.company.activities[0]["HourlyRate"] == Decimal("33.33")


def test_a_free_hour_may_be_billable_when_the_rate_says_so(app: App) -> None:
    """0 is a rate."""
    body = hours(**{**BILLABLE, "HourlyRate": 0})
    assert app.post("timeactivity", body).status_code == 200


def test_a_missing_rate_may_fall_back_to_the_service(app: App) -> None:
    """Seen live: the price of the service is taken, which is often nothing."""
    app.company.settings.rate_from_item = True
    body = hours(**{**BILLABLE, "HourlyRate": None})
    app.post("timeactivity", body)
    app.post("timeactivity", {**body, "ItemRef": {"value": "6"}})
    assert [row["HourlyRate"] for row in app.company.activities] == [0, 30]


def test_an_id_that_is_no_employee_is_taken_for_somebody_else(app: App) -> None:
    """Seen live: accepted, and stored under the customer of that number."""
    answer = app.post("timeactivity", hours(EmployeeRef={"value": "3"}))
    made = answer.json()["TimeActivity"]
    assert made["NameOf"] == "Other"
    assert made["OtherNameRef"] == {"value": "3", "name": "Cool Cars"}
    assert "EmployeeRef" not in made


@pytest.mark.parametrize(
    ("entity", "row_id", "changes"),
    [
        ("Employee", "55", {}),
        ("Vendor", "49", {"NameOf": "Vendor", "EmployeeRef": None}),
        ("Customer", "3", {"CustomerRef": REF}),
        ("Item", "6", {"ItemRef": {"value": "6"}}),
    ],
)
def test_whoever_was_made_inactive_is_refused(
    app: App, entity, row_id, changes
) -> None:
    """610, as for an object that is not there."""
    if entity == "Vendor":
        changes = {**changes, "VendorRef": {"value": row_id}}
    assert app.post("timeactivity", hours(**changes)).status_code == 200
    app.company.deactivate(entity, row_id)
    assert code_of(app.post("timeactivity", hours(**changes))) == "610"
    app.company.reactivate(entity, row_id)
    assert app.post("timeactivity", hours(**changes)).status_code == 200


def test_classes_and_locations_are_taken_when_tracked(app: App) -> None:
    """Then they must exist."""
    app.company.settings.classes = app.company.settings.departments = True
    refs = {
        "ClassRef": {"value": app.company.add("Class", Name="Garden")},
        "DepartmentRef": {"value": app.company.add("Department", Name="North")},
    }
    made = app.post("timeactivity", hours(**refs)).json()["TimeActivity"]
    assert made["ClassRef"]["name"] == "Garden"
    assert made["DepartmentRef"]["name"] == "North"
    refs["ClassRef"] = {"value": "99"}
    assert code_of(app.post("timeactivity", hours(**refs))) == "2500"


def test_books_closed_with_a_password_say_so(app: App) -> None:
    """6210 instead of 6200; the day after is open."""
    app.company.close_books(date(2026, 3, 2), password=True)
    assert code_of(app.post("timeactivity", hours())) == "6210"
    late = hours(TxnDate="2026-03-03")
    assert app.post("timeactivity", late).status_code == 200


def test_what_lies_in_closed_books_can_be_neither_changed_nor_deleted(app: App) -> None:
    """Nor may anything be moved into them."""
    made = app.post("timeactivity", hours()).json()["TimeActivity"]
    id_ = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    moved = hours(**id_, TxnDate="2026-01-30")
    assert code_of(app.post("timeactivity", moved)) == "6200"
    app.company.close_books(date(2026, 3, 2))
    later = hours(**id_, TxnDate="2026-03-03")
    assert code_of(app.post("timeactivity", later)) == "6200"
    assert code_of(app.post("timeactivity?operation=delete", id_)) == "6200"


def test_simple_start_and_switched_off_time_are_refused(app: App) -> None:
    """5020: the plan or the settings do not include time."""
    app.company.set_plan("QuickBooks Online Simple Start")
    assert code_of(app.post("timeactivity", hours())) == "5020"
    app.company.set_plan("QuickBooks Online Essentials")
    app.company.set_time_tracking(False)
    assert code_of(app.post("timeactivity", hours())) == "5020"
    app.company.set_time_tracking(True)
    assert app.post("timeactivity", hours()).status_code == 200


def test_an_update_replaces_everything(app: App) -> None:
    """What is left out is gone; the version grows."""
    first = app.post("timeactivity", hours(Description="old", **BILLABLE)).json()
    row = first["TimeActivity"]
    app.clock.pass_(minutes=5)
    changed = hours(Id=row["Id"], SyncToken="0", Hours=3)
    made = app.post("timeactivity", changed).json()["TimeActivity"]
    assert (made["Hours"], made["SyncToken"]) == (3, "1")
    assert "Description" not in made
    assert "CustomerRef" not in made
    assert made["BillableStatus"] == "NotBillable"
    assert made["MetaData"]["LastUpdatedTime"] > made["MetaData"]["CreateTime"]


def test_a_stale_version_is_refused(app: App) -> None:
    """Somebody edited it in QuickBooks meanwhile."""
    row = app.post("timeactivity", hours()).json()["TimeActivity"]
    app.company.edit_activity(row["Id"], Description="by hand")
    stale = {"Id": row["Id"], "SyncToken": "0"}
    assert code_of(app.post("timeactivity", hours(**stale))) == "5010"
    assert code_of(app.post("timeactivity?operation=delete", stale)) == "5010"
    assert app.company.activities[0]["Description"] == "by hand"


def test_billed_time_is_locked(app: App) -> None:
    """Neither update nor delete, until it leaves its invoice."""
    row = app.post("timeactivity", hours(**BILLABLE)).json()["TimeActivity"]
    billed = app.company.bill_activity(row["Id"])
    id_ = {"Id": billed["Id"], "SyncToken": billed["SyncToken"]}
    assert code_of(app.post("timeactivity", hours(**id_))) == "6000"
    assert code_of(app.post("timeactivity?operation=delete", id_)) == "6000"


def test_deleting_is_for_good(app: App) -> None:
    """The answer says so; after that there is nothing."""
    row = app.post("timeactivity", hours()).json()["TimeActivity"]
    id_ = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
    answer = app.post("timeactivity?operation=delete", id_).json()
    gone = {"status": "Deleted", "domain": "QBO", "Id": row["Id"]}
    assert answer["TimeActivity"] == gone
    assert code_of(app.call("GET", f"timeactivity/{row['Id']}")) == "610"
    assert code_of(app.post("timeactivity?operation=delete", id_)) == "610"


def test_void_is_no_operation_for_time(app: App) -> None:
    """500, unsupported."""
    assert code_of(app.post("timeactivity?operation=void", hours())) == "500"


def test_the_date_of_a_start_does_not_count(app: App) -> None:
    """TxnDate does; without it today; a foreign offset moves the clock."""
    clock = {
        "Hours": None,
        "Minutes": None,
        "StartTime": "2015-07-06T08:00:00-05:00",
        "EndTime": "2015-07-06T10:30:00-05:00",
        "BreakMinutes": 30,
    }
    made = app.post("timeactivity", hours(**clock)).json()["TimeActivity"]
    assert made["StartTime"] == "2026-03-02T05:00:00-08:00"
    assert made["EndTime"] == "2026-03-02T07:30:00-08:00"
    undated = hours(**clock, TxnDate=None)
    made = app.post("timeactivity", undated).json()["TimeActivity"]
    assert made["StartTime"] == "2026-03-04T05:00:00-08:00"


def test_a_renamed_person_shows_the_new_name_everywhere(app: App) -> None:
    """References hold ids; names are looked up."""
    app.post("timeactivity", hours())
    app.company.rename("Employee", "55", "Emily Platt-Jones")
    assert app.company.activities[0]["EmployeeRef"]["name"] == "Emily Platt-Jones"


def test_merging_moves_the_time_to_the_survivor(app: App) -> None:
    """The loser stays as an inactive row."""
    app.post("timeactivity", hours(CustomerRef={"value": "3"}))
    app.company.merge("Customer", "3", "4")
    ref = app.company.activities[0]["CustomerRef"]
    assert ref == {"value": "4", "name": "Diego Rodriguez"}
    assert app.company.find("Customer", "Cool Cars (deleted)")["Active"] is False
