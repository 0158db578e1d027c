"""QuickBooks' refusals: codes, wording and the three shapes they travel in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

NAMESPACE = "http://schema.intuit.com/finance/v3"

MESSAGES = {
    "120": "Authorization Failure",
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "1040": "Batch size exceeds allowed limit",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "Invalid String Length",
    "2060": "Invalid Date Format",
    "2070": "Invalid Date",
    "2080": "Invalid Number Format",
    "2090": "Invalid Number",
    "2100": "Invalid Decimal Format",
    "2130": "Invalid Request Id Format",
    "2170": "Invalid Enumeration",
    "2190": "Invalid Date Range",
    "2210": "Invalid Email Address Format",
    "2230": "Invalid Boolean",
    "2500": "Invalid Reference Id",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5020": "Permission Denied Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6080": "No Name Provided",
    "6150": "ParentRef Required Validation Error",
    "6180": "Sub Level Limit",
    "6190": "Invalid Company Status Error",
    "6200": "Account Period Closed Error",
    "6210": "Account Period Closed Required Password Error",
    "6240": "Duplicate Name Exists Error",
    "6290": "Invalid Employee or Vendor Error",
    "6300": "Invalid NameOf Error",
    "6310": "Customer Missing Error",
    "6320": "Invalid Billable Value Error",
    "6330": "Invalid Hourly Rate Error",
    "6340": "Invalid Time Error",
    "6350": "Time Missing Error",
    "6360": "Break Time Longer Than Elapsed Time Error",
    "6370": "Start Time After End Time Error",
    "6380": "Invalid Duration Error",
    "6390": "Duration And Time Both Given Error",
    "10000": "An application error has occurred while processing your request",
}


@dataclass(eq=False)
class Fault(Exception):
    """A refusal; raised where the rule is, shown by the API."""

    code: str
    detail: str
    element: str = ""
    status: int = 400
    kind: str = "ValidationFault"

    @property
    def message(self) -> str:
        """The short standing text of the code."""
        return MESSAGES[self.code]

    def as_json(self) -> dict[str, Any]:
        """The Fault object as it stands in an answer or in a batch item."""
        error = {
            "Message": self.message,
            "Detail": self.detail,
            "code": self.code,
            "element": self.element,
        }
        return {"Fault": {"Error": [error], "type": self.kind}}


def missing(name: str) -> Fault:
    """2020: something required is not there."""
    return Fault("2020", f"Required parameter {name} is missing in the request", name)


def not_found(what: str) -> Fault:
    """610: there is no such object, or it was made inactive."""
    detail = (
        f"Object Not Found : {what}. Something you're trying to use has been made"
        " inactive. Check the fields with accounts, customers, items, vendors or"
        " employees."
    )
    return Fault("610", detail)


def bad_reference(name: str, value: str) -> Fault:
    """2500: a reference to an id that is not there."""
    detail = f"Invalid Reference Id : {name} element id {value} not found"
    return Fault("2500", detail, name)


def unsupported(name: str) -> Fault:
    """2010: a property QuickBooks does not know, or not here."""
    detail = f"Property Name:{name} specified is unsupported or invalid"
    return Fault("2010", detail, name)


def gateway(
    status: int, code: str, said: str, detail: str, kind: str
) -> dict[str, Any]:
    """The gateway's lower-case form (401 and 403)."""
    message = f"message={said}; errorCode={code:0>6}; statusCode={status}"
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "status": None,
        "cdcresponse": [],
    }


def throttle_xml(at: datetime) -> str:
    """The 429 body: XML, whatever was asked for."""
    said = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    return (
        f'<IntuitResponse time="{at.isoformat(timespec="milliseconds")}"'
        f' xmlns="{NAMESPACE}"><Fault type="SERVICE"><Error code="3001">'
        f"<Message>{said}</Message><Detail>The request limit was reached.  Try again"
        " later</Detail></Error></Fault></IntuitResponse>"
    )
