"""Asks QuickBooks for whole lists, page by page, and checks that none is missing."""

from collections.abc import Callable
from typing import Any

from addon.quickbooks.errors import Malformed

PAGE = 1000
SWEEPS = 3

Ask = Callable[[str], dict[str, Any]]


def quote(text: str) -> str:
    """Write text as a string of the query language (QuickBooks: data queries)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def everything(ask: Ask, entity: str, where: str = "") -> list[dict[str, Any]]:
    """
    Read every row of an entity, in the order of QuickBooks' own answer.

    Paging is no snapshot: a row removed meanwhile makes a living one vanish between
    two pages, and a new one makes up for it in number. So each page begins with a row
    of those before, which shows that nothing has slipped between them; and the rows are
    compared with a count. Where either is not so, all is read again. Whatever lives all
    the while is there. Raises Malformed where it never comes to that.
    """
    problem = ""
    for _ in range(SWEEPS):
        counted = _count(ask, entity, where)
        rows = _sweep(ask, entity, where, counted)
        if rows is None:
            problem = f"QuickBooks' list of {entity} changes while it is read"
        elif len(rows) < counted:
            problem = f"QuickBooks counts {counted} of {entity} but shows {len(rows)}"
        else:
            return rows
    raise Malformed(problem, sent=False)


def _count(ask: Ask, entity: str, where: str) -> int:
    answer = _answer(ask, _statement("COUNT(*)", entity, where))
    total = answer.get("totalCount", 0)
    if not isinstance(total, int):
        raise Malformed(f"QuickBooks gave no count of {entity}", sent=False)
    return total


def _sweep(
    ask: Ask, entity: str, where: str, counted: int
) -> list[dict[str, Any]] | None:
    """Read all pages once; None where rows have moved meanwhile."""
    rows: dict[str, dict[str, Any]] = {}
    start, overlaps = 1, False
    while True:
        page = _page(ask, entity, where, start)
        if overlaps and (not page or page[0]["Id"] not in rows):
            return None
        before = len(rows)
        rows.update((row["Id"], row) for row in page)
        # A short page is no end while rows are missing; a page without news always is.
        is_news = len(rows) > before
        if overlaps and len(page) > 1 and not is_news:
            return None
        if not is_news or (len(page) < PAGE and len(rows) >= counted):
            return list(rows.values())
        overlaps = len(page) > 1
        start += len(page) - overlaps


def _page(ask: Ask, entity: str, where: str, start: int) -> list[dict[str, Any]]:
    statement = _statement("*", entity, where)
    window = f" ORDER BY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
    rows = _answer(ask, statement + window).get(entity, [])
    if not isinstance(rows, list):
        raise Malformed(f"QuickBooks gave no list of {entity}", sent=False)
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("Id"), str):
            raise Malformed(f"QuickBooks gave {entity} without Id", sent=False)
    return rows


def _statement(columns: str, entity: str, where: str) -> str:
    words = ["SELECT", columns, "FROM", entity, *(["WHERE", where] if where else [])]
    return " ".join(words)


def _answer(ask: Ask, statement: str) -> dict[str, Any]:
    answer = ask(statement).get("QueryResponse")
    if not isinstance(answer, dict):
        raise Malformed("QuickBooks gave no QueryResponse", sent=False)
    return answer
