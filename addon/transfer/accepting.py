"""Clear suggestions accepted together: listed first, then linked as listed."""

from collections.abc import Mapping
from dataclasses import dataclass

from addon.records import db
from addon.records.link import LinkKind
from addon.transfer import link, linked
from addon.transfer.outside import Outside, Viewer


@dataclass(frozen=True)
class Pair:
    """One clear suggestion, as it is listed before it is accepted."""

    clockify_id: str
    name: str
    detail: str
    value: str
    target_name: str
    reason: str


def pairs(company_id: int, kind: LinkKind) -> tuple[Pair, ...]:
    """List the suggestions that leave little doubt, by name."""
    book = linked.read(company_id, kind)
    known = {each.value: each for each in book.theirs}
    found = []
    for row in book.rows:
        best = book.sure.get(row.clockify_id)
        theirs = known.get(best.value) if best else None
        if best is None or theirs is None:
            continue
        found.append(
            Pair(
                row.clockify_id,
                row.name,
                row.detail,
                best.value,
                theirs.label,
                best.reason,
            )
        )
    return tuple(sorted(found, key=lambda pair: (pair.detail, pair.name)))


def accept(
    outside: Outside, viewer: Viewer, kind: LinkKind, chosen: Mapping[str, str]
) -> int:
    """Link what was listed and is still suggested so; give how many there were."""
    company_id = link.connected_company()
    accepted = 0
    for pair in pairs(company_id, kind):
        if chosen.get(pair.clockify_id) != pair.value:
            continue
        wish = link.Wish(
            kind, pair.clockify_id, pair.value, viewer.user_id, "suggestion"
        )
        link.change(viewer.installation, company_id, wish, outside.now())
        accepted += 1
    db.session.commit()
    return accepted
