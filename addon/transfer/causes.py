"""What did not go, put together by its cause and not by its words."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from addon.quickbooks.faults import (
    AGAIN,
    NOT_AGAIN,
    Fault,
    explain,
    last_cure,
    mentions,
    named_records,
)
from addon.records.directory import Kind, Listing
from addon.records.run import UNFINISHED, Piece, PieceState
from addon.transfer.dimensions import listed_with

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


def group_by_cause(company_id: int, pieces: Sequence[Piece]) -> tuple[Group, ...]:
    """Put together what did not go for the same reason, the largest group first."""
    blamed = _blamed(company_id, pieces)
    members: dict[_Cause, list[Piece]] = defaultdict(list)
    for piece in pieces:
        members[_cause(piece, blamed)].append(piece)
    groups = [
        _group(cause, rows, blamed.get(rows[0].id)) for cause, rows in members.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _cause(piece: Piece, blamed: Mapping[int, Listing]) -> _Cause:
    """Give what two pieces have in common that did not go for the same reason."""
    state = "waits" if piece.state in UNFINISHED else piece.state
    found = _RAW.fullmatch(piece.raw)
    if found is None:
        return _Cause(state, "", piece.explanation, piece.cure)
    culprit = blamed.get(piece.id)
    if culprit is not None:
        return _Cause(state, "culprit", f"{culprit.kind}:{culprit.foreign_id}", "")
    entry, named = piece.snapshot or {}, mentions(piece.reason)
    whom = [
        str(entry.get(key))
        for kind, key in (("person", "user_id"), ("customer", "project_id"))
        if kind in named
    ]
    return _Cause(state, piece.reason, " ".join(whom), found["said"])


def _group(cause: _Cause, rows: list[Piece], culprit: Listing | None) -> Group:
    first = rows[0]
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
    if culprit is not None:
        name = culprit.path or culprit.name
        text, cure = (GONE, GONE_CURE) if culprit.gone else (INACTIVE, INACTIVE_CURE)
        return replace(group, text=text.format(name=name), cure=cure.format(name=name))
    if found is None or len(rows) == 1:
        return group
    said = explain(Fault(first.reason, found["said"], tid=tid), _common_names(rows))
    is_over = cause.state == PieceState.REFUSED
    cure = (last_cure(first.reason) if is_over else "") or said.cure
    return replace(group, text=said.text, cure=cure)


def _not_again(piece: Piece) -> str:
    """Say that nothing happens by itself, where the cure does not say so already."""
    is_said = piece.state == PieceState.ALREADY or "by ourselves" in piece.cure
    return "" if is_said else NOT_AGAIN


def _common_names(rows: list[Piece]) -> dict[str, str]:
    """Name what all rows have in common; the rows themselves tell the rest."""
    entries = [piece.snapshot or {} for piece in rows]
    dates = {f"{piece.day:%-d %B %Y}" if piece.day else "" for piece in rows}

    def common(name: str) -> str:
        found = {str(entry.get(name) or "") for entry in entries}
        return found.pop() if len(found) == 1 else ""

    return {
        "person": common("user_name"),
        "customer": common("project_name"),
        "date": dates.pop() if len(dates) == 1 else "these days",
    }


def _blamed(company_id: int, pieces: Sequence[Piece]) -> dict[int, Listing]:
    """Find the one record of each refused piece that our lists know to be away."""
    named = {
        piece.id: named_records(piece.body)
        for piece in pieces
        if piece.reason in SOME_RECORD and piece.raw
    }
    wanted: dict[str, set[str]] = defaultdict(set)
    for records in named.values():
        for kind, number in records:
            wanted[kind].add(number)
    known = {
        (kind, number): row
        for kind, numbers in wanted.items()
        for number, row in listed_with(Kind(kind), numbers, company_id).items()
        if row.gone or not row.active
    }
    found = {
        piece_id: [known[each] for each in records if each in known]
        for piece_id, records in named.items()
    }
    return {piece_id: rows[0] for piece_id, rows in found.items() if rows}


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
