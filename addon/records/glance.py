"""Lists and links read quickly: for pages that look at thousands and show fifty."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from addon.records.base import db
from addon.records.directory import Kind, Listing
from addon.records.link import Link, LinkKind, Postponed, Suggestion
from addon.rules.names import shown

# Clockify's lists belong to no company.
OURS = 0


@dataclass(frozen=True, slots=True)
class Glance:
    """What a page shows of one line of a list."""

    kind: str
    foreign_id: str
    name: str
    email: str | None
    parent_id: str | None
    path: str
    active: bool
    gone: bool

    @property
    def value(self) -> str:
        """Write it as choosers do: "employee:55"."""
        return f"{self.kind}:{self.foreign_id}"

    @property
    def label(self) -> str:
        """Give the name that pages show, with those above it."""
        return shown(self.path or self.name)


@dataclass(frozen=True, slots=True)
class Hint:
    """What a page shows of one suggestion."""

    target: str
    value: str
    score: int
    reason: str


class Known(NamedTuple):
    """All that is known of one line of a list; `number` is our own id of it."""

    number: int
    kind: str
    foreign_id: str
    name: str
    email: str | None
    parent_id: str | None
    path: str
    active: bool
    gone: bool
    details: dict[str, Any]

    @property
    def value(self) -> str:
        """Write it as choosers do: "employee:55"."""
        return f"{self.kind}:{self.foreign_id}"


def known(*kinds: Kind, company_id: int = 0) -> list[Known]:
    """Read the lists of these kinds with all that is known, by path and name."""
    row = Listing
    found = db.session.execute(
        select(
            row.id,
            row.kind,
            row.foreign_id,
            row.name,
            row.email,
            row.parent_id,
            row.path,
            row.active,
            row.gone,
            row.details,
        )
        .where(row.kind.in_(kinds), row.company_id == company_id)
        .order_by(row.path, row.name, row.id)
    )
    return [Known._make(each) for each in found]


def link_values(
    company_id: int, *kinds: LinkKind
) -> dict[LinkKind, dict[str, tuple[str, str]]]:
    """Give target, as choosers write it, and origin of each link by Clockify id."""
    row = Link
    found = db.session.execute(
        select(row.kind, row.clockify_id, row.target, row.target_id, row.origin).where(
            row.company_id == company_id, row.kind.in_(kinds)
        )
    )
    result: dict[LinkKind, dict[str, tuple[str, str]]] = {kind: {} for kind in kinds}
    for kind, clockify_id, target, key, origin in found:
        result[LinkKind(kind)][clockify_id] = (f"{target}:{key}", origin)
    return result


def put_off(company_id: int, *kinds: LinkKind) -> dict[LinkKind, dict[str, str]]:
    """Give how those looked whose choice was put off, by Clockify id."""
    row = Postponed
    found = db.session.execute(
        select(row.kind, row.clockify_id, row.seen).where(
            row.company_id == company_id, row.kind.in_(kinds)
        )
    )
    result: dict[LinkKind, dict[str, str]] = {kind: {} for kind in kinds}
    for kind, clockify_id, seen in found:
        result[LinkKind(kind)][clockify_id] = seen
    return result


def hints(company_id: int, *kinds: LinkKind) -> dict[LinkKind, dict[str, list[Hint]]]:
    """Give what is suggested, best first, by Clockify id."""
    row = Suggestion
    found = db.session.execute(
        select(
            row.kind,
            row.clockify_id,
            row.target,
            row.target_id,
            row.score,
            row.reason,
        )
        .where(row.company_id == company_id, row.kind.in_(kinds))
        .order_by(row.rank)
    )
    result: dict[LinkKind, dict[str, list[Hint]]] = {kind: {} for kind in kinds}
    for kind, clockify_id, target, key, score, reason in found:
        hint = Hint(target, f"{target}:{key}", score, reason)
        result[LinkKind(kind)].setdefault(clockify_id, []).append(hint)
    return result


def glances(*kinds: Kind, company_id: int = 0) -> list[Glance]:
    """Read the lists of these kinds, of both sides, without their details."""
    row = Listing
    found = db.session.execute(
        select(
            row.kind,
            row.foreign_id,
            row.name,
            row.email,
            row.parent_id,
            row.path,
            row.active,
            row.gone,
        ).where(row.kind.in_(kinds), row.company_id.in_({OURS, company_id}))
    )
    return [Glance(*each) for each in found]
