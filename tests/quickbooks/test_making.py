"""What is missing in QuickBooks is made there once, or we know why not."""

import json
from collections.abc import Iterator
from functools import partial

import pytest
import requests

from addon.quickbooks.client import Client
from addon.quickbooks.errors import Busy, Malformed, Rejected, Unreachable
from addon.quickbooks.making import create_customer, create_employee, create_vendor
from addon.rules.entry import PersonKind
from addon.sandbox import trouble
from tests.sandbox.intuit_app import connected


@pytest.fixture
def app() -> Iterator:
    """Open Craig's company."""
    with connected() as made:
        yield made


@pytest.fixture
def client(app, http: requests.Session) -> Client:
    """Speak to the company."""
    token = app.tokens["access_token"]
    return Client(http, app.server.origin, app.realm, lambda renew: token)


MAKERS = [
    pytest.param(partial(create_customer, name="Zoe Zander"), id="customer"),
    pytest.param(partial(create_vendor, name="Zoe Zander"), id="vendor"),
    pytest.param(partial(create_employee, given="Zoe", family="Zander"), id="employee"),
]


def test_a_customer_is_made(client, app):
    """What was missing stands in QuickBooks and can be linked at once."""
    made = create_customer(client.create, " Zander & Søn ", request_id="r-1")

    assert made in client.customers()
    assert (made.name, made.level, made.parent_id) == ("Zander & Søn", 0, None)
    assert client.calls.writes == 1


def test_a_sub_customer_is_made_below_its_parent(client, app):
    """A project becomes a sub-customer of its client's customer."""
    parent = app.company.id_of("Customer", "Cool Cars")

    made = create_customer(client.create, "Showroom", parent, request_id="r-1")

    assert made.path == "Cool Cars:Showroom"
    assert (made.parent_id, made.level, made.is_project) == (parent, 1, False)


def test_a_vendor_is_made_with_an_address(client, app):
    """A contractor can be found by e-mail next time."""
    made = create_vendor(client.create, "Zoe Zander", "zoe@example.org", request_id="r")

    assert made in client.people()
    assert (made.kind, made.email) == (PersonKind.VENDOR, "zoe@example.org")


def test_an_employee_is_made_from_two_names(client, app):
    """An employee has a given and a family name in QuickBooks."""
    made = create_employee(client.create, "Zoe", "Zander", request_id="r-1")

    row = app.company.find("Employee", "Zoe Zander")
    assert made in client.people()
    assert (made.kind, made.email) == (PersonKind.EMPLOYEE, None)
    assert (row["GivenName"], row["FamilyName"]) == ("Zoe", "Zander")


@pytest.mark.parametrize(("given", "family"), [("Zoe", ""), (" ", "Zoe")])
def test_an_employee_may_have_one_name(client, app, given, family):
    """Some people have only one name, and QuickBooks takes it."""
    made = create_employee(client.create, given, family, request_id="r-1")

    assert made.name == "Zoe"


@pytest.mark.parametrize("make", MAKERS)
def test_asking_twice_under_one_number_makes_one(client, app, make):
    """A repeated request after a crash makes no second record."""
    first = make(client.create, request_id="r-1")
    again = make(client.create, request_id="r-1")

    assert first == again


@pytest.mark.parametrize("make", MAKERS)
def test_a_lost_answer_may_hide_a_success(client, app, make):
    """When the line breaks we say that it may exist; the same number finds it."""
    app.server.trouble.next(effect=trouble.drop_after(), method="POST")

    with pytest.raises(Unreachable) as caught:
        make(client.create, request_id="r-1")

    assert caught.value.sent
    assert make(client.create, request_id="r-1").name == "Zoe Zander"
    assert client.calls.writes == 2


@pytest.mark.parametrize("make", MAKERS)
def test_a_taken_name_is_refused_in_their_words(client, app, make):
    """One name is enough for a customer, a vendor or an employee."""
    app.company.add_customer("zoe zander")

    with pytest.raises(Rejected) as caught:
        make(client.create, request_id="r-1")

    assert caught.value.fault.code == "6240"


