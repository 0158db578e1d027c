"""QuickBooks' query language: checking and running a SELECT."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.facts import company_info, preferences
from addon.sandbox.quickbooks.faults import Fault
from addon.sandbox.quickbooks.fields import FIELDS, NAME_LISTS, Field, Kind, Row
from addon.sandbox.quickbooks.parsing import Condition, Query, parse

LARGEST = 1000
_SINGLE: dict[str, Callable[[Company], Row]] = {
    "CompanyInfo": company_info,
    "Preferences": preferences,
}


def run(company: Company, text: str) -> Row:
    """The QueryResponse for this SELECT; raises 4000 or 4001."""
    query = parse(text)
    _refuse_range(query)
    if query.entity in _SINGLE:
        return _single(company, query)
    if query.entity not in FIELDS:
        raise _invalid(f"Entity {query.entity} not found")
    _refuse_properties(query)
    tests = [_test(company, query.entity, c) for c in query.conditions]
    rows = company.rows(query.entity)
    rows = [row for row in rows if all(test(row) for test in tests)]
    asked = {condition.name for condition in query.conditions}
    if query.entity in NAME_LISTS and "Active" not in asked:
        rows = [row for row in rows if row["Active"]]
    if query.count:
        return {"totalCount": len(rows)}
    return _page(company, query, _sorted(company, query, rows))


def _page(company: Company, query: Query, rows: list[Row]) -> Row:
    # No snapshot: a row deleted between two pages moves all later ones up.
    page = rows[query.start - 1 :][: query.most]
    if not page:
        return {}
    with company.lock:
        page = [company.shown(row) for row in page]
    if query.columns:
        keep = {*query.columns, "domain", "sparse", "Id"}
        page = [{k: v for k, v in row.items() if k in keep} for row in page]
    return {query.entity: page, "startPosition": query.start, "maxResults": len(page)}


def _single(company: Company, query: Query) -> Row:
    if query.columns:
        detail = f"Property {query.columns[0]} not found for Entity {query.entity}"
        raise _invalid(detail)
    if query.conditions:
        raise _invalid(f"property '{query.conditions[0].name}' is not queryable")
    if query.count:
        return {"totalCount": 1}
    row = _SINGLE[query.entity](company)
    return {query.entity: [row], "startPosition": 1, "maxResults": 1}


def _sorted(company: Company, query: Query, rows: list[Row]) -> list[Row]:
    if query.order is None:
        return sorted(rows, key=lambda row: int(row["Id"]), reverse=True)
    name, field = query.order, FIELDS[query.entity][query.order]
    present = [row for row in rows if _pick(row, name) is not None]
    absent = [row for row in rows if _pick(row, name) is None]

    def key(row: Row) -> Any:  # noqa: ANN401  comparable values of one kind
        return _comparable(company, field, name, _pick(row, name))

    present.sort(key=key, reverse=query.descending)
    return present + absent if query.descending else absent + present


def _refuse_range(query: Query) -> None:
    if query.start < 1:
        raise _invalid(f"value {query.start} is too small. Min allowed value is 1")
    if query.most < 1:
        raise _invalid(f"value {query.most} is too small. Min allowed value is 1")
    if query.most > LARGEST:
        detail = f"value {query.most} is too large. Max allowed value is {LARGEST}"
        raise _invalid(detail)


def _refuse_properties(query: Query) -> None:
    fields = FIELDS[query.entity]
    order = (query.order,) if query.order else ()
    asked = [condition.name for condition in query.conditions]
    for name in (*query.columns, *asked, *order):
        if name not in fields and name != "MetaData":
            detail = f"Property {name} not found for Entity {query.entity}"
            raise _invalid(detail)
    for name in (*asked, *order):
        if name not in fields or not fields[name].queryable:
            raise _invalid(f"property '{name}' is not queryable")


def _test(company: Company, entity: str, asked: Condition) -> Callable[[Row], bool]:
    field = FIELDS[entity][asked.name]
    if asked.op == "LIKE":
        if field.kind is not Kind.TEXT:
            raise _invalid(f"LIKE is not supported for property {asked.name}")
        parts = (re.escape(part) for part in asked.values[0].split("%"))
        like = re.compile(".*".join(parts), re.DOTALL | re.IGNORECASE)
        return lambda row: bool(like.fullmatch(str(_pick(row, asked.name) or "")))
    wanted = [_comparable(company, field, asked.name, v) for v in asked.values]
    compare = _COMPARE[asked.op]

    def test(row: Row) -> bool:
        value = _pick(row, asked.name)
        if value is None:
            return False
        return compare(_comparable(company, field, asked.name, value), wanted)

    return test


_COMPARE: dict[str, Callable[[Any, list[Any]], bool]] = {
    "=": lambda value, wanted: value == wanted[0],
    "<": lambda value, wanted: value < wanted[0],
    ">": lambda value, wanted: value > wanted[0],
    "<=": lambda value, wanted: value <= wanted[0],
    ">=": lambda value, wanted: value >= wanted[0],
    "IN": lambda value, wanted: value in wanted,
}


def _pick(row: Row, name: str) -> Any:  # noqa: ANN401  whatever JSON holds
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return value.get("value")
    return value


def _comparable(company: Company, field: Field, name: str, value: object) -> Any:  # noqa: ANN401
    try:
        return _of_kind(company, field.kind, value)
    except (ValueError, InvalidOperation, OverflowError):
        raise _invalid(f"Invalid value {value} for property {name}") from None


def _of_kind(company: Company, kind: Kind, value: object) -> Any:  # noqa: ANN401
    text = str(value)
    if kind is Kind.ID:
        return int(text)
    if kind is Kind.BOOL:
        return {"true": True, "false": False, "True": True, "False": False}.get(text)
    if kind is Kind.DECIMAL:
        return Decimal(text)
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    if kind is Kind.MOMENT:
        return _moment(company, text)
    return text


def _moment(company: Company, text: str) -> datetime:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.combine(date.fromisoformat(text), time(), company.zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=company.zone)


def _invalid(detail: str) -> Fault:
    return Fault("4001", f"QueryValidationError: {detail}")
