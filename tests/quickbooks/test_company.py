"""Our gate and a company that behaves as QuickBooks does understand each other."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from addon.quickbooks import payloads
from addon.quickbooks.client import Client, Missing, Recorded
from addon.quickbooks.errors import Busy, Disconnected, Rejected, Unreachable
from addon.quickbooks.faults import explain
from addon.quickbooks.oauth import Intuit
from addon.rules.activity import Activity
from addon.rules.entry import PersonKind
from addon.sandbox import trouble
from addon.sandbox.quickbooks.server import QuickBooksServer

DAY = date(2026, 11, 3)
CALLBACK = "https://addon.example/quickbooks/callback"


@pytest.fixture
def quickbooks():
    """Open a pretend QuickBooks with Craig's company in it."""
    server = QuickBooksServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def intuit(quickbooks, http):
    """Stand at the door of the pretend Intuit."""
    return Intuit(
        http,
        client_id=quickbooks.client_id,
        client_secret=quickbooks.client_secret,
        authorize_url=quickbooks.authorize_url,
        token_url=quickbooks.token_url,
        revoke_url=quickbooks.revoke_url,
        redirect_uri=CALLBACK,
    )


@pytest.fixture
def tokens(quickbooks, intuit):
    """Hold the permission that an admin has just given."""
    back = quickbooks.approve(intuit.authorize_url("state"))
    return intuit.exchange(back.partition("code=")[2].partition("&")[0])


@pytest.fixture
def client(quickbooks, intuit, tokens, http):
    """Speak to Craig's company."""

    def access(renew):
        return intuit.renew(tokens.refresh).access if renew else tokens.access

    return Client(http, quickbooks.origin, quickbooks.company.realm, access)


@pytest.fixture
def draft(quickbooks):
    """Draft two and a half hours of Emily Platt for Cool Cars."""
    company = quickbooks.company
    return Activity(
        person_kind=PersonKind.EMPLOYEE,
        person_id=company.id_of("Employee", "Emily Platt"),
        person_name="Emily Platt",
        day=DAY,
        minutes=150,
        customer_id=company.id_of("Customer", "Cool Cars"),
        customer_name="Cool Cars",
        billable=True,
        rate=Decimal("153.50"),
        description="It's “done”\nand tested",
        item_id=None,
        item_name="",
    )


def test_hours_arrive_in_the_company(quickbooks, client, draft):
    """What was drafted is what the bookkeeper sees."""
    body = payloads.time_activity(draft)

    told = client.record_batch("r-1", {"1": body})

    (activity,) = quickbooks.company.activities
    assert isinstance(told["1"], Recorded)
    assert told["1"].activity_id == activity["Id"]
    assert payloads.same_owner(told["1"].body, body)
    assert payloads.matches(activity, body)
    assert (activity["Hours"], activity["Minutes"]) == (2, 30)
    assert activity["HourlyRate"] == 153.5
    assert activity["Description"] == "It's “done”\nand tested"


def test_sending_twice_under_one_number_gives_one_activity(quickbooks, client, draft):
    """A repeated send after a crash does not double the hours."""
    body = payloads.time_activity(draft)

    first = client.record_batch("r-1", {"1": body})
    again = client.record_batch("r-1", {"1": body})

    assert first["1"].activity_id == again["1"].activity_id
    assert len(quickbooks.company.activities) == 1


def test_a_lost_answer_is_found_by_looking(quickbooks, client, draft):
    """When QuickBooks recorded the hours but its answer was lost, we find them."""
    body = payloads.time_activity(draft)
    quickbooks.trouble.drop_answer_after_write(r"/batch")

    with pytest.raises(Unreachable) as caught:
        client.record_batch("r-1", {"1": body})
    found = client.activities(DAY, DAY)

    assert caught.value.sent
    assert [payloads.matches(one.body, body) for one in found] == [True]
    assert found[0].created_at is not None
    assert client.activities(date(2026, 11, 4), date(2026, 11, 30)) == []


@pytest.mark.parametrize(
    ("effect", "raised"),
    [
        (trouble.html_502(), Unreachable),
        (trouble.empty(), Unreachable),
        (trouble.cut(), Unreachable),
        (trouble.ok_with_fault(), Unreachable),
        (trouble.ok_with_fault("6000", "Locked pay run"), Rejected),
        (trouble.throttled_xml(), Busy),
        (trouble.drop_before(), Unreachable),
    ],
)
def test_every_hiccup_has_its_name(quickbooks, client, draft, effect, raised):
    """Each way to go wrong ends in the error that says what to do next."""
    quickbooks.trouble.next(path=r"/batch", effect=effect)

    with pytest.raises(raised):
        client.record_batch("r-1", {"1": payloads.time_activity(draft)})


def test_a_lost_item_is_open_and_the_others_stand(quickbooks, client, draft):
    """An item QuickBooks forgot to mention is not taken for refused."""
    quickbooks.trouble.next(path=r"/batch", effect=trouble.missing_items())
    drafts = {
        str(number): payloads.time_activity(replace(draft, minutes=number))
        for number in (1, 2, 3)
    }

    told = client.record_batch("r-1", drafts)

    assert [type(one) for one in told.values()] == [Recorded, Recorded, Missing]


