"""The activity QuickBooks would receive, drafted."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from addon.rules.entry import PersonKind

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Activity:
    """
    A time activity in the making.

    `rate` is per hour in the customer's currency, None where the time is not billable
    or the rate may not be seen. `currency` is the code of that currency, empty where
    nothing is billed or it is not known. The names of customer, service, class and
    location are full paths. The rules say in words why each of them was chosen, and
    `warnings` are whole sentences; neither makes two activities different.
    """

    person_kind: PersonKind
    person_id: str
    person_name: str
    day: date
    minutes: int
    customer_id: str | None
    customer_name: str
    billable: bool
    rate: Decimal | None
    description: str
    item_id: str | None
    item_name: str
    class_id: str | None = None
    class_name: str = ""
    location_id: str | None = None
    location_name: str = ""
    currency: str = ""
    customer_rule: str = field(default="", compare=False)
    item_rule: str = field(default="", compare=False)
    class_rule: str = field(default="", compare=False)
    location_rule: str = field(default="", compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)


def amount(activity: Activity) -> Decimal:
    """Say what the customer would be billed, rounded half up to cents."""
    if not activity.billable or activity.rate is None:
        return Decimal("0.00")
    exact = activity.rate * activity.minutes / 60
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)
