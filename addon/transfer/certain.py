"""Link who is certainly the same and suggest the rest, while nobody waits for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert

from addon.records import db, reading
from addon.records import link as linking
from addon.records.glance import Known, known, link_values
from addon.records.installation import Installation, beat, hold_pulse, pulse_of
from addon.records.journal import BY_ITSELF, JournalLine
from addon.records.link import Link, LinkKind, Postponed
from addon.rules.matching import Match, match_people, match_projects
from addon.transfer import listed, suggestions
from addon.transfer.choices import OURS
from addon.transfer.suggestions import THEIRS, Offered, Proposed

# So often it is worked out anew when somebody has changed what it is based on; then
# everybody waits, so that it ends however much is going on.
TRIES = 3


@dataclass(frozen=True)
class Basis:
    """All that decides about one kind of link, as it was at one beat of the pulse."""

    pulse: int = field(compare=False)
    ours: list[Known]
    theirs: list[Known]
    links: Mapping[str, tuple[str, str]]
    parted: frozenset[str]
    put_off: frozenset[str]
    offered: Offered


@dataclass(frozen=True)
class Findings:
    """Who is certainly who, and what is suggested to the others."""

    certain: Mapping[str, Match]
    proposed: Proposed


def link_what_is_certain(
    here: Installation, company_id: int, kinds: Iterable[LinkKind], now: datetime
) -> int:
    """
    Link whoever is certainly the same on both sides; call with nothing pending.

    Then works out anew what is suggested to the others. Takes seconds for 3,000
    projects and 5,000 customers, so it reads first, thinks without a transaction, and
    writes in a short one, if what it read is still so. Gives how many links it made.
    """
    return sum(_settle(here, company_id, kind, now) for kind in kinds)


def _settle(here: Installation, company_id: int, kind: LinkKind, now: datetime) -> int:
    with reading():
        basis = _basis(here, company_id, kind)
        db.session.commit()
    for _ in range(TRIES):
        found = worked_out(kind, basis)
        if not found.certain and found.proposed == basis.offered.proposed:
            return 0
        if hold_pulse(here.id) != basis.pulse:
            present = _basis(here, company_id, kind)
            if present != basis:
                db.session.rollback()
                basis = present
                continue
        return _written(here, company_id, kind, basis, found, now)
    hold_pulse(here.id)
    basis = _basis(here, company_id, kind)
    found = worked_out(kind, basis)
    return _written(here, company_id, kind, basis, found, now)


def _basis(here: Installation, company_id: int, kind: LinkKind) -> Basis:
    return Basis(
        # First, so that whatever changes later is noticed.
        pulse=pulse_of(here.id),
        ours=known(OURS[kind]),
        theirs=known(*THEIRS[kind], company_id=company_id),
        links=link_values(company_id, kind)[kind],
        parted=frozenset(linking.parted(company_id, kind)),
        put_off=frozenset(linking.postponed(company_id, kind)),
        offered=suggestions.offered(company_id, kind),
    )


def worked_out(kind: LinkKind, basis: Basis) -> Findings:
    """Find who is certainly who, and what to suggest to everybody else."""
    taken = {one: _target_id(value) for one, (value, _) in basis.links.items()}
    certain = _certain(kind, basis, taken | dict.fromkeys(basis.parted, ""))
    taken |= {one: match.target_id for one, match in certain.items()}
    theirs = {row.value: row for row in basis.theirs}
    for row in basis.ours:
        value, _ = basis.links.get(row.foreign_id, ("", ""))
        if not row.active:
            taken.setdefault(row.foreign_id, "")
        elif _is_lost(value, theirs):
            # Whoever is linked to an inactive record is to choose another one.
            del taken[row.foreign_id]
    proposed = suggestions.proposed(kind, basis.ours, basis.theirs, taken)
    return Findings(certain, proposed)


def _target_id(value: str) -> str:
    return value.partition(":")[2]


def _is_lost(value: str, theirs: Mapping[str, Known]) -> bool:
    """Say whether a link points at a record that is inactive or no longer listed."""
    if not _target_id(value):
        return False
    row = theirs.get(value)
    return row is None or row.gone or not row.active


def _certain(
    kind: LinkKind, basis: Basis, taken: Mapping[str, str]
) -> dict[str, Match]:
    ours = [row for row in basis.ours if not row.gone]
    theirs = [row for row in basis.theirs if not row.gone]
    if kind is LinkKind.USER:
        return match_people(
            [listed.user_of(row) for row in ours],
            [listed.person_of(row) for row in theirs],
            taken,
        )
    return match_projects(
        [listed.project_of(row) for row in ours],
        [listed.customer_of(row) for row in theirs],
        taken,
    )


def _written(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    basis: Basis,
    found: Findings,
    now: datetime,
) -> int:
    """Write what was found; commits."""
    if found.certain:
        _link(here, company_id, kind, found.certain, now)
    late = basis.put_off & found.certain.keys()
    if late:
        db.session.execute(
            delete(Postponed).where(
                Postponed.company_id == company_id,
                Postponed.kind == kind,
                Postponed.clockify_id.in_(late),
            )
        )
    suggestions.replace(here, company_id, kind, basis.offered, found.proposed)
    beat(here.id)
    db.session.commit()
    return len(found.certain)


def _link(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    certain: Mapping[str, Match],
    now: datetime,
) -> None:
    links = [
        {
            "installation_id": here.id,
            "company_id": company_id,
            "kind": kind,
            "clockify_id": clockify_id,
            "target": match.target_kind.lower(),
            "target_id": match.target_id,
            "origin": match.reason,
            "confirmed_by": "",
            "since": now,
        }
        for clockify_id, match in certain.items()
    ]
    lines = [
        {
            "installation_id": here.id,
            "at": now,
            "actor": BY_ITSELF,
            "event": "linked",
            "details": {
                "kind": kind,
                "clockify": each["clockify_id"],
                "before": "",
                "after": f"{each['target']}:{each['target_id']}",
                "reason": each["origin"],
            },
        }
        for each in links
    ]
    db.session.execute(insert(Link), links)
    db.session.execute(insert(JournalLine), lines)
