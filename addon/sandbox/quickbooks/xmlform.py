"""The XML form of an answer, for callers who did not ask for JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from addon.sandbox.quickbooks.faults import NAMESPACE
from addon.sandbox.quickbooks.fields import Row

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# Base properties stand first in Intuit's schema.
_FIRST = ("Id", "SyncToken", "MetaData")
_ATTRIBUTES = (
    "domain",
    "sparse",
    "status",
    "startPosition",
    "maxResults",
    "totalCount",
)


def to_xml(answer: Row) -> str:
    """An answer as an IntuitResponse document."""
    inside = "".join(
        _element(name, value)
        for name, value in answer.items()
        if name not in ("time", "requestId")
    )
    time = quoteattr(str(answer.get("time", "")))
    root = f'IntuitResponse xmlns="{NAMESPACE}" time={time}'
    return f"{_HEAD}<{root}>{inside}</IntuitResponse>"


def _element(name: str, value: Any) -> str:  # noqa: ANN401  whatever JSON holds
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if name == "Fault":
        return _fault(value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(_word(value))}</{name}>"
    if name.endswith("Ref") and "value" in value:
        label = f" name={quoteattr(value['name'])}" if "name" in value else ""
        return f"<{name}{label}>{escape(value['value'])}</{name}>"
    attributes = "".join(
        f" {key}={quoteattr(_word(value[key]))}" for key in _ATTRIBUTES if key in value
    )
    if "bId" in value:
        attributes += f" bId={quoteattr(value['bId'])}"
    names = [key for key in _FIRST if key in value]
    skip = (*_FIRST, *_ATTRIBUTES, "bId")
    names += [key for key in value if key not in skip]
    inside = "".join(_element(key, value[key]) for key in names)
    return f"<{name}{attributes}>{inside}</{name}>"


def _fault(fault: Row) -> str:
    errors = ""
    for error in fault["Error"]:
        element = f" element={quoteattr(error['element'])}" if error["element"] else ""
        errors += (
            f'<Error code="{error["code"]}"{element}>'
            f"<Message>{escape(error['Message'])}</Message>"
            f"<Detail>{escape(error['Detail'])}</Detail></Error>"
        )
    return f"<Fault type={quoteattr(fault['type'])}>{errors}</Fault>"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
