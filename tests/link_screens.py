"""The screens around links, with values made by hand."""

from datetime import UTC, datetime
from typing import Any

from addon.records.link import LinkKind
from addon.transfer.accepting import Pair
from addon.transfer.choices import Choice
from addon.transfer.creating import Made
from addon.transfer.history import History, Line
from addon.transfer.linked import Chip, LinkPage, LinkRow, Offer
from addon.transfer.workshop import New

NOW = datetime(2026, 5, 4, 14, 3, tzinfo=UTC)

Screen = tuple[str, dict[str, Any]]


def link_screens(word: str) -> dict[str, Screen]:
    """Give the lists, dialogs and the history; `word` stands in every text."""
    line = _line(word)
    found: dict[str, Screen] = {
        "history": (
            "history/_list.html",
            {"history": History((line,), 2, 3), "undone": line},
        ),
        "no history": ("history/_list.html", {"history": History((), 1, 1)}),
        "accept": ("links/_accept.html", {"kind": "user", "pairs": (_pair(word),)}),
        "nothing to accept": ("links/_accept.html", {"kind": "user", "pairs": ()}),
        "nothing to create": ("links/_create.html", {"kind": "user", "news": ()}),
    }
    for kind in LinkKind:
        found[f"create {kind}"] = (
            "links/_create.html",
            {"kind": kind.value, "news": _news(kind, word)},
        )
        found[f"suggested {kind}"] = (
            "links/_list.html",
            {
                "page": _page(kind, word),
                "made": Made(kind, 1, 1, (word,)),
                "accepted": 2,
            },
        )
    return found


def _page(kind: LinkKind, word: str) -> LinkPage:
    rows = tuple(
        _row(kind, f"b{number}", target, word)
        for number, target in enumerate(("", "out:", "later:"))
    )
    return LinkPage(
        kind=kind,
        rows=rows,
        choices=(Choice("out:", word, "Other"), Choice("create:", word, "Other")),
        waiting=1,
        linked=0,
        total=30,
        page=1,
        pages=1,
        search="",
        show="waiting",
        chips=(Chip("", word, 30), Chip("waiting", word, 1)),
        strong=2,
        may_create=True,
    )


def _row(kind: LinkKind, clockify_id: str, target: str, word: str) -> LinkRow:
    offers = (
        Offer("employee:1", word, "employee", word, 88, can_accept=True),
        Offer("vendor:2", word, "vendor", word, 35, can_accept=False),
    )
    return LinkRow(
        kind=kind,
        clockify_id=clockify_id,
        name=word,
        detail=word,
        inactive=True,
        target=target,
        target_name=word,
        origin="hand" if target else "",
        reason=word if target else "",
        trouble="",
        offers=() if target else offers,
    )


def _news(kind: LinkKind, word: str) -> tuple[New, ...]:
    return (
        New(kind, "c1", word, email=word, parent=word, can_be_employee=True),
        New(kind, "c2", word, email=word, parent=word, parent_id="7", warning=word),
        New(kind, "c3", word, problem=word),
    )


def _pair(word: str) -> Pair:
    return Pair("d1", word, word, "employee:1", word, word)


def _line(word: str) -> Line:
    return Line(
        number=7,
        at=NOW,
        who=word,
        kind=LinkKind.USER,
        name=word,
        before=word,
        after=word,
        reason=word,
        can_undo=True,
    )
