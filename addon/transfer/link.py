"""Who is who: link what is certain, let people choose the rest, keep both by id."""

from datetime import datetime

from sqlalchemy import select

from addon.records import connection as connections
from addon.records import db
from addon.records import link as linking
from addon.records.directory import Kind, Listing, listings
from addon.records.installation import Installation
from addon.records.journal import BY_ITSELF, note
from addon.records.link import Link, LinkKind, Parted
from addon.rules.matching import Match, match_people, match_projects
from addon.transfer import listed
from addon.transfer.linked import (
    NOBODY,
    OURS,
    THEIRS,
    Choice,
    LinkPage,
    LinkRow,
    choices,
    link_page,
    row_of,
    targets,
)
from addon.transfer.outside import Outside, Refused, Viewer

__all__ = [
    "Choice",
    "LinkKind",
    "LinkPage",
    "LinkRow",
    "choices",
    "choose",
    "connected_company",
    "link_page",
    "link_what_is_certain",
]


def link_what_is_certain(here: Installation, company_id: int, now: datetime) -> int:
    """Link whoever is certainly the same on both sides; the caller commits."""
    made = 0
    for kind in LinkKind:
        taken = {
            clockify_id: link.target_id
            for clockify_id, link in linking.links(company_id, kind).items()
        }
        taken.update(dict.fromkeys(linking.parted(company_id, kind), ""))
        for clockify_id, match in _certain(kind, company_id, taken).items():
            _add(here, company_id, kind, clockify_id, match, now)
            made += 1
    return made


def choose(
    outside: Outside, viewer: Viewer, kind: LinkKind, clockify_id: str, target: str
) -> LinkRow:
    """
    Link to what a person chose, or take the link apart where `target` is "".

    Raises Refused where either side does not exist or can no longer be chosen.
    """
    company_id = connected_company()
    ours = _listing(OURS[kind], clockify_id, 0)
    if ours is None:
        raise Refused("Clockify does not list this one any more. Reload the page.")
    before = linking.links(company_id, kind).get(clockify_id)
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    now = outside.now()
    if target:
        _choose_target(viewer, company_id, kind, clockify_id, target, now)
    _remember_parting(viewer.installation, company_id, kind, clockify_id, target)
    note(
        viewer.installation.id,
        "linked" if target else "unlinked",
        actor=viewer.user_id,
        at=now,
        kind=kind,
        clockify=clockify_id,
        before=f"{before.target}:{before.target_id}" if before else "",
        after=target,
    )
    db.session.commit()
    link = linking.links(company_id, kind).get(clockify_id)
    return row_of(kind, ours, link, targets(company_id, kind))


def connected_company() -> int:
    """Give the number of the connected company, or refuse."""
    held = connections.current()
    if held is None:
        raise Refused("Connect to QuickBooks first.")
    return held.company_id


def _choose_target(
    viewer: Viewer,
    company_id: int,
    kind: LinkKind,
    clockify_id: str,
    target: str,
    now: datetime,
) -> None:
    target_kind, _, target_id = target.partition(":")
    is_nobody = target == NOBODY and kind is LinkKind.PROJECT
    if not is_nobody:
        allowed = {each.value for each in THEIRS[kind]}
        row = (
            _listing(Kind(target_kind), target_id, company_id)
            if target_kind in allowed
            else None
        )
        if row is None or row.gone:
            raise Refused("QuickBooks does not list this record. Choose another one.")
        if not row.active:
            raise Refused(f"{row.name} is inactive in QuickBooks. Choose another one.")
    db.session.add(
        Link(
            installation_id=viewer.installation.id,
            company_id=company_id,
            kind=kind,
            clockify_id=clockify_id,
            target=target_kind,
            target_id=target_id,
            origin="hand",
            confirmed_by=viewer.user_id,
            since=now,
        )
    )


def _remember_parting(
    here: Installation, company_id: int, kind: LinkKind, clockify_id: str, target: str
) -> None:
    """Keep a pair that a person took apart from being linked again by itself."""
    apart = linking.parted(company_id, kind).get(clockify_id)
    if target and apart is not None:
        db.session.delete(apart)
    if not target and apart is None:
        db.session.add(
            Parted(
                installation_id=here.id,
                company_id=company_id,
                kind=kind,
                clockify_id=clockify_id,
            )
        )


def _certain(
    kind: LinkKind, company_id: int, taken: dict[str, str]
) -> dict[str, Match]:
    ours = [row for row in listings(OURS[kind]) if not row.gone]
    theirs = [
        row for row in listings(*THEIRS[kind], company_id=company_id) if not row.gone
    ]
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


def _add(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    clockify_id: str,
    match: Match,
    now: datetime,
) -> None:
    db.session.add(
        Link(
            installation_id=here.id,
            company_id=company_id,
            kind=kind,
            clockify_id=clockify_id,
            target=match.target_kind.lower(),
            target_id=match.target_id,
            origin=match.reason,
            since=now,
        )
    )
    note(
        here.id,
        "linked",
        actor=BY_ITSELF,
        at=now,
        kind=kind,
        clockify=clockify_id,
        after=f"{match.target_kind.lower()}:{match.target_id}",
        reason=match.reason,
    )


def _listing(kind: Kind, foreign_id: str, company_id: int) -> Listing | None:
    return db.session.scalar(
        select(Listing).where(
            Listing.kind == kind,
            Listing.foreign_id == foreign_id,
            Listing.company_id == company_id,
        )
    )