def test_a_sixth_level_is_refused(client, app):
    """QuickBooks takes five levels of customers."""
    parent = None
    for level in range(5):
        made = create_customer(
            client.create, f"L{level}", parent, request_id=f"{level}"
        )
        parent = made.id

    with pytest.raises(Rejected) as caught:
        create_customer(client.create, "Too deep", parent, request_id="r")

    assert caught.value.fault.code == "6180"


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (partial(create_customer, name="Acme: North"), "colon"),
        (partial(create_vendor, name="Zoe\nZander"), "line break"),
        (partial(create_vendor, name=" "), "empty"),
        (partial(create_customer, name="x" * 501), "501"),
        (partial(create_employee, given="", family=" "), "empty"),
        (partial(create_employee, given="Z:", family="Zander"), "colon"),
        (partial(create_employee, given="x" * 101, family="Zander"), "101"),
    ],
)
def test_a_name_quickbooks_never_takes_is_not_sent(client, app, make, word):
    """The reader learns what is wrong with the name before anything is asked."""
    with pytest.raises(Rejected) as caught:
        make(client.create, request_id="r-1")

    assert word in caught.value.fault.message
    assert caught.value.fault.code == ""
    assert client.calls.writes == 0


@pytest.mark.parametrize("request_id", ["", "x" * 51])
def test_a_request_needs_a_number_quickbooks_takes(client, app, request_id):
    """A request that could not be recognised again is not sent."""
    with pytest.raises(ValueError, match="50"):
        create_customer(client.create, "Zoe", request_id=request_id)

    assert client.calls.writes == 0


def test_a_request_is_the_same_to_the_last_byte(wire, connect):
    """QuickBooks is told exactly what was agreed, and can recognise it."""
    wire.say({"Customer": {"Id": "7", "DisplayName": "Füße"}})
    wire.say({"Vendor": {"Id": "8", "DisplayName": "Zoe"}})
    client = connect(wire.origin)

    create_customer(client.create, "Füße", "3", request_id="r-1")
    create_vendor(client.create, "Zoe", "z@example.org", request_id="r-2")

    first, second = wire.heard
    assert first.path.endswith("/customer")
    assert first.question == {"requestid": "r-1", "minorversion": "75"}
    assert json.loads(first.body) == {
        "DisplayName": "Füße",
        "Job": True,
        "ParentRef": {"value": "3"},
    }
    assert second.path.endswith("/vendor")
    assert second.body == (
        b'{"DisplayName":"Zoe","PrimaryEmailAddr":{"Address":"z@example.org"}}'
    )


@pytest.mark.parametrize(
    "answer", [{}, {"Customer": []}, {"Customer": {}}, {"Customer": {"Id": ""}}]
)
def test_an_answer_without_the_record_may_hide_a_success(wire, connect, answer):
    """A yes that names nothing proves nothing."""
    wire.say(answer)

    with pytest.raises(Malformed) as caught:
        create_customer(connect(wire.origin).create, "Zoe", request_id="r-1")

    assert caught.value.sent


def test_a_busy_quickbooks_made_nothing(wire, connect):
    """Being asked to slow down is a clear no for now."""
    wire.say({"Fault": {"Error": [{"code": "3001", "Message": "x"}]}}, status=429)

    with pytest.raises(Busy):
        create_vendor(connect(wire.origin).create, "Zoe", request_id="r-1")


def test_a_payroll_company_refuses_an_employee_without_an_address(http):
    """With payroll an employee is set up by a person, so the add-on does not try."""
    with connected("payroll") as app:
        token = app.tokens["access_token"]
        client = Client(http, app.server.origin, app.realm, lambda renew: token)
        with pytest.raises(Rejected):
            create_employee(client.create, "Zoe", "Zander", request_id="r-1")
