"""In which currency the time of a draft is billed."""

import pytest

from addon.rules.activity import Activity
from addon.rules.eligibility import judge
from tests.entries import a_context, a_customer, an_entry, company_facts

EURO = a_customer(currency="EUR")
MANY = company_facts(multi_currency=True)


@pytest.mark.parametrize(
    ("currency", "entry", "context"),
    [
        ("USD", an_entry(currency=None), a_context(customer=EURO)),
        ("EUR", an_entry(currency=None), a_context(customer=EURO, company=MANY)),
        ("EUR", an_entry(currency=" eur"), a_context(company=MANY)),
        ("USD", an_entry(currency=None), a_context(company=MANY)),
        ("", an_entry(billable=False), a_context(customer=EURO, company=MANY)),
    ],
)
def test_the_draft_says_in_which_currency_it_is_billed(currency, entry, context):
    """The customer's where there are several, or else the company's only one."""
    verdict = judge(entry, context)
    assert isinstance(verdict, Activity)
    assert verdict.currency == currency
