"""Who linked what to what, when, by hand or by itself; and how to take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from addon.records import journal
from addon.records.directory import Kind
from addon.records.glance import Glance, glances
from addon.records.journal import BY_ITSELF, JournalLine
from addon.records.link import LinkKind
from addon.transfer import link
from addon.transfer.choices import LATER, NOBODY, OURS, OUT
from addon.transfer.outside import Outside, Refused, Viewer
from addon.transfer.suggestions import THEIRS

# The events of the journal that change who is who.
EVENTS = ("linked", "unlinked", "link moved")
PAGE = 50
REASONS = {
    "email": "same e-mail address",
    "name": "same name",
    "path": "same client and project",
    "created": "created in Clockify",
    "made": "created in QuickBooks",
    "suggestion": "suggestion accepted",
    "merged": "merged in QuickBooks",
    "undo": "taken back",
}
WORDS = {
    "": "not linked",
    NOBODY: "no customer",
    OUT: "left out",
    LATER: "decide later",
}


@dataclass(frozen=True)
class Line:
    """One change of a link, in words; `who` is "" where it happened by itself."""

    number: int
    at: datetime
    who: str
    kind: LinkKind
    name: str
    before: str
    after: str
    reason: str
    can_undo: bool


@dataclass(frozen=True)
class History:
    """A page of changes, newest first."""

    lines: tuple[Line, ...]
    page: int
    pages: int


def history(company_id: int, page: int = 1) -> History:
    """Give one page of what was linked and taken apart."""
    pages = max(1, -(-journal.count(EVENTS) // PAGE))
    page = min(max(1, page), pages)
    rows = journal.lines(EVENTS, most=PAGE, after=(page - 1) * PAGE)
    names = _names(company_id)
    now = {kind: link.values(company_id, kind) for kind in LinkKind}
    found = tuple(
        _line(row, names, now) for row in rows if row.details.get("kind") in now
    )
    return History(found, page, pages)


def undo(outside: Outside, viewer: Viewer, number: int) -> Line:
    """
    Bring back what was before a change; raises Refused where more has changed since.
    """
    company_id = link.connected_company()
    row = journal.line(number)
    if row is None or row.event not in EVENTS:
        raise Refused("This change is not in the history.")
    kind = LinkKind(row.details["kind"])
    clockify_id = str(row.details["clockify"])
    if link.value_of(company_id, kind, clockify_id) != row.details.get("after", ""):
        raise Refused("This link has been changed since. Choose a record yourself.")
    before = str(row.details.get("before") or "")
    link.choose(outside, viewer, kind, clockify_id, before, origin="undo")
    [latest] = journal.lines(EVENTS, most=1)
    return _line(latest, _names(company_id), {kind: link.values(company_id, kind)})


def _line(
    row: JournalLine,
    names: Mapping[str, str],
    now: Mapping[LinkKind, Mapping[str, str]],
) -> Line:
    told = row.details
    kind = LinkKind(told["kind"])
    clockify_id = str(told.get("clockify", ""))
    before, after = str(told.get("before") or ""), str(told.get("after") or "")
    is_current = now[kind].get(clockify_id, "") == after
    return Line(
        number=row.id,
        at=row.at,
        who=_who(row.actor, names),
        kind=kind,
        name=names.get(f"{OURS[kind]}:{clockify_id}", "Somebody who is gone"),
        before=_what(before, names),
        after=_what(after, names),
        reason=REASONS.get(str(told.get("reason", "")), ""),
        can_undo=is_current and before != after,
    )


def _who(actor: str, names: Mapping[str, str]) -> str:
    return "" if actor == BY_ITSELF else names.get(f"{Kind.USER}:{actor}", "An admin")


def _what(value: str, names: Mapping[str, str]) -> str:
    if value in WORDS:
        return WORDS[value]
    return names.get(value, "a record that is gone")


def _names(company_id: int) -> dict[str, str]:
    kinds = [*OURS.values(), *(kind for those in THEIRS.values() for kind in those)]
    found = glances(*kinds, company_id=company_id)
    return {each.value: _name(each) for each in found}


def _name(each: Glance) -> str:
    if each.kind == Kind.PROJECT:
        return f"{each.path}: {each.name}" if each.path else each.name
    return each.name if each.kind == Kind.USER else each.label
