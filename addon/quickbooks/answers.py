"""Turns any answer of QuickBooks into data, or into the error that says what next."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from addon.quickbooks.errors import (
    Busy,
    Disconnected,
    Fault,
    Malformed,
    Rejected,
    Unclear,
    Unreachable,
)

# QuickBooks: limits and throttles. Intuit sends no Retry-After; it asks for a minute.
WAIT = 60.0
LONGEST_WAIT = 3600.0

THROTTLED = "3001"
DUPLICATE_REQUEST = "600"
SYSTEM_FAILURE = "10000"
MAINTENANCE = frozenset({"140", "150"})
TOKEN_REFUSED = frozenset({"3200", "3201", "3202"})
PERMISSION_GONE = frozenset({"100", "110", "120", "130", "3100"})

# A fault document is small; whatever is longer is a page for a browser.
_LONGEST_FAULT = 8192
_LONGEST_TEXT = 2000


def decipher(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """
    Turn an answer into its JSON object, or raise the error that says what to do next.

    Nothing but the errors of this gate is ever raised. A fault counts as a refusal
    with any HTTP status, 200 included (QuickBooks: error codes).
    """
    data = _parsed(body)
    tid = _header(headers, "intuit_tid")
    fault = fault_in(data, tid) if data is not None else _fault_in_text(body, tid)
    if status == 429 or (fault is not None and is_throttle(fault)):
        wait = _wait(headers)
        raise Busy("QuickBooks asked us to slow down", retry_after=wait, fault=fault)
    if status in {408, 425} or status >= 500:
        raise Unreachable(f"QuickBooks answered {status}", sent=True, fault=fault)
    if fault is not None:
        raise _refusal(status, fault)
    if status == 401:
        raise Disconnected("QuickBooks refused the access token", renewable=True)
    if status >= 400:
        raise Rejected(Fault(f"HTTP {status}", _first_words(body), tid=tid))
    if not 200 <= status < 300:
        raise Malformed(f"QuickBooks answered {status}, which is no answer")
    if data is None:
        raise Malformed("QuickBooks answered with something that is not a JSON object")
    return data


def fault_in(data: Mapping[str, Any], tid: str = "") -> Fault | None:
    """Find the deciding fault in an answer or in one item of a batch answer."""
    holder = data.get("Fault")
    if holder is None:
        holder = data.get("fault")
    if holder is None:
        return None
    kind = holder.get("type") if isinstance(holder, dict) else ""
    is_theirs = clean(kind).casefold() == "systemfault"
    faults = [
        replace(_fault(error, tid), is_theirs=is_theirs) for error in _errors(holder)
    ]
    if not faults:
        return Fault("", "QuickBooks gave no reason", tid=tid)
    return next((fault for fault in faults if is_throttle(fault)), faults[0])


def told_time(answer: Mapping[str, Any]) -> datetime | None:
    """Read QuickBooks' own clock in an answer, None where it does not say."""
    said = answer.get("time")
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def is_throttle(fault: Fault) -> bool:
    """Say whether QuickBooks only wants us to slow down."""
    return fault.code == THROTTLED or "ThrottleExceeded" in fault.message


def is_unclear(fault: Fault) -> bool:
    """Say whether it may follow a write that did happen, so that it is no clear no."""
    return fault.is_theirs or fault.code in {DUPLICATE_REQUEST, SYSTEM_FAILURE}


def is_permission_gone(fault: Fault) -> bool:
    """Say whether a person must connect to QuickBooks again."""
    return fault.code in PERMISSION_GONE or fault.code in TOKEN_REFUSED


def clean(value: object) -> str:
    """Turn any JSON value into text that can be stored and shown; None is empty."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value).replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _refusal(status: int, fault: Fault) -> Busy | Unreachable | Disconnected | Rejected:
    if fault.code in TOKEN_REFUSED or status == 401:
        return Disconnected(
            "QuickBooks refused the access token", renewable=True, fault=fault
        )
    if fault.code in PERMISSION_GONE:
        return Disconnected("The permission to QuickBooks is gone", fault=fault)
    if fault.code in MAINTENANCE:
        return Busy("The company is locked for now", retry_after=900.0, fault=fault)
    if is_unclear(fault):
        said = f"QuickBooks answered with fault {fault.code}"
        return Unclear(said, fault)
    return Rejected(fault)


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _errors(holder: object) -> list[Mapping[str, Any]]:
    if not isinstance(holder, dict):
        return [{"Message": clean(holder)}] if clean(holder) else []
    found = holder.get("Error", holder.get("error"))
    errors = found if isinstance(found, list) else [found]
    return [error for error in errors if isinstance(error, dict)]


def _fault(error: Mapping[str, Any], tid: str) -> Fault:
    def said(name: str) -> str:
        value = clean(error.get(name)) or clean(error.get(name.lower()))
        return value[:_LONGEST_TEXT]

    message = said("Message")
    code = _code(said("Code") or clean(error.get("code")), message)
    # The text of an authentication fault repeats part of the token.
    detail = "" if code in TOKEN_REFUSED else said("Detail")
    return Fault(code, message, detail, said("Element"), tid)


def _code(given: str, message: str) -> str:
    if not given.strip():
        hidden = re.search(r"errorCode=(\d{1,9})", message)
        given = hidden.group(1) if hidden else ""
    code = given.strip()[:40]
    return code.lstrip("0") or code


def _fault_in_text(body: bytes, tid: str) -> Fault | None:
    """Find a fault in XML, even in XML that was cut off, without trusting it."""
    text = body[:_LONGEST_FAULT].decode("utf-8", "replace")
    _, opening, rest = text.partition("<Error")
    if not opening:
        if "ThrottleExceeded" in text:
            return Fault(THROTTLED, "ThrottleExceeded", tid=tid)
        return None
    code = re.search(r"code\s*=\s*[\"'](\d{1,9})[\"']", rest.partition(">")[0])
    error = {
        "code": code.group(1) if code else "",
        "Message": _between(rest, "<Message>", "</Message>"),
        "Detail": _between(rest, "<Detail>", "</Detail>"),
    }
    return _fault(error, tid)


def _between(text: str, opening: str, closing: str) -> str:
    inside = text.partition(opening)[2].partition(closing)[0]
    return html.unescape(inside).strip()


def _first_words(body: bytes) -> str:
    text = body[:_LONGEST_FAULT].decode("utf-8", "replace")
    return clean(" ".join(re.sub(r"<[^<>]*>", " ", text).split()))[:200]


def _header(headers: Mapping[str, str], name: str) -> str:
    found = (value for key, value in headers.items() if key.lower() == name)
    return clean(next(found, ""))[:100]


def _wait(headers: Mapping[str, str]) -> float:
    given = _header(headers, "retry-after").strip()
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", given, re.ASCII):
        return WAIT
    return min(float(given), LONGEST_WAIT) or WAIT
