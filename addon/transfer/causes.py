"""What did not go, put together by its cause and not by its words."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from addon.quickbooks.blanks import Named, named_records
from addon.quickbooks.faults import (
    AGAIN,
    NOT_AGAIN,
    Fault,
    explain,
    last_cure,
    mentions,
)
from addon.records import db
from addon.records.connection import Company
from addon.records.directory import Listing
from addon.records.run import UNFINISHED, Piece, PieceState
from addon.rules.protocol import Seen
from addon.transfer.named import Known, called, known_records

# How many entries of one group are listed by name.
MOST_LISTED = 200
# An unknown or inactive record is to blame; QuickBooks does not say which one.
SOME_RECORD = frozenset({"610", "2030", "2500"})

INACTIVE = "{name} is inactive in QuickBooks."
GONE = "{name} no longer exists in QuickBooks."
INACTIVE_CURE = (
    "Make {name} active again in QuickBooks, or choose another record in the add-on's"
    " settings, then send again."
)
GONE_CURE = "Choose another record in the add-on's settings, then send again."

# What a person has found stands in place of what was not known before.
LOOKED = "Somebody has looked: it was not in QuickBooks."
LOOKED_CURE = "It can be sent again."

_RAW = re.compile(r"(?P<code>[^:]*): (?P<said>.*) \(intuit_tid (?P<tid>[^()]*)\)", re.S)


class Left(NamedTuple):
    """One entry that did not go, as a person knows it."""

    day: date | None
    person: str
    project: str
    minutes: int
    description: str


@dataclass(frozen=True)
class Group:
    """
    Entries that did not go for one and the same reason.

    `again` says whether they are tried again without anybody's doing, `tid` is
    Intuit's number for the first of the calls.
    """

    text: str
    cure: str
    raw: str
    count: int
    minutes: int
    rows: tuple[Left, ...]
    again: str = ""
    tid: str = ""


class _Cause(NamedTuple):
    state: str
    code: str
    blamed: str
    said: str


class _Told(NamedTuple):
    """A piece, the records it was sent with, their names, and the one to blame."""

    piece: Piece
    named: Sequence[Named]
    names: Mapping[str, str]
    culprit: Listing | None


def group_by_cause(company_id: int, pieces: Sequence[Piece]) -> tuple[Group, ...]:
    """Put together what did not go for the same reason, the largest group first."""
    members: dict[_Cause, list[_Told]] = defaultdict(list)
    for told in _looked_up(company_id, pieces):
        members[_cause(told)].append(told)
    groups = [_group(cause, rows) for cause, rows in members.items()]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _looked_up(company_id: int, pieces: Sequence[Piece]) -> list[_Told]:
    """Find the names for all pieces at once: this is asked every few seconds."""
    # What QuickBooks did not speak about has its words already.
    sent = [named_records(piece.body) if piece.raw else [] for piece in pieces]
    known = known_records(company_id, {each for named in sent for each in named})
    return [
        _Told(piece, named, called(piece, named, known), _culprit(piece, named, known))
        for piece, named in zip(pieces, sent, strict=True)
    ]


def _culprit(piece: Piece, named: Sequence[Named], known: Known) -> Listing | None:
    """Find the one record of a refused piece that our lists know to be away."""
    if piece.reason not in SOME_RECORD:
        return None
    rows = [known.get((each.kind, each.id)) for each in named]
    return next((row for row in rows if row and (row.gone or not row.active)), None)


def _cause(told: _Told) -> _Cause:
    """Give what two pieces have in common that did not go for the same reason."""
    piece, culprit = told.piece, told.culprit
    state = "waits" if piece.state in UNFINISHED else piece.state
    if piece.reason == Seen.NOT_THERE:
        return _Cause(state, piece.reason, "", "")
    found = _RAW.fullmatch(piece.raw)
    if found is None:
        return _Cause(state, "", piece.explanation, piece.cure)
    if culprit is not None:
        return _Cause(state, "culprit", f"{culprit.kind}:{culprit.foreign_id}", "")
    return _Cause(state, piece.reason, " ".join(_whom(told)), found["said"])


def _whom(told: _Told) -> list[str]:
    """List the ids of the records that the sentence about a piece is about."""
    about = mentions(told.piece.reason)
    if told.named:
        return [f"{each.kind}:{each.id}" for each in told.named if each.blank in about]
    entry = told.piece.snapshot or {}
    ours = (("person", "user_id"), ("customer", "project_id"))
    return [str(entry.get(key)) for blank, key in ours if blank in about]


def _group(cause: _Cause, told: list[_Told]) -> Group:
    first, culprit = told[0].piece, told[0].culprit
    rows = [each.piece for each in told]
    found = _RAW.fullmatch(first.raw)
    tid = found["tid"] if found else ""
    group = Group(
        text=first.explanation,
        cure=first.cure,
        raw=first.raw,
        count=len(rows),
        minutes=sum(piece.minutes for piece in rows),
        rows=tuple(_left(piece) for piece in rows[:MOST_LISTED]),
        again=AGAIN if cause.state == "waits" else _not_again(first),
        tid="" if tid == "not given" else tid,
    )
    if cause.code == Seen.NOT_THERE:
        return replace(group, text=LOOKED, cure=LOOKED_CURE)
    if culprit is not None:
        name = culprit.label
        text, cure = (GONE, GONE_CURE) if culprit.gone else (INACTIVE, INACTIVE_CURE)
        return replace(group, text=text.format(name=name), cure=cure.format(name=name))
    if found is None or len(rows) == 1:
        return group
    said = explain(Fault(first.reason, found["said"], tid=group.tid), _common(told))
    is_over = cause.state == PieceState.REFUSED
    cure = (last_cure(first.reason) if is_over else "") or said.cure
    return replace(group, text=said.text, cure=cure)


def _not_again(piece: Piece) -> str:
    """Say that nothing happens by itself, where the cure does not say so already."""
    is_said = piece.state == PieceState.ALREADY or "by ourselves" in piece.cure
    return "" if is_said else NOT_AGAIN


def _common(told: list[_Told]) -> dict[str, str]:
    """Name what all pieces have in common; the rows themselves tell the rest."""
    names = {
        blank: name
        for blank, name in told[0].names.items()
        if all(each.names.get(blank) == name for each in told)
    }
    dates = {f"{each.piece.day:%-d %B %Y}" if each.piece.day else "" for each in told}
    return {
        **names,
        "company": _company(told[0].piece.company_id),
        "date": dates.pop() if len(dates) == 1 else "these days",
    }


def _company(company_id: int) -> str:
    found = db.session.get(Company, company_id)
    return found.name if found else ""


def _left(piece: Piece) -> Left:
    entry = piece.snapshot or {}
    client, project = entry.get("client_name", ""), entry.get("project_name", "")
    return Left(
        day=piece.day,
        person=entry.get("user_name", ""),
        project=f"{client} / {project}" if client and project else project or client,
        minutes=piece.minutes,
        description=entry.get("description", ""),
    )
