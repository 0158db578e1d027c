"""How dates, lengths of time and money are written on the screen."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask

from addon.rules.durations import say
from addon.rules.money import Money, in_home
from addon.transfer.progress import Group

# Currencies without a smaller unit, as ISO 4217 lists them.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
WHOLE_CURRENCIES = frozenset(_WHOLE.split())

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def init_app(app: Flask) -> None:
    """Teach the templates our formats."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        ago=ago,
        duration=say,
        money=money,
        sums=sums,
        many=many,
        keyed=keyed,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def day(value: date | None) -> str:
    """Write a day: "Mon 4 May 2026"."""
    return f"{value:%a} {value.day} {value:%b} {value.year}" if value else ""


def moment(value: datetime | None) -> str:
    """Write a moment in UTC, and say so: "4 May 2026, 14:03 UTC"."""
    if value is None:
        return ""
    there = value.astimezone(UTC)
    return f"{there.day} {there:%b} {there.year}, {there:%H:%M} UTC"


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago something was: "just now", "3 minutes ago", "4 May 2026"."""
    if value is None:
        return "never"
    passed = (now or datetime.now(UTC)) - value
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{many(passed // _MINUTE, 'minute')} ago"
    if passed < _DAY:
        return f"{many(passed // _HOUR, 'hour')} ago"
    if passed < 7 * _DAY:
        return f"{many(passed // _DAY, 'day')} ago"
    return f"on {value.day} {value:%b} {value.year}"


def money(amount: Decimal | None, currency: str | None = "") -> str:
    """Write an amount with its currency: "1,234.50 USD"; empty where it is unknown."""
    if amount is None:
        return ""
    places = 0 if currency in WHOLE_CURRENCIES else 2
    return f"{amount:,.{places}f} {currency or ''}".strip()


def sums(amounts: Money, home: str = "") -> str:
    """Write money currency by currency: "45.00 USD, 30.00 EUR", the company's first."""
    known = in_home(amounts, home) or ((home, Decimal(0)),)
    return ", ".join(money(amount, currency) for currency, amount in known)


def many(count: int, one: str, more: str = "") -> str:
    """Count things: "1 entry", "1,200 entries"; without `more` an s is added."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def keyed(groups: Iterable[Group]) -> Iterator[tuple[str, Group]]:
    """Give each group of a run a name of its own that lasts while the group grows."""
    seen: Counter[str] = Counter()
    for group in groups:
        key = f"{zlib.crc32(f'{group.text} {group.again}'.encode()):08x}"
        seen[key] += 1
        yield f"{key}-{seen[key]}", group
