"""Who is who: people choose where nothing is certain; both sides are kept by id."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from addon.records import connection as connections
from addon.records import db
from addon.records import link as linking
from addon.records.directory import Kind, Listing
from addon.records.glance import link_values
from addon.records.installation import Installation, beat
from addon.records.journal import note
from addon.records.link import Link, LinkKind, Parted, Postponed
from addon.transfer import suggestions
from addon.transfer.choices import LATER, NOBODY, OURS, OUT, Choice, choices, looks
from addon.transfer.linked import LinkPage, LinkRow, link_page, one_row
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.suggestions import THEIRS

__all__ = [
    "Choice",
    "LinkKind",
    "LinkPage",
    "LinkRow",
    "choices",
    "choose",
    "connected_company",
    "link_page",
]


@dataclass(frozen=True)
class Wish:
    """What is to be linked to what, by whom and how it came about."""

    kind: LinkKind
    clockify_id: str
    target: str
    actor: str
    origin: str = "hand"


def choose(
    outside: Outside,
    viewer: Viewer,
    kind: LinkKind,
    clockify_id: str,
    target: str,
    origin: str = "hand",
) -> LinkRow:
    """
    Link to what a person chose; "" takes the link apart, "out:" leaves it out for
    good, "later:" puts the choice off.

    Raises Refused where either side does not exist or can no longer be chosen.
    """
    company_id = connected_company()
    wish = Wish(kind, clockify_id, target, viewer.user_id, origin)
    change(viewer.installation, company_id, wish, outside.now())
    db.session.commit()
    if not target:
        suggestions.renew_one(viewer.installation, company_id, kind, clockify_id)
    return one_row(company_id, kind, clockify_id)


def change(here: Installation, company_id: int, wish: Wish, now: datetime) -> None:
    """Fulfil a wish and write it into the journal; raises Refused; caller commits."""
    kind, clockify_id, target = wish.kind, wish.clockify_id, wish.target
    ours = listing(OURS[kind], clockify_id, 0)
    if ours is None:
        raise Refused("Clockify does not list this one any more. Reload the page.")
    _check_target(kind, target, company_id)
    # First, so that whoever links by itself waits for us or we for it, in one order.
    beat(here.id)
    before = value_of(company_id, kind, clockify_id)
    link = linking.link_of(company_id, kind, clockify_id)
    if link is not None:
        db.session.delete(link)
        db.session.flush()
    if target and target != LATER:
        db.session.add(_link(here, company_id, wish, now))
    was_linked = link is not None
    _remember_parting(here, company_id, wish, is_apart=not target or was_linked)
    _remember_postponing(here, company_id, wish, ours)
    note(
        here.id,
        "linked" if target and target != LATER else "unlinked",
        actor=wish.actor,
        at=now,
        kind=kind,
        clockify=clockify_id,
        before=before,
        after=target,
        reason=wish.origin,
    )
    db.session.flush()


def value_of(company_id: int, kind: LinkKind, clockify_id: str) -> str:
    """Give what a user or project is linked to, as choosers write it."""
    link = linking.link_of(company_id, kind, clockify_id)
    if link is not None:
        return link.value
    return LATER if linking.postponed_of(company_id, kind, clockify_id) else ""


def values(company_id: int, kind: LinkKind) -> dict[str, str]:
    """Give what everybody is linked to, as choosers write it, by Clockify id."""
    found = dict.fromkeys(linking.postponed(company_id, kind), LATER)
    linked = link_values(company_id, kind)[kind]
    return found | {clockify_id: value for clockify_id, (value, _) in linked.items()}


def connected_company() -> int:
    """Give the number of the connected company, or refuse."""
    held = connections.current()
    if held is None:
        raise Refused("Connect to QuickBooks first.")
    return held.company_id


def listing(kind: Kind, foreign_id: str, company_id: int) -> Listing | None:
    """Find one line of a list by its id on the other side."""
    return db.session.scalar(
        select(Listing).where(
            Listing.kind == kind,
            Listing.foreign_id == foreign_id,
            Listing.company_id == company_id,
        )
    )


def _check_target(kind: LinkKind, target: str, company_id: int) -> None:
    free = {"", LATER, OUT} | ({NOBODY} if kind is LinkKind.PROJECT else set())
    if target in free:
        return
    target_kind, _, target_id = target.partition(":")
    allowed = {each.value for each in THEIRS[kind]}
    row = (
        listing(Kind(target_kind), target_id, company_id)
        if target_kind in allowed
        else None
    )
    if row is None or row.gone:
        raise Refused("QuickBooks does not list this record. Choose another one.")
    if not row.active:
        raise Refused(f"{row.name} is inactive in QuickBooks. Choose another one.")


def _link(here: Installation, company_id: int, wish: Wish, now: datetime) -> Link:
    target, _, target_id = wish.target.partition(":")
    return Link(
        installation_id=here.id,
        company_id=company_id,
        kind=wish.kind,
        clockify_id=wish.clockify_id,
        target=target,
        target_id=target_id,
        origin=wish.origin,
        confirmed_by=wish.actor,
        since=now,
    )


def _remember_parting(
    here: Installation, company_id: int, wish: Wish, *, is_apart: bool
) -> None:
    """Keep a pair that a person took apart from being linked again by itself."""
    apart = linking.parted_of(company_id, wish.kind, wish.clockify_id)
    is_linked = wish.target not in {"", LATER}
    if is_linked and apart is not None:
        db.session.delete(apart)
    if not is_linked and is_apart and apart is None:
        db.session.add(
            Parted(
                installation_id=here.id,
                company_id=company_id,
                kind=wish.kind,
                clockify_id=wish.clockify_id,
            )
        )


def _remember_postponing(
    here: Installation, company_id: int, wish: Wish, ours: Listing
) -> None:
    """Keep in mind how it looked when the choice was put off."""
    row = linking.postponed_of(company_id, wish.kind, wish.clockify_id)
    if wish.target != LATER:
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = Postponed(
            installation_id=here.id,
            company_id=company_id,
            kind=wish.kind,
            clockify_id=wish.clockify_id,
        )
        db.session.add(row)
    row.seen = looks(ours.name, ours.email, ours.path)
