"""Money in several currencies: each summed up for itself, never added across."""

from decimal import Decimal, InvalidOperation

# (currency, amount), one for each currency.
Money = tuple[tuple[str, Decimal], ...]


def code(currency: str | None) -> str:
    """Write a currency as its code; empty where it is not known."""
    return (currency or "").strip().upper()


def of(amount: Decimal | None, currency: str) -> Money:
    """Give one amount as money; nothing has no currency."""
    return ((currency, amount),) if amount else ()


def added(one: Money, other: Money) -> Money:
    """Add each currency for itself, in the order of their codes."""
    sums = dict(one)
    for currency, amount in other:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return tuple(sorted(sums.items()))


def in_home(money: Money, home: str) -> Money:
    """Count money without a currency of its own as the company's, which goes first."""
    sums = added((), tuple((currency or home, amount) for currency, amount in money))
    return tuple(sorted(sums, key=lambda each: (each[0] != home, each[0])))


def written(money: Money, home: str) -> str:
    """Write money down to be read again: "45.00, 30.00 EUR", the company's bare."""
    return ", ".join(
        str(amount) if currency == home else f"{amount} {currency}"
        for currency, amount in in_home(money, home)
    )


def read(text: str) -> Money:
    """Read what was written down; bare amounts have no currency. Or ValueError."""
    money: Money = ()
    for part in text.split(","):
        number, _, currency = part.strip().partition(" ")
        money = added(money, ((code(currency), _number(number)),))
    return money


def is_same(one: Money, other: Money, home: str) -> bool:
    """Say whether it is the same money, currency by currency."""
    first, second = (
        {currency: amount for currency, amount in in_home(each, home) if amount}
        for each in (one, other)
    )
    return first == second


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    # Beyond twenty digits it is no sum of ours, and may be too much to be added up.
    if not number.is_finite() or number.adjusted() > 20:
        raise ValueError(text)
    return number
