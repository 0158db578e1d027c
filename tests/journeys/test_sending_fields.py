"""What arrives in QuickBooks, field by field."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from addon.records.link import LinkKind, Target
from addon.transfer.review import State
from tests.desk import EMILY, JOHN, PAM, Desk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A connected workspace without entries."""
    with a_desk(tmp_path) as made:
        yield made


def test_an_employees_billable_hours_arrive_with_customer_rate_and_words(
    desk: Desk,
) -> None:
    """Person, day, hours, customer, rate and description are those of the entry."""
    desk.track(EMILY, "Cool Cars", minutes=135, description="Planted roses")
    done = desk.send_all()
    [row] = desk.rows
    assert row["NameOf"] == "Employee"
    assert row["EmployeeRef"]["name"] == "Emily Platt"
    assert row["CustomerRef"]["name"] == "Cool Cars"
    assert (row["Hours"], row["Minutes"]) == (2, 15)
    assert row["TxnDate"] == "2026-11-20"
    assert row["BillableStatus"] == "Billable"
    assert row["HourlyRate"] == Decimal(45)
    assert row["Description"] == "Planted roses"
    assert not {"StartTime", "EndTime", "VendorRef"} & set(row)
    assert (done.sent, done.minutes_sent, done.money_sent) == (
        1,
        135,
        (("USD", Decimal("101.25")),),
    )


def test_a_contractors_hours_go_to_the_vendor(desk: Desk) -> None:
    """Who is a vendor in QuickBooks gets the time as a vendor."""
    desk.track(PAM, "Jeff's Jalopies")
    desk.send_all()
    [row] = desk.rows
    assert row["NameOf"] == "Vendor"
    assert row["VendorRef"]["name"] == "Pam Seitz"
    assert "EmployeeRef" not in row


@pytest.mark.parametrize(
    ("user", "project", "rate"),
    [
        (JOHN, "Cool Cars", "42.5"),
        (JOHN, "Jeff's Jalopies", "55"),
        (EMILY, "55 Twin Lane", "75"),
    ],
)
def test_the_rate_of_clockify_arrives_to_the_cent(
    desk: Desk, user: str, project: str, rate: str
) -> None:
    """Clockify counts cents; QuickBooks gets the same amount in dollars."""
    desk.track(user, project)
    desk.send_all()
    assert desk.rows[0]["HourlyRate"] == Decimal(rate)


def test_time_without_project_is_sent_as_not_billable_without_customer(
    desk: Desk,
) -> None:
    """Internal hours need no customer."""
    desk.track(EMILY, None, billable=False)
    desk.send_all()
    [row] = desk.rows
    assert row["BillableStatus"] == "NotBillable"
    assert "CustomerRef" not in row
    assert row["HourlyRate"] == 0


def test_a_project_set_to_no_customer_sends_its_hours_without_one(desk: Desk) -> None:
    """A person may decide that a project's hours belong to nobody."""
    project = desk.world.workspace.project("Office and yard")
    desk.link(LinkKind.PROJECT, project.id, Target.NOBODY, "")
    desk.track(EMILY, "Office and yard", billable=False)
    desk.send_all()
    assert "CustomerRef" not in desk.rows[0]


def test_p36_a_description_is_cut_at_4000_characters(desk: Desk) -> None:
    """QuickBooks takes 4000 characters; the rest is cut, and the entry still goes."""
    desk.track(description="x" * 5000)
    desk.send_all()
    assert len(desk.rows[0]["Description"]) == 4000


@pytest.mark.parametrize(
    ("start", "minutes", "day", "length"),
    [
        (datetime(2026, 11, 11, 7, 30, tzinfo=UTC), 60, "2026-11-10", (1, 0)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), 60, "2026-10-31", (1, 0)),
        (datetime(2026, 11, 1, 7, 30, tzinfo=UTC), 180, "2026-11-01", (3, 0)),
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), 30, "2026-11-01", (0, 30)),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), 30, "2026-11-01", (0, 30)),
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), 1, "2026-11-01", (0, 1)),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), 1435, "2026-11-02", (23, 55)),
    ],
    ids=[
        "23:30",
        "the night before the clocks go back",
        "over the change of the clocks",
        "the first half past one",
        "the second half past one",
        "the last minute of a day of 25 hours",
        "the longest entry",
    ],
)
def test_p36_the_day_is_that_of_the_person_who_worked(
    desk: Desk, start: datetime, minutes: int, day: str, length: tuple[int, int]
) -> None:
    """Half past eleven at night belongs to that night, also when the clocks change."""
    desk.track(start=start, minutes=minutes)
    desk.send_all()
    [row] = desk.rows
    assert row["TxnDate"] == day
    assert (row["Hours"], row["Minutes"]) == length


