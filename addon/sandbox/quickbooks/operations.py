"""Create, update, delete and the batch that holds many of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addon.sandbox.quickbooks import activities, names
from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.faults import Fault, missing, unsupported
from addon.sandbox.quickbooks.fields import NAME_LISTS, Row
from addon.sandbox.quickbooks.query import run
from addon.sandbox.quickbooks.replays import Replays

BATCH_LIMIT = 30
REQUEST_ID_LIMIT = 50
BATCH_REQUEST_ID_LIMIT = 36
BID_LIMIT = 10
WRITABLE = (*NAME_LISTS, "TimeActivity")


def perform(company: Company, entity: str, operation: str, body: Any) -> Row:  # noqa: ANN401
    """One write; the answer holds the entity as it now stands."""
    if not isinstance(body, dict):
        raise unsupported(entity)
    with company.lock:
        if operation == "delete":
            return {entity: _delete(company, entity, body)}
        if operation == "create" and "Id" in body:
            raise unsupported("Id")
        if operation == "update" and "Id" not in body:
            raise missing("Id")
        if operation not in ("create", "update", ""):
            detail = f"Operation {operation} is not supported."
            raise Fault("500", detail, "Operation")
        if entity == "TimeActivity":
            return {entity: company.shown(activities.write(company, body))}
        return {entity: company.shown(names.write(company, entity, body))}


def _delete(company: Company, entity: str, body: Row) -> Row:
    if entity != "TimeActivity":
        # Lists are made inactive instead.
        raise Fault("500", "Operation delete is not supported.", "Operation")
    return activities.delete(company, body)


def batch(
    company: Company,
    replays: Replays,
    request_id: str | None,
    body: Any,  # noqa: ANN401  whatever came in
    pause: Callable[[], None],
) -> list[Row]:
    """The items of a batch, one after another, each with its own outcome."""
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise unsupported("BatchItemRequest")
    if len(items) > BATCH_LIMIT:
        detail = f"The batch limit size is : {BATCH_LIMIT} supplied : {len(items)}"
        raise Fault("1040", detail)
    _refuse_bids([item.get("bId") for item in items], request_id)
    answers: list[Row] = []
    for item in items:
        pause()
        answers.append(
            {**_item(company, replays, request_id, item), "bId": item["bId"]}
        )
    return answers


def _item(company: Company, replays: Replays, request_id: str | None, item: Row) -> Row:
    key = f"{request_id}|{item['bId']}" if request_id else None
    try:
        if "Query" in item:
            return _query(company, item)
        return replays.once(key, lambda: _write(company, item))
    except Fault as fault:
        return fault.as_json()


def _query(company: Company, item: Row) -> Row:
    if "operation" in item or not isinstance(item["Query"], str):
        raise unsupported("operation")
    return {"QueryResponse": run(company, item["Query"])}


def _write(company: Company, item: Row) -> Row:
    entities = [
        name for name in item if name not in ("bId", "operation", "optionsData")
    ]
    if len(entities) != 1 or entities[0] not in WRITABLE:
        raise unsupported(entities[0] if entities else "BatchItemRequest")
    operation = item.get("operation")
    if operation not in ("create", "update", "delete"):
        detail = f"Operation {operation} is not supported."
        raise Fault("500", detail, "Operation")
    if "optionsData" in item:
        detail = f"Operation {item['optionsData']} is not supported."
        raise Fault("500", detail, "Operation")
    return perform(company, entities[0], operation, item[entities[0]])


def _refuse_bids(bids: list[Any], request_id: str | None) -> None:
    for bid in bids:
        if not isinstance(bid, str) or not bid:
            raise missing("bId")
        if request_id and len(bid) > BID_LIMIT:
            detail = f"bId {bid} is longer than {BID_LIMIT} characters"
            raise Fault("2130", detail, "bId")
    if len(set(bids)) < len(bids):
        raise Fault("2030", "Invalid ID : bId is not unique in the batch", "bId")


def request_id_checked(given: str | None, longest: int) -> str | None:
    """The request id, or None without one; raises 2130 when it is too long."""
    if not given:
        return None
    if len(given) > longest:
        detail = f"Request id is longer than {longest} characters"
        raise Fault("2130", detail, "requestid")
    return given
