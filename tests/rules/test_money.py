"""Money in several currencies."""

from decimal import Decimal

import pytest

from addon.rules.money import added, in_home, is_same, of, read, written

MIXED = (("", Decimal("45.00")), ("CAD", Decimal(5)), ("EUR", Decimal("30.00")))


def test_currencies_are_summed_up_each_for_itself():
    """Euros are added to euros and to nothing else."""
    euros = of(Decimal(2), "EUR")
    assert added(added(euros, of(Decimal(3), "USD")), euros) == (
        ("EUR", Decimal(4)),
        ("USD", Decimal(3)),
    )


def test_nothing_has_no_currency():
    """Time that brings no money brings no currency into a sum."""
    assert of(None, "EUR") == of(Decimal("0.00"), "EUR") == ()


def test_the_companys_currency_goes_first_and_takes_what_has_none():
    """What was kept before currencies were noted counts as the company's."""
    money = added(MIXED, of(Decimal(1), "USD"))
    assert in_home(money, "USD") == (
        ("USD", Decimal("46.00")),
        ("CAD", Decimal(5)),
        ("EUR", Decimal("30.00")),
    )


@pytest.mark.parametrize(
    ("money", "text"),
    [
        ((), ""),
        (of(Decimal("45.00"), "USD"), "45.00"),
        (of(Decimal("45.00"), "EUR"), "45.00 EUR"),
        (MIXED, "45.00, 5 CAD, 30.00 EUR"),
    ],
)
def test_what_is_written_down_is_read_again(money, text):
    """A confirmation brings back the money that it showed, in its currencies."""
    assert written(money, "USD") == text
    assert is_same(read(text or "0"), money, "USD")


@pytest.mark.parametrize("text", ["", "a lot", "NaN", "Infinity", "1e99", "5 EUR,"])
def test_what_is_no_money_is_not_read(text):
    """Nothing is guessed from a value that says no amount."""
    with pytest.raises(ValueError, match=r"^"):
        read(text)


def test_the_same_number_in_another_currency_is_other_money():
    """45 dollars are not 45 euros, and zeros make no difference."""
    euros = of(Decimal(45), "EUR")
    assert not is_same(read("45.00"), euros, "USD")
    assert is_same(read("45.0 eur, 0"), euros, "USD")
    assert is_same(read("45 USD"), of(Decimal(45), ""), "USD")
