"""What is linked to what, as a person reads it: rows, filters and pages."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from addon.records.glance import Glance, Hint, glances, hints, link_values, put_off
from addon.records.link import LinkKind
from addon.transfer.choices import (
    CREATE,
    LATER,
    NOBODY,
    OURS,
    OUT,
    Choice,
    choices,
    looks,
    offered,
)
from addon.transfer.link_row import REASONS, LinkRow, Offer
from addon.transfer.suggestions import THEIRS, WEAK, strong

__all__ = [
    "CREATE",
    "LATER",
    "NOBODY",
    "OURS",
    "OUT",
    "Choice",
    "LinkPage",
    "LinkRow",
    "Offer",
    "choices",
    "first_pages",
    "link_page",
    "looks",
    "one_row",
]

PAGE = 50
# How the reason begins where the customer of the client's name itself is meant.
CLIENT_ITSELF = "Customer "
# The filters of a list, in the order of their chips.
FILTERS = {
    "": "All",
    "waiting": "Waiting",
    "suggested": "Suggested",
    "linked": "Linked",
    "later": "Decide later",
    "out": "Left out",
    "inactive": "Inactive",
}


@dataclass(frozen=True)
class Chip:
    """A filter with the number of rows behind it."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class LinkPage:
    """A page of rows, those that need somebody first, and what they can choose."""

    kind: LinkKind
    rows: tuple[LinkRow, ...]
    choices: tuple[Choice, ...]
    waiting: int
    linked: int
    total: int
    page: int
    pages: int
    search: str
    show: str = ""
    chips: tuple[Chip, ...] = ()
    # How many suggestions can be accepted together.
    strong: int = 0
    may_create: bool = False


@dataclass(frozen=True)
class Book:
    """Everything about one kind of link, read once."""

    kind: LinkKind
    rows: tuple[LinkRow, ...]
    theirs: tuple[Glance, ...]
    sure: Mapping[str, Hint]


def link_page(
    company_id: int,
    kind: LinkKind,
    *,
    page: int = 1,
    search: str = "",
    show: str = "",
    creating: bool = False,
) -> LinkPage:
    """Give one page of users or projects with their links; `creating` is allowed."""
    book = read(company_id, kind)
    return _page(book, page=page, search=search, show=show, creating=creating)


def first_pages(company_id: int, *, creating: bool) -> dict[LinkKind, LinkPage]:
    """Give the first page of each kind."""
    return {
        kind: _page(book, creating=creating) for kind, book in books(company_id).items()
    }


def _page(
    book: Book, *, page: int = 1, search: str = "", show: str = "", creating: bool
) -> LinkPage:
    kind = book.kind
    rows = book.rows
    counted = Counter(name for row in rows for name in row.filters)
    # Whoever has left without ever being linked is of interest to nobody.
    current = [row for row in rows if row.target or not row.inactive]
    wanted = search.strip().casefold()
    among = [row for row in rows if show in row.filters] if show in counted else current
    shown = [row for row in among if wanted in f"{row.name} {row.detail}".casefold()]
    shown.sort(key=_order)
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(1, page), pages)
    return LinkPage(
        kind=kind,
        rows=tuple(shown[(page - 1) * PAGE : page * PAGE]),
        choices=offered(kind, book.theirs, creating=creating),
        waiting=counted["waiting"],
        linked=sum(row.is_linked for row in current),
        total=len(current),
        page=page,
        pages=pages,
        search=search,
        show=show if show in counted else "",
        chips=_chips(counted, len(current)),
        strong=len(book.sure),
        may_create=creating,
    )


@dataclass(frozen=True)
class Tally:
    """How many there are, and how many of them wait for a choice."""

    waiting: int
    total: int


def tallies(company_id: int) -> dict[LinkKind, Tally]:
    """Count who waits for a choice."""
    return {kind: _tally(book) for kind, book in books(company_id).items()}


def _tally(book: Book) -> Tally:
    rows = [row for row in book.rows if row.target or not row.inactive]
    return Tally(sum(row.is_waiting for row in rows), len(rows))


def one_row(company_id: int, kind: LinkKind, clockify_id: str) -> LinkRow:
    """Give the row of one user or project."""
    rows = read(company_id, kind).rows
    return next(row for row in rows if row.clockify_id == clockify_id)


