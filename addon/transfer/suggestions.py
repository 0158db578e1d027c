"""What is suggested where nothing is certain: worked out once, kept, accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from addon.records import db, reading
from addon.records.directory import Kind
from addon.records.glance import Hint, Known, known, link_values
from addon.records.installation import Installation, beat
from addon.records.link import LinkKind, Suggestion
from addon.rules.suggesting import Suggestion as Suggested
from addon.rules.suggesting import suggest_people, suggest_projects
from addon.transfer import listed

# What is below says little; a suggestion for an inactive record is never above it.
WEAK = 40
# From here on a suggestion may be accepted together with others.
STRONG = 75
# How many ids one statement may name, well below every database's limit.
CHUNK = 500

THEIRS = {
    LinkKind.USER: (Kind.EMPLOYEE, Kind.VENDOR),
    LinkKind.PROJECT: (Kind.CUSTOMER,),
}

# Clockify id and rank; target, its id, score and reason.
Key = tuple[str, int]
Proposed = Mapping[Key, tuple[str, str, int, str]]


@dataclass(frozen=True)
class Offered:
    """What is suggested just now, and the numbers of its rows."""

    proposed: Proposed
    numbers: Mapping[Key, int]


def offered(company_id: int, kind: LinkKind, only: str | None = None) -> Offered:
    """Read what is suggested, to everybody or to one alone."""
    row = Suggestion
    query = select(
        row.id,
        row.clockify_id,
        row.rank,
        row.target,
        row.target_id,
        row.score,
        row.reason,
    ).where(row.company_id == company_id, row.kind == kind)
    if only is not None:
        query = query.where(row.clockify_id == only)
    proposed: dict[Key, tuple[str, str, int, str]] = {}
    numbers: dict[Key, int] = {}
    for (
        number,
        clockify_id,
        rank,
        target,
        target_id,
        score,
        reason,
    ) in db.session.execute(query):
        proposed[clockify_id, rank] = (target, target_id, score, reason)
        numbers[clockify_id, rank] = number
    return Offered(proposed, numbers)


def proposed(
    kind: LinkKind,
    ours: Iterable[Known],
    theirs: Iterable[Known],
    taken: Mapping[str, str],
) -> Proposed:
    """Work out what to suggest to whoever is not taken; takes about a second."""
    ours = [row for row in ours if not row.gone]
    theirs = [row for row in theirs if not row.gone]
    if kind is LinkKind.USER:
        found = suggest_people(
            [listed.user_of(row) for row in ours],
            [listed.person_of(row) for row in theirs],
            taken,
        )
    else:
        found = suggest_projects(
            [listed.project_of(row) for row in ours],
            [listed.customer_of(row) for row in theirs],
            taken,
        )
    return {
        (clockify_id, rank): _shown(each)
        for clockify_id, those in found.items()
        for rank, each in enumerate(those)
    }


def replace(
    here: Installation,
    company_id: int,
    kind: LinkKind,
    before: Offered,
    wanted: Proposed,
) -> None:
    """Write what differs from before; the caller commits."""
    stale = [
        number
        for key, number in before.numbers.items()
        if wanted.get(key) != before.proposed[key]
    ]
    for start in range(0, len(stale), CHUNK):
        some = stale[start : start + CHUNK]
        db.session.execute(delete(Suggestion).where(Suggestion.id.in_(some)))
    rows = [
        {
            "installation_id": here.id,
            "company_id": company_id,
            "kind": kind,
            "clockify_id": clockify_id,
            "rank": rank,
            "target": target,
            "target_id": target_id,
            "score": score,
            "reason": reason,
        }
        for (clockify_id, rank), each in wanted.items()
        if before.proposed.get((clockify_id, rank)) != each
        for target, target_id, score, reason in [each]
    ]
    if rows:
        db.session.execute(insert(Suggestion), rows)


def renew_one(
    here: Installation, company_id: int, kind: LinkKind, clockify_id: str
) -> None:
    """
    Work out what is suggested to one user or project alone; call with nothing pending.

    What it read may have changed while it was at it: then the next reading of the
    lists says better.
    """
    with reading():
        ours = known(Kind(kind.value))
        theirs = known(*THEIRS[kind], company_id=company_id)
        links = link_values(company_id, kind)[kind]
        db.session.commit()
    taken = dict.fromkeys((row.foreign_id for row in ours), "")
    taken |= {one: value.partition(":")[2] for one, (value, _) in links.items()}
    taken.pop(clockify_id, None)
    wanted = proposed(kind, ours, theirs, taken)
    replace(here, company_id, kind, offered(company_id, kind, only=clockify_id), wanted)
    beat(here.id)
    db.session.commit()


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


def _shown(each: Suggested) -> tuple[str, str, int, str]:
    return each.target_kind.lower(), each.target_id, each.score, each.reason
