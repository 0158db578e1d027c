"""Every entry gets a verdict, whatever it holds."""

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from addon.rules.eligibility import Held, judge
from addon.rules.entry import Entry, NoCustomer, PersonKind, Rounding, RoundingWay
from tests.entries import (
    a_context,
    a_customer,
    a_person,
    a_service,
    a_workspace,
    company_facts,
)

people = st.builds(
    a_person, name=st.text(), active=st.booleans(), kind=st.sampled_from(PersonKind)
)
currencies = st.none() | st.sampled_from(["USD", "EUR", ""])
customers = st.builds(
    a_customer, name=st.text(), active=st.booleans(), currency=currencies
)
companies = st.builds(
    company_facts,
    name=st.text(),
    currency=currencies,
    multi_currency=st.booleans(),
    closed_through=st.none() | st.dates(),
)
workspaces = st.builds(
    a_workspace,
    rounding=st.none()
    | st.builds(Rounding, st.sampled_from(RoundingWay), st.integers()),
)
contexts = st.builds(
    a_context,
    workspace=workspaces,
    company=companies,
    people=st.dictionaries(st.just("user"), people),
    customers=st.dictionaries(st.just("project"), customers | st.builds(NoCustomer)),
    item=st.none() | st.builds(a_service, name=st.text(), active=st.booleans()),
    rates_known=st.booleans(),
)
moments = st.datetimes(timezones=st.just(UTC))
entries = st.builds(
    Entry,
    id=st.text(),
    user_id=st.sampled_from(["user", "user", "stranger"]),
    user_name=st.text(),
    start=moments,
    end=st.none() | moments,
    duration=st.none()
    | st.timedeltas()
    | st.timedeltas(timedelta(0), timedelta(hours=26)),
    day=st.none() | st.dates(),
    billable=st.booleans(),
    description=st.text(),
    project_id=st.none() | st.sampled_from(["project", "project", "other"]),
    project_name=st.text(),
    hourly_rate=st.none() | st.decimals() | st.decimals(0, 500, places=2),
    currency=currencies,
    kind=st.sampled_from(["REGULAR", "REGULAR", "REGULAR", "BREAK", "TIME_OFF", ""]),
)


@given(entries, contexts)
def test_every_entry_gets_a_verdict(entry, context):
    """Whatever an entry holds, it is ready, or held with a reason and a cure."""
    verdict = judge(entry, context)
    if isinstance(verdict, Held):
        assert verdict.text.strip().endswith(".")
        assert verdict.cure.strip().endswith(".")
        return
    assert 1 <= verdict.minutes <= 1435
    assert verdict.day == entry.day
    assert verdict.billable == entry.billable
    assert verdict.billable is False or verdict.customer_id is not None
    if verdict.rate is not None:
        assert verdict.billable
        assert 0 <= verdict.rate == entry.hourly_rate
    assert context.rates_known is False or verdict.billable is (
        verdict.rate is not None
    )