def read(company_id: int, kind: LinkKind) -> Book:
    """Read everything about one kind of link."""
    return books(company_id, kind)[kind]


def books(company_id: int, *kinds: LinkKind) -> dict[LinkKind, Book]:
    """Read everything about these kinds of link, by default all, a table at a time."""
    kinds = kinds or tuple(LinkKind)
    lists = [each for kind in kinds for each in (OURS[kind], *THEIRS[kind])]
    read_by_kind: dict[str, list[Glance]] = {each: [] for each in lists}
    for each in glances(*lists, company_id=company_id):
        read_by_kind[each.kind].append(each)
    links = link_values(company_id, *kinds)
    later = put_off(company_id, *kinds)
    hinted = hints(company_id, *kinds)
    return {
        kind: _book(
            kind,
            read_by_kind[OURS[kind]],
            [each for those in THEIRS[kind] for each in read_by_kind[those]],
            links[kind],
            later[kind],
            hinted[kind],
        )
        for kind in kinds
    }


def _book(
    kind: LinkKind,
    ours: Iterable[Glance],
    theirs: Iterable[Glance],
    links: Mapping[str, tuple[str, str]],
    later: Mapping[str, str],
    hinted: Mapping[str, list[Hint]],
) -> Book:
    known = {each.value: each for each in theirs}
    rows: dict[str, LinkRow] = {}
    for each in ours:
        target, origin = links.get(each.foreign_id, ("", ""))
        if not target and later.get(each.foreign_id) == looks(*_face(each)):
            target = LATER
        rows[each.foreign_id] = _row(kind, each, target, origin, known.get(target))
    spoken_for = {row.target for row in rows.values() if not row.is_waiting}
    open_to = {
        clockify_id: [each for each in those if _is_open(each, spoken_for)]
        for clockify_id, those in hinted.items()
        if clockify_id in rows and rows[clockify_id].is_waiting
    }
    for clockify_id, those in open_to.items():
        offers = tuple(_offers(those, known))
        rows[clockify_id] = replace(rows[clockify_id], offers=offers)
    return Book(kind, tuple(rows.values()), tuple(known.values()), strong(open_to))


def _row(
    kind: LinkKind, ours: Glance, target: str, origin: str, theirs: Glance | None
) -> LinkRow:
    return LinkRow(
        kind=kind,
        clockify_id=ours.foreign_id,
        name=ours.name,
        detail=(ours.email or "") if kind is LinkKind.USER else ours.path,
        inactive=ours.gone or not ours.active,
        target=target,
        target_name=theirs.label if theirs else "",
        origin=origin,
        reason="" if target == OUT else REASONS.get(origin, ""),
        trouble=_trouble(target, theirs),
    )


def _face(ours: Glance) -> tuple[str, str | None, str]:
    return ours.name, ours.email, ours.path


def _trouble(target: str, theirs: Glance | None) -> str:
    if target in {"", NOBODY, OUT, LATER}:
        return ""
    if theirs is None or theirs.gone:
        return "QuickBooks does not list this record any more. Choose another one."
    if not theirs.active:
        return f"{theirs.label} is inactive in QuickBooks. Choose another one."
    return ""


def _is_open(each: Hint, spoken_for: set[str]) -> bool:
    """Several projects may go to the customer who is their client, nothing else."""
    is_client = each.reason.startswith(CLIENT_ITSELF)
    return is_client or each.value not in spoken_for


def _offers(those: Iterable[Hint], known: Mapping[str, Glance]) -> Iterable[Offer]:
    for each in those:
        theirs = known.get(each.value)
        if theirs is not None and not theirs.gone:
            yield Offer(
                value=each.value,
                name=theirs.label,
                what=each.target,
                reason=each.reason,
                score=each.score,
                can_accept=theirs.active and each.score > WEAK,
            )


def _chips(counted: Mapping[str, int], total: int) -> tuple[Chip, ...]:
    return tuple(
        Chip(key, label, counted[key] if key else total)
        for key, label in FILTERS.items()
        if not key or counted[key]
    )


def _order(row: LinkRow) -> tuple[int, str, str]:
    urgency = 0 if row.is_waiting and not row.trouble else 1 if row.is_waiting else 2
    if row.inactive:
        urgency = 3
    return urgency, row.detail.casefold() if row.kind == "project" else "", row.name
