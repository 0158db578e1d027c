"""Is this company ready for us? Each finding is a plain sentence with what to do."""

from dataclasses import dataclass
from enum import StrEnum

from addon.rules.entry import CompanyFacts


class Level(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing we looked at in the company, and what it means for sending time."""

    level: Level
    text: str
    cure: str = ""


def refuses(facts: CompanyFacts) -> Finding | None:
    """Say why this company cannot take time activities at all, or None."""
    if "simple start" in facts.plan.casefold():
        return Finding(
            Level.BAD,
            f"{facts.name} is on {facts.plan}, which cannot hold time activities.",
            "Change the company to QuickBooks Online Essentials, Plus or Advanced,"
            " then connect again.",
        )
    return None


def findings(facts: CompanyFacts) -> tuple[Finding, ...]:
    """Look at everything that decides whether, and how, time can be sent."""
    looks = (
        refuses(facts) or _plan(facts),
        _country(facts),
        _currency(facts),
        _time_tracking(facts),
        _closed_books(facts),
        _payroll(facts),
        _subscription(facts),
    )
    return tuple(each for each in looks if each is not None)


def _good(text: str) -> Finding:
    return Finding(Level.GOOD, text)


def _plan(facts: CompanyFacts) -> Finding:
    if not facts.plan:
        return Finding(
            Level.WARNING,
            "QuickBooks does not say which plan the company is on.",
            "Time activities need Essentials, Plus or Advanced.",
        )
    return _good(f"Plan: {facts.plan}.")


def _country(facts: CompanyFacts) -> Finding | None:
    return _good(f"Country: {facts.country}.") if facts.country else None


def _currency(facts: CompanyFacts) -> Finding:
    if not facts.currency:
        return Finding(
            Level.WARNING,
            "QuickBooks does not say which currency the company keeps.",
            "Make sure that the rates in Clockify are in the company's currency.",
        )
    if facts.multi_currency:
        return _good(
            f"Home currency: {facts.currency}. Several currencies are in use, so time"
            " is held back where its rate is in another currency than the customer's."
        )
    return _good(f"Currency: {facts.currency}.")


def _time_tracking(facts: CompanyFacts) -> Finding:
    if facts.time_tracking is False:
        return Finding(
            Level.BAD,
            "Time tracking is switched off in QuickBooks.",
            "Switch it on in QuickBooks under Account and settings > Time.",
        )
    return _good("Time tracking is on.")


def _closed_books(facts: CompanyFacts) -> Finding:
    if facts.closed_through is None:
        return _good("The books are open for every date.")
    return _good(
        f"The books are closed through {facts.closed_through:%-d %B %Y}. Entries up to"
        " then are held back."
    )


def _payroll(facts: CompanyFacts) -> Finding:
    if facts.payroll:
        return Finding(
            Level.WARNING,
            "QuickBooks Payroll is on. Time is sent for existing employees and vendors;"
            " no employee is ever created.",
            "Nothing to do. Look at the first entries you send in QuickBooks.",
        )
    return _good("QuickBooks Payroll is off.")


def _subscription(facts: CompanyFacts) -> Finding | None:
    if facts.subscription.upper() in {"EXPIRED", "SUSPENDED", "CANCELLED", "CANCELED"}:
        return Finding(
            Level.BAD,
            f"QuickBooks calls the subscription {facts.subscription.lower()}.",
            "Renew it in QuickBooks under Billing and subscription.",
        )
    return None
