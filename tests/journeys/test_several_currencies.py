"""A company that bills in several currencies: each amount is shown in its own."""

import re
from decimal import Decimal
from typing import Any

import pytest

from addon.records import db
from addon.records.receipt import Receipt
from addon.transfer import refresh
from tests.desk import CARS, EMILY, FORM, JOHN, OLIVIA, Desk, words
from tests.stores import desk, on_every_store

__all__ = ["desk"]

HOME = "Jeff's Jalopies"
EURO, DOLLAR = ("EUR", Decimal("45.00")), ("USD", Decimal("55.00"))


def bill_in_euro(desk: Desk, name: str = CARS) -> None:
    """Let the company take several currencies, and this customer pay in euro."""
    company = desk.company
    company.settings.multicurrency = True
    euro = {"value": "EUR", "name": "Euro"}
    company.change("Customer", company.id_of("Customer", name), CurrencyRef=euro)
    desk.world.connect(realm=company.realm)
    with desk.world.inside() as here:
        refresh.ask(desk.world.outside, here)
    desk.world.work()


def listed(desk: Desk, state: str = "ready") -> str:
    """Give the words of one tab of the report."""
    token = desk.world.token(OLIVIA)
    query = {**FORM, "state": state}
    return words(desk.world.ask("GET", "/entries", token=token, params=query))


def shown(desk: Desk, number: int) -> str:
    """Give the words of a run's panel."""
    token = desk.world.token(OLIVIA)
    return words(desk.world.ask("GET", f"/runs/{number}", token=token))


def confirmed(desk: Desk) -> dict[str, Any]:
    """Open the dialog; give the form that it would send."""
    dialog = desk.post("/runs/confirmation", all_ready="1").text
    fields = re.findall(r'name="(expected\w*)" value="([^"]*)"', dialog)
    return {"all_ready": "1", **dict(fields)}


@on_every_store
def test_an_hour_billed_in_euro_is_shown_in_euro(desk: Desk) -> None:
    """Row, dialog, result and sent row say 45 euros, and nobody says 45 dollars."""
    bill_in_euro(desk)
    desk.track()
    form = confirmed(desk)
    said = [listed(desk), desk.confirm()]
    assert form["expected_amount"] == "45.00 EUR"
    number = desk.press(**{**form, "expected": 1})
    assert number is not None
    desk.settle()
    assert desk.progress(number).money_sent == (EURO,)
    said += [listed(desk, "sent"), shown(desk, number)]
    for each in said:
        assert "45.00 EUR" in each
        assert "USD" not in each
    [row] = desk.rows
    assert row["HourlyRate"] == Decimal(45)


@on_every_store
def test_euros_and_dollars_are_not_added_up(desk: Desk) -> None:
    """Two hours for two customers are two amounts, the company's own first."""
    bill_in_euro(desk)
    desk.track(EMILY, CARS)
    desk.track(EMILY, HOME, days_ago=4)
    both = "55.00 USD, 45.00 EUR"
    assert both in listed(desk)
    assert f"Amount {both}" in desk.confirm()
    form = confirmed(desk)
    assert form["expected_amount"] == "55.00, 45.00 EUR"
    number = desk.press(**{**form, "expected": 2})
    assert number is not None
    desk.settle()
    assert desk.progress(number).money_sent == (DOLLAR, EURO)
    assert f"Amount sent {both}" in shown(desk, number)
    assert both in listed(desk, "sent")
    with desk.world.inside():
        kept = db.session.scalars(db.select(Receipt.currency)).all()
    assert sorted(kept) == ["EUR", "USD"]


@pytest.mark.parametrize("amount", ["100.00", "55.00, 45.01 EUR", "a lot", "NaN", ""])
def test_other_money_than_confirmed_is_asked_about_again(
    desk: Desk, amount: str
) -> None:
    """Each currency has to be as it was confirmed, and what cannot be read is not."""
    bill_in_euro(desk)
    desk.track(EMILY, CARS)
    desk.track(EMILY, HOME, days_ago=4)
    form = {"all_ready": "1", "expected_amount": amount}
    answer = desk.post("/runs", expected=2, **form)
    assert "Entries have changed in the meantime" in words(answer)
    desk.settle()
    assert not desk.rows


def test_a_customer_who_now_pays_in_euro_is_asked_about_again(desk: Desk) -> None:
    """The same number in another currency is not what was confirmed."""
    desk.track()
    form = confirmed(desk)
    assert form["expected_amount"] == "45.00"
    bill_in_euro(desk)
    answer = desk.post("/runs", **form)
    assert "Entries have changed in the meantime" in words(answer)
    assert "Amount 45.00 EUR" in words(answer)
    assert not desk.rows


def test_a_company_with_one_currency_looks_as_ever(desk: Desk) -> None:
    """One amount, in the company's currency, and a bare number in the form."""
    desk.track(EMILY, CARS)
    desk.track(JOHN, HOME, billable=False)
    form = confirmed(desk)
    assert form["expected_amount"] == "45.00"
    assert "Amount 45.00 USD Service" in desk.confirm()
    assert desk.press(**{**form, "expected": 2})


def test_a_receipt_from_before_counts_as_the_companys(desk: Desk) -> None:
    """What was sent before currencies were noted is shown in the company's own."""
    desk.track(EMILY, CARS)
    desk.send_all()
    with desk.world.inside():
        db.session.execute(db.update(Receipt).values(currency=""))
        db.session.commit()
    assert "45.00 USD" in listed(desk, "sent")
