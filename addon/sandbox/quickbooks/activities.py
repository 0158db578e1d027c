"""Time activities: what QuickBooks asks of them and what it makes of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from addon.sandbox.quickbooks.company import SIMPLE_START, Company, refuse_closed
from addon.sandbox.quickbooks.faults import Fault, bad_reference, missing, not_found
from addon.sandbox.quickbooks.fields import Row, checked, day
from addon.sandbox.quickbooks.ledger import PEOPLE

LONGEST = timedelta(hours=8760)
DEAREST = Decimal(99999999999)
HOURS_ITEM = "2"  # the built-in service item "Hours"
_TIME = re.compile(
    r"(?:\d{4}-\d\d-\d\dT)?(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?"
)
# The order of Intuit's XML schema, in which answers are shown.
_ORDER = (
    "TxnDate",
    "NameOf",
    "EmployeeRef",
    "VendorRef",
    "OtherNameRef",
    "CustomerRef",
    "DepartmentRef",
    "ItemRef",
    "ClassRef",
    "ProjectRef",
    "BillableStatus",
    "Taxable",
    "HourlyRate",
    "CostRate",
    "Hours",
    "Minutes",
    "BreakHours",
    "BreakMinutes",
    "StartTime",
    "EndTime",
    "Description",
)


def write(company: Company, body: Row) -> Row:
    """Create a time activity, or replace the one whose Id is given (all of it)."""
    refuse_feature(company)
    given = checked("TimeActivity", body)
    row = None
    if "Id" in given:
        row = company.current("TimeActivity", given)
        _refuse_locked(company, row)
    new = _made(company, given)
    if row is None:
        return company.insert("TimeActivity", new)
    return company.replace("TimeActivity", row, new)


def delete(company: Company, body: Row) -> Row:
    """Delete a time activity for good."""
    refuse_feature(company)
    row = company.current("TimeActivity", checked("TimeActivity", body))
    _refuse_locked(company, row)
    company.remove("TimeActivity", row["Id"])
    return {"status": "Deleted", "domain": "QBO", "Id": row["Id"]}


def refuse_feature(company: Company) -> None:
    """5020 where the plan has no time, or time tracking is switched off."""
    settings = company.settings
    if settings.plan == SIMPLE_START or not settings.time_tracking:
        detail = "Permission Denied Error : Sorry, you cannot perform this action."
        raise Fault("5020", f"{detail} Your plan or settings do not include time.")


def _refuse_locked(company: Company, row: Row) -> None:
    if row["BillableStatus"] == "HasBeenBilled":
        detail = "Business Validation Error: The time activity has been billed."
        raise Fault("6000", f"{detail} Remove it from its invoice first.")
    refuse_closed(company, row["TxnDate"])


def _made(company: Company, given: Row) -> Row:
    date = given.get("TxnDate", company.today().isoformat())
    made = {
        "TxnDate": date,
        **_person(company, given),
        **_things(company, given),
        **_bill(company, given),
        **_duration(company, given, date),
    }
    if given.get("Description"):
        made["Description"] = given["Description"]
    refuse_closed(company, date)
    return {name: made[name] for name in _ORDER if name in made}


def _person(company: Company, given: Row) -> Row:
    kind = given.get("NameOf")
    if kind not in ("Employee", "Vendor"):
        raise Fault("6300", "NameOf must be Employee or Vendor.", "NameOf")
    ref, other = f"{kind}Ref", "VendorRef" if kind == "Employee" else "EmployeeRef"
    if other in given:
        detail = "Time activity must have either an employee or a vendor as NameOf says"
        raise Fault("6290", detail, other)
    if ref not in given:
        raise missing(ref)
    value = given[ref]
    if value["value"] in company.tables[kind]:
        _active(company, kind, value["value"])
        return {"NameOf": kind, ref: value}
    # Seen live: an employee's place may be taken by anybody of the number space.
    elsewhere = [e for e in PEOPLE if value["value"] in company.tables[e]]
    if kind == "Employee" and elsewhere:
        _active(company, elsewhere[0], value["value"])
        return {"NameOf": "Other", "OtherNameRef": value}
    raise bad_reference("Names", value["value"])


def _things(company: Company, given: Row) -> Row:
    made: Row = {}
    if "CustomerRef" in given:
        _present(company, "Customer", "Names", given["CustomerRef"]["value"])
        made["CustomerRef"] = given["CustomerRef"]
    item = given.get("ItemRef", {"value": HOURS_ITEM})
    if "ItemRef" in given or HOURS_ITEM in company.tables["Item"]:
        found = _present(company, "Item", "Items", item["value"])
        if found["Type"] != "Service":
            detail = "Business Validation Error: The item must be a service item."
            raise Fault("6000", detail, "ItemRef")
        made["ItemRef"] = item
    settings = company.settings
    tracked = (("Class", settings.classes), ("Department", settings.departments))
    for entity, on in tracked:
        ref = f"{entity}Ref"
        if ref not in given:
            continue
        if not on:
            raise Fault("5030", f"{entity} tracking is not switched on.", ref)
        _present(company, entity, entity, given[ref]["value"])
        made[ref] = given[ref]
    project = given.get("ProjectRef")
    if project and project["value"] not in company.projects:
        raise bad_reference("Project", project["value"])
    return {**made, "ProjectRef": project} if project else made


def _bill(company: Company, given: Row) -> Row:
    status = given.get("BillableStatus", "NotBillable")
    if status not in ("Billable", "NotBillable"):
        raise Fault("6320", f"Invalid billable value : {status}", "BillableStatus")
    if status == "Billable" and "CustomerRef" not in given:
        detail = "A customer is required when the time is billable."
        raise Fault("6310", detail, "CustomerRef")
    rate = given.get("HourlyRate")
    if rate is None and status == "Billable":
        rate = _rate_of_item(company, given)
    if rate is not None and not 0 <= rate <= DEAREST:
        raise Fault("6330", f"Invalid hourly rate : {rate}", "HourlyRate")
    made: Row = {"BillableStatus": status, "Taxable": given.get("Taxable", False)}
    if "CostRate" in given:
        made["CostRate"] = given["CostRate"]
    return {**made, "HourlyRate": rate if rate is not None else Decimal(0)}


def _rate_of_item(company: Company, given: Row) -> Decimal:
    if not company.settings.rate_from_item:
        detail = "An hourly rate is required when the time is billable."
        raise Fault("6330", detail, "HourlyRate")
    item_id = given.get("ItemRef", {}).get("value", HOURS_ITEM)
    item = company.tables["Item"].get(item_id, {})
    return Decimal(item.get("UnitPrice", 0))


def _duration(company: Company, given: Row, date: str) -> Row:
    total = "Hours" in given or "Minutes" in given
    clock = "StartTime" in given or "EndTime" in given
    if total and clock:
        detail = "Give either a duration or a start and an end, not both."
        raise Fault("6390", detail)
    if total:
        return _hours(given)
    if "StartTime" not in given or "EndTime" not in given:
        raise Fault("6350", "A duration, or a start and an end, is required.")
    return _clock(company, given, date)


def _hours(given: Row) -> Row:
    hours, minutes = given.get("Hours", 0), given.get("Minutes", 0)
    length = timedelta(hours=hours, minutes=minutes) if hours <= 99999 else None
    good = length is not None and timedelta() < length <= LONGEST
    if not good or hours < 0 or not 0 <= minutes <= 59:
        raise Fault("6380", f"Invalid duration : {hours} h {minutes} min", "Hours")
    if "BreakHours" in given or "BreakMinutes" in given:
        raise Fault("6380", "A break goes with a start and an end only.", "BreakHours")
    return {"Hours": hours, "Minutes": minutes}


def _clock(company: Company, given: Row, date: str) -> Row:
    start = _instant(company, "StartTime", given["StartTime"], date)
    end = _instant(company, "EndTime", given["EndTime"], date)
    if start > end:
        raise Fault("6370", "The start time is after the end time.", "StartTime")
    if start == end:
        raise Fault("6380", "The time activity has no duration.", "EndTime")
    hours, minutes = given.get("BreakHours", 0), given.get("BreakMinutes", 0)
    if not 0 <= minutes <= 59 or not 0 <= hours <= 24:
        raise Fault("6380", f"Invalid break : {hours} h {minutes} min", "BreakHours")
    if timedelta(hours=hours, minutes=minutes) > end - start:
        raise Fault("6360", "The break is longer than the time worked.", "BreakHours")
    made: Row = {"StartTime": start.isoformat(), "EndTime": end.isoformat()}
    breaks = ("BreakHours", "BreakMinutes")
    return {**made, **{name: given[name] for name in breaks if name in given}}


def _instant(company: Company, name: str, text: str, date: str) -> datetime:
    """The clock counts, the date is TxnDate's; a foreign offset moves the clock."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Fault("6340", f"Invalid time : {text}", name)
    try:
        clock = time(int(found[1]), int(found[2]), int(found[3] or 0))
        offset = datetime.strptime(found[4], "%z").tzinfo if found[4] else company.zone
    except ValueError:
        raise Fault("6340", f"Invalid time : {text}", name) from None
    there = datetime.combine(day("TxnDate", date), clock, offset or UTC)
    here = there.astimezone(company.zone)
    return datetime.combine(there.date(), here.timetz())


def _present(company: Company, entity: str, what: str, row_id: str) -> Row:
    if row_id not in company.tables[entity]:
        raise bad_reference(what, row_id)
    return _active(company, entity, row_id)


def _active(company: Company, entity: str, row_id: str) -> Row:
    row = company.get(entity, row_id)
    if not row["Active"]:
        raise not_found(f"{entity} {row_id}")
    return row