def test_another_persons_zone_gives_another_day(desk: Desk) -> None:
    """Whoever works in Tokyo has tomorrow's date already."""
    desk.world.workspace.user(EMILY).zone = "Asia/Tokyo"
    desk.world.work()
    desk.track(start=datetime(2026, 11, 10, 16, 0, tzinfo=UTC), zone="Asia/Tokyo")
    desk.send_all()
    assert desk.rows[0]["TxnDate"] == "2026-11-11"


def test_1_h_38_is_sent_as_1_h_40_where_the_workspace_rounds(desk: Desk) -> None:
    """Rounding in reports is the workspace's own, and QuickBooks gets its result."""
    desk.world.workspace.set_rounding("Round up to", "10")
    desk.track(minutes=98)
    said = desk.confirm()
    desk.send_all()
    assert (desk.rows[0]["Hours"], desk.rows[0]["Minutes"]) == (1, 40)
    assert "1 h 40" in said


def test_p36_seconds_become_whole_minutes_and_the_dialog_says_so(desk: Desk) -> None:
    """47 min 38 s is sent as 48 minutes, 22 seconds more than tracked."""
    desk.track(minutes=47 + 38 / 60)
    said = desk.confirm()
    desk.send_all()
    assert (desk.rows[0]["Hours"], desk.rows[0]["Minutes"]) == (0, 48)
    assert "22 s more than tracked" in said


def test_the_chosen_service_item_is_used(desk: Desk) -> None:
    """The service that an admin chose is on every activity."""
    item = desk.company.id_of("Item", "Gardening")
    desk.choose_item(item)
    desk.track()
    desk.send_all()
    assert desk.rows[0]["ItemRef"]["value"] == item


def batches(desk: Desk) -> list[Any]:
    """List the batch calls that QuickBooks has seen."""
    seen = desk.world.sandbox.quickbooks.requests
    return [each for each in seen if each.path.endswith("/batch")]


def test_every_write_has_a_request_id_and_minor_version_75(desk: Desk) -> None:
    """Each call can be repeated safely, and asks for the version we know."""
    for _ in range(61):
        desk.track()
    desk.send_all()
    calls = batches(desk)
    sizes = [len(json.loads(each.body)["BatchItemRequest"]) for each in calls]
    assert sizes == [30, 30, 1]
    ids = [each.query["requestid"] for each in calls]
    assert len(set(ids)) == 3
    assert all(0 < len(each) <= 36 for each in ids)
    assert {each.query["minorversion"] for each in calls} == {"75"}
    for each in calls:
        for item in json.loads(each.body)["BatchItemRequest"]:
            assert item["operation"] == "create"
            assert len(item["bId"]) <= 10
            assert "Id" not in item["TimeActivity"]


def test_p36_what_the_dialog_says_is_what_quickbooks_holds(desk: Desk) -> None:
    """Hours and money of dialog, run and QuickBooks are one and the same."""
    for number in range(40):
        user = (EMILY, JOHN, PAM)[number % 3]
        desk.track(user, minutes=7 * number + 1.4, billable=number % 4 != 0)
    done = desk.send_all()
    minutes = sum(60 * row["Hours"] + row["Minutes"] for row in desk.rows)
    cents = sum(
        (row["HourlyRate"] * (60 * row["Hours"] + row["Minutes"]) / 60).quantize(
            Decimal("0.01"), rounding="ROUND_HALF_UP"
        )
        for row in desk.rows
    )
    assert done.sent == 40
    assert done.minutes_sent == minutes == sum(7 * n + 1 for n in range(40))
    assert done.money_sent == (("USD", cents),)
    assert State.SENT.value == "sent"
