"""What is suggested where nothing is certain: worked out once, kept, accepted."""

from collections.abc import Mapping

from addon.records import db
from addon.records import link as linking
from addon.records.directory import Kind, Listing, listings
from addon.records.glance import Hint
from addon.records.installation import Installation
from addon.records.link import Link, LinkKind, Suggestion
from addon.rules.suggesting import Suggestion as Suggested
from addon.rules.suggesting import suggest_people, suggest_projects
from addon.transfer import listed

# What is below says little; a suggestion for an inactive record is never above it.
WEAK = 40
# From here on a suggestion may be accepted together with others.
STRONG = 75

Key = tuple[str, int]


def renew(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    ours: list[Listing],
    theirs: list[Listing],
) -> None:
    """
    Work out again what is suggested to whoever is not linked; the caller commits.

    Takes about a second for 3,000 projects and 5,000 customers, so it belongs into
    the background; only what differs from before is written.
    """
    known = {f"{row.kind}:{row.foreign_id}": row for row in theirs}
    links = linking.links(company_id, kind)
    taken = {each: link.target_id for each, link in links.items()}
    for row in ours:
        link = links.get(row.foreign_id)
        if not row.active:
            taken.setdefault(row.foreign_id, "")
        elif link is not None and is_lost(link, known):
            # Whoever is linked to an inactive record is to choose another one.
            del taken[row.foreign_id]
    _keep(here, company_id, kind, _found(kind, ours, theirs, taken))


def renew_one(
    here: Installation, company_id: int, kind: LinkKind, clockify_id: str
) -> None:
    """Work out what is suggested to one user or project alone; the caller commits."""
    ours = listings(Kind(kind.value))
    links = linking.links(company_id, kind)
    taken = dict.fromkeys((row.foreign_id for row in ours), "")
    taken |= {each: link.target_id for each, link in links.items()}
    taken.pop(clockify_id, None)
    theirs = listings(*THEIRS[kind], company_id=company_id)
    found = _found(kind, ours, theirs, taken).get(clockify_id, ())
    linking.forget_suggestions(company_id, kind, clockify_id)
    for rank, each in enumerate(found):
        db.session.add(_row(here, company_id, kind, (clockify_id, rank), each))


THEIRS = {
    LinkKind.USER: (Kind.EMPLOYEE, Kind.VENDOR),
    LinkKind.PROJECT: (Kind.CUSTOMER,),
}


def is_lost(link: Link, known: Mapping[str, Listing]) -> bool:
    """Say whether a link points at a record that is inactive or no longer listed."""
    if not link.target_id:
        return False
    theirs = known.get(link.value)
    return theirs is None or theirs.gone or not theirs.active


def strong(
    suggested: Mapping[str, list[Hint]],
) -> dict[str, Hint]:
    """
    Pick what is beyond much doubt: exactly one strong suggestion, made to one alone.

    A user with two namesakes is left to a person, and so are two users who might
    be the same employee.
    """
    sure: dict[str, Hint] = {}
    wanted: dict[str, int] = {}
    for clockify_id, those in suggested.items():
        best = [each for each in those if each.score >= STRONG]
        for each in best:
            wanted[each.value] = wanted.get(each.value, 0) + 1
        if len(best) == 1:
            sure[clockify_id] = best[0]
    return {one: best for one, best in sure.items() if wanted[best.value] == 1}


def _found(
    kind: LinkKind,
    ours: list[Listing],
    theirs: list[Listing],
    taken: Mapping[str, str],
) -> dict[str, tuple[Suggested, ...]]:
    ours = [row for row in ours if not row.gone]
    theirs = [row for row in theirs if not row.gone]
    if kind is LinkKind.USER:
        return suggest_people(
            [listed.user_of(row) for row in ours],
            [listed.person_of(row) for row in theirs],
            taken,
        )
    return suggest_projects(
        [listed.project_of(row) for row in ours],
        [listed.customer_of(row) for row in theirs],
        taken,
    )


def _keep(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    found: Mapping[str, tuple[Suggested, ...]],
) -> None:
    wanted = {
        (clockify_id, rank): each
        for clockify_id, those in found.items()
        for rank, each in enumerate(those)
    }
    for clockify_id, those in linking.suggestions(company_id, kind).items():
        for row in those:
            each = wanted.pop((clockify_id, row.rank), None)
            if each is None:
                db.session.delete(row)
            else:
                _write(row, each)
    for key, each in wanted.items():
        db.session.add(_row(here, company_id, kind, key, each))


def _row(
    here: Installation, company_id: int, kind: LinkKind, key: Key, each: Suggested
) -> Suggestion:
    row = Suggestion(
        installation_id=here.id,
        company_id=company_id,
        kind=kind,
        clockify_id=key[0],
        rank=key[1],
    )
    _write(row, each)
    return row


def _write(row: Suggestion, each: Suggested) -> None:
    wanted = {
        "target": each.target_kind.lower(),
        "target_id": each.target_id,
        "score": each.score,
        "reason": each.reason,
    }
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
