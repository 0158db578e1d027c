"""The company endpoints: who may call, how often, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, g, request

from addon.sandbox.quickbooks import operations
from addon.sandbox.quickbooks.company import LAPSED, Company
from addon.sandbox.quickbooks.facts import company_info, preferences
from addon.sandbox.quickbooks.faults import Fault, gateway, throttle_xml
from addon.sandbox.quickbooks.fields import FIELDS, NAME_LISTS, Row
from addon.sandbox.quickbooks.grants import Unauthorised
from addon.sandbox.quickbooks.query import run
from addon.sandbox.quickbooks.world import world
from addon.sandbox.quickbooks.xmlform import to_xml

blueprint = Blueprint("api", __name__, url_prefix="/v3/company/<realm>")
_BY_PATH = {name.lower(): name for name in FIELDS}
CDC_DEPTH = timedelta(days=30)
CDC_LIMIT = 1000


@blueprint.get("/companyinfo/<row_id>")
def info(realm: str, row_id: str) -> Response:
    """CompanyInfo."""
    if row_id != realm:
        raise Fault("610", f"Object Not Found : CompanyInfo {row_id}")
    return _answer({"CompanyInfo": company_info(g.company)})


@blueprint.get("/preferences")
def prefer(realm: str) -> Response:  # noqa: ARG001
    """Preferences."""
    return _answer({"Preferences": preferences(g.company)})


@blueprint.route("/query", methods=["GET", "POST"])
def query(realm: str) -> Response:  # noqa: ARG001
    """A SELECT, in the address or as the body."""
    if request.method == "POST":
        text = request.get_data().decode("utf-8", errors="replace")
    else:
        text = request.args.get("query", "")
    return _answer({"QueryResponse": run(g.company, text)})


@blueprint.get("/cdc")
def cdc(realm: str) -> Response:  # noqa: ARG001
    """What changed in the lists since a moment."""
    return _answer({"CDCResponse": [{"QueryResponse": _changed(g.company)}]})


@blueprint.post("/batch")
def batch(realm: str) -> Response:
    """Up to thirty operations in one call."""
    server = world()
    given = request.args.get("requestid")
    longest = operations.BATCH_REQUEST_ID_LIMIT
    request_id = operations.request_id_checked(given, longest)

    def pause() -> None:
        server.pause(server.item_latency)

    replays = server.replays[realm]
    items = operations.batch(g.company, replays, request_id, _body(), pause)
    return _answer({"BatchItemResponse": items})


@blueprint.get("/<path_name>/<row_id>")
def read(realm: str, path_name: str, row_id: str) -> Response:  # noqa: ARG001
    """One row by its id."""
    entity = _BY_PATH.get(path_name)
    if entity is None:
        return _refusal(_no_operation(path_name))
    company: Company = g.company
    with company.lock:
        return _answer({entity: company.shown(company.get(entity, row_id))})


@blueprint.post("/<path_name>")
def write(realm: str, path_name: str) -> Response:
    """Create, update or delete one row."""
    entity = _BY_PATH.get(path_name, "")
    if entity not in operations.WRITABLE:
        return _refusal(_no_operation(path_name))
    return _written(realm, entity)


def _written(realm: str, entity: str) -> Response:
    given = request.args.get("requestid")
    request_id = operations.request_id_checked(given, operations.REQUEST_ID_LIMIT)
    body, operation = _body(), request.args.get("operation", "")

    def work() -> Row:
        return operations.perform(g.company, entity, operation, body)

    return _answer(world().replays[realm].once(request_id, work))


@blueprint.before_request
def _gate() -> Response | None:
    """Token, company, limits, subscription: in this order, as at the real door."""
    server = world()
    server.pause(server.latency)
    realm = (request.view_args or {})["realm"]
    try:
        granted = server.grants.realm_of(request.headers.get("Authorization", ""))
    except Unauthorised as refused:
        body = gateway(
            401, "3200", "AuthenticationFailed", refused.reason, "AUTHENTICATION"
        )
        answer = _json({**body, "time": _millis(server.now)}, 401)
        said = 'Bearer realm="Intuit", error="invalid_token"'
        answer.headers["www-authenticate"] = said
        return answer
    if granted != realm or realm not in server.companies:
        said = "ApplicationAuthorizationFailed"
        body = gateway(403, "3100", said, "Application not authorized", "AUTHORIZATION")
        return _json({**body, "time": _millis(server.now)}, 403)
    if not server.admits(realm, batch=request.path.endswith("/batch")):
        xml = throttle_xml(server.now())
        headers = {}
        if server.retry_after is not None:
            headers["Retry-After"] = str(server.retry_after)
        return Response(xml, 429, headers, content_type="application/xml")
    company = g.company = server.companies[realm]
    return _refuse_company(company)


def _refuse_company(company: Company) -> Response | None:
    settings = company.settings
    if not settings.user_allowed:
        detail = "The user who connected the app was removed from the company."
        return _refusal(Fault("120", detail, "", 403, "AuthorizationFault"))
    if settings.subscription in LAPSED:
        detail = (
            "Invalid Company Status Error : You can't access this company because the"
            " subscription has ended, has a billing problem or was cancelled."
        )
        return _refusal(Fault("6190", detail))
    return None


def _body() -> Any:  # noqa: ANN401  whatever came in
    try:
        text = request.get_data().decode()
    except UnicodeDecodeError:
        detail = "Unsupported Operation : the body is not UTF-8"
        raise Fault("500", detail) from None
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        raise Fault("2010", "The request body is not valid JSON.") from None


def _changed(company: Company) -> list[Row]:
    """Change data capture: name lists only, thirty days back, inactive ones too."""
    entities = [name for name in request.args.get("entities", "").split(",") if name]
    for name in entities or [""]:
        if name not in NAME_LISTS:
            detail = f"QueryValidationError: {name} is not supported by CDC"
            raise Fault("4001", detail)
    since = _since(company)
    sections: list[Row] = []
    left = CDC_LIMIT
    with company.lock:
        for name in entities:
            rows = _touched(company, name, since)[:left]
            left -= len(rows)
            page = {"startPosition": 1, "maxResults": len(rows)}
            sections.append({name: rows, **page} if rows else {})
    return sections


def _since(company: Company) -> datetime:
    text = request.args.get("changedSince", "").replace(" ", "+")
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        raise Fault("2060", f"Invalid date format : {text}", "changedSince") from None
    if since.tzinfo is None:
        since = since.replace(tzinfo=company.zone)
    if company.now() - since > CDC_DEPTH:
        detail = "changedSince must lie within the last 30 days."
        raise Fault("2190", detail, "changedSince")
    return since


def _touched(company: Company, entity: str, since: datetime) -> list[Row]:
    last = {c.id: c for c in company.changes if c.entity == entity and c.at >= since}
    rows: list[Row] = []
    for row_id, change in last.items():
        row = company.tables[entity].get(row_id)
        stamp = change.at.astimezone(company.zone).isoformat(timespec="seconds")
        gone = {"Id": row_id, "status": "Deleted", "domain": "QBO"}
        gone["MetaData"] = {"LastUpdatedTime": stamp}  # type: ignore[assignment]
        rows.append(gone if row is None else company.shown(row))
    return rows


def _no_operation(path_name: str) -> Fault:
    detail = f"Operation No resource method found for {path_name}"
    return Fault("500", f"{detail} is not supported.", "Operation", 404)


@blueprint.errorhandler(Fault)
def _refusal(fault: Fault) -> Response:
    answer = _answer(fault.as_json())
    answer.status_code = fault.status
    return answer


def _answer(body: Row) -> Response:
    company: Company = g.company
    whole = {**body, "time": company.moment("milliseconds")}
    if "application/json" in request.headers.get("Accept", ""):
        return _json(whole)
    return Response(to_xml(whole), content_type="application/xml;charset=UTF-8")


def _json(body: Row, status: int = 200) -> Response:
    text = json.dumps(body, default=_number)
    return Response(text, status, content_type="application/json;charset=UTF-8")


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(type(value))
    return int(value) if value == value.to_integral_value() else float(value)


def _millis(now: Callable[[], datetime]) -> int:
    return int(now().timestamp() * 1000)
