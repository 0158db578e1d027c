"""A company's facts between the gate and the database."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from addon.records.connection import Company
from addon.rules.entry import CompanyFacts


def keep(company: Company, facts: CompanyFacts, now: datetime) -> None:
    """Write what the company says about itself; the caller commits."""
    company.name = facts.name
    company.closed_through = facts.closed_through
    plain: dict[str, Any] = asdict(facts)
    plain.pop("closed_through")
    company.facts = plain
    company.checked_at = now


def facts_of(company: Company) -> CompanyFacts:
    """Read back what the company last said about itself."""
    known: dict[str, Any] = dict(company.facts or {})
    closed: date | None = company.closed_through
    return CompanyFacts(**{"name": company.name, **known, "closed_through": closed})