def test_answers_in_another_order_go_to_the_right_entries(quickbooks, client, draft):
    """Each entry gets the number of its own activity."""
    quickbooks.trouble.next(path=r"/batch", effect=trouble.reordered_items())
    drafts = {
        str(number): payloads.time_activity(replace(draft, minutes=number))
        for number in (1, 2)
    }

    told = client.record_batch("r-1", drafts)

    assert [told[bid].body["Minutes"] for bid in ("1", "2")] == [1, 2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer_id": None}, "6310"),
        ({"person_id": "999999"}, "2500"),
        ({"customer_id": "999999"}, "2500"),
    ],
)
def test_a_refusal_is_put_into_words(client, draft, change, code):
    """What QuickBooks refuses is told with a name, a reason and a cure."""
    body = payloads.time_activity(replace(draft, **change))

    told = client.record_batch("r-1", {"1": body})["1"]

    assert told.code == code
    assert told.tid
    assert "Emily Platt" in explain(told, {"person": "Emily Platt"}).text


def test_closed_books_refuse(quickbooks, client, draft):
    """A closed period is told as such."""
    quickbooks.company.settings.closed_until = DAY

    told = client.record_batch("r-1", {"1": payloads.time_activity(draft)})["1"]

    assert told.code in {"6200", "6210"}
    assert client.company().closed_through == DAY


def test_lists_come_with_what_was_made_inactive(quickbooks, client):
    """People who left and customers who paused are still known."""
    company = quickbooks.company
    company.add_employee("Gone Gale", Active=False)
    company.add_vendor("Ann Vendor", PrimaryEmailAddr={"Address": "ann@x.io"})
    top = company.add_customer("Tall Tree")
    company.add_customer("Twig", parent=top)

    people = {person.name: person for person in client.people()}
    customers = {customer.path: customer for customer in client.customers()}

    assert any("Gone Gale" in name and not people[name].active for name in people)
    assert (people["Ann Vendor"].kind, people["Ann Vendor"].email) == (
        PersonKind.VENDOR,
        "ann@x.io",
    )
    assert customers["Tall Tree:Twig"].parent_id == top
    assert customers["Tall Tree:Twig"].level == 1
    assert any(item.name == "Hours" for item in client.service_items())


def test_the_company_introduces_itself(quickbooks, client):
    """Name, plan and currency are known before the first hour is sent."""
    facts = client.company()

    assert facts.name == quickbooks.company.name
    assert facts.plan == "QuickBooks Online Plus"
    assert (facts.country, facts.currency, facts.payroll) == ("US", "USD", False)
    assert facts.time_tracking is True


def test_a_token_that_ran_out_is_renewed_on_the_way(quickbooks, client, draft):
    """After an hour of silence the next send just works."""
    quickbooks.grants.expire_access()

    told = client.record_batch("r-1", {"1": payloads.time_activity(draft)})

    assert isinstance(told["1"], Recorded)
    assert quickbooks.refreshes == 1


def test_a_company_that_disconnected_us_says_so(quickbooks, client, intuit, tokens):
    """After a disconnect in QuickBooks an admin is asked to connect again."""
    quickbooks.grants.revoke_realm(quickbooks.company.realm)

    with pytest.raises(Disconnected):
        client.company()
    with pytest.raises(Disconnected):
        intuit.renew(tokens.refresh)


def test_giving_the_permission_back_ends_it(quickbooks, intuit, tokens):
    """Disconnecting in the add-on leaves no permission behind."""
    intuit.revoke(tokens.refresh)
    intuit.revoke(tokens.refresh)

    assert not quickbooks.grants.connected(quickbooks.company.realm)


def test_a_code_works_once(quickbooks, intuit):
    """A second use of the same consent is refused."""
    back = quickbooks.approve(intuit.authorize_url("state"))
    code = back.partition("code=")[2].partition("&")[0]
    intuit.exchange(code)

    with pytest.raises(Disconnected):
        intuit.exchange(code)


def test_an_activity_can_be_taken_back(quickbooks, client, draft):
    """Undoing a send removes the hours; doing so twice is no mistake."""
    made = client.record_batch("r-1", {"1": payloads.time_activity(draft)})["1"]

    client.delete_activity(made.activity_id, made.sync_token)
    client.delete_activity(made.activity_id, made.sync_token)

    assert quickbooks.company.activities == []


def test_an_activity_that_was_changed_is_not_taken_back(client, draft):
    """Hours somebody has edited in QuickBooks are not deleted unseen."""
    made = client.record_batch("r-1", {"1": payloads.time_activity(draft)})["1"]

    with pytest.raises(Rejected) as caught:
        client.delete_activity(made.activity_id, "17")

    assert caught.value.fault.code == "5010"


def test_a_whole_large_company_is_read(quickbooks, client):
    """More customers than fit one page all arrive."""
    company = quickbooks.company
    before = len(client.customers())
    for number in range(1200):
        company.add_customer(f"Customer {number}")

    assert len(client.customers()) == before + 1200
