"""News from Intuit: verified and read in one step, in both of its formats."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from addon.quickbooks.answers import clean
from addon.quickbooks.errors import Malformed

__all__ = ["BadSignature", "Malformed", "Notice", "Operation", "from_http"]

SIGNATURE = "intuit-signature"
LONGEST = 100

_ENTITIES = {
    name.lower(): name
    for name in (
        "Employee",
        "Vendor",
        "Customer",
        "Item",
        "Class",
        "Department",
        "Preferences",
        "TimeActivity",
    )
}
# There is one of these in a company, so news of them says enough without an id.
_SINGLE = frozenset({"Preferences"})


class BadSignature(Exception):
    """Nothing proves that this came from Intuit."""


class Operation(StrEnum):
    """What happened to a record; OTHER is whatever Intuit may yet think of."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MERGED = "merged"
    VOIDED = "voided"
    OTHER = "other"


@dataclass(frozen=True)
class Notice:
    """
    One change in one company; it names records, it does not show them.

    In a merge `id` survives and `deleted_id` is gone (None where Intuit does not say
    which). `entity` is spelled as in the API where we know it, else as it came. `at`
    is in UTC. A notice that comes twice has the same `event_id` (at most 100
    characters); notices come in any order, our own writes among them.
    """

    realm: str
    entity: str
    id: str
    operation: Operation
    deleted_id: str | None
    at: datetime | None
    event_id: str


def from_http(
    headers: Mapping[str, str], body: bytes, *, verifier_token: str | None
) -> tuple[Notice, ...]:
    """
    Verify the signature over the raw body, then read the notices in it.

    Takes the older eventNotifications and the CloudEvents, one or an array of them,
    under any content type (QuickBooks: webhooks). Notices we cannot read are left
    out. Raises BadSignature, always so without a verifier token, and Malformed for a
    signed body that holds neither format.
    """
    _verify(headers, body, verifier_token)
    data = _parsed(body)
    shapes = _dicts(data if isinstance(data, list) else [data])
    known = list(filter(_is_known, shapes))
    if data != [] and not known:
        raise Malformed("Intuit sent something that is no notice", sent=False)
    seed = hashlib.sha256(body).hexdigest()
    return tuple(notice for shape in known for notice in _read(shape, seed))


def _verify(headers: Mapping[str, str], body: bytes, token: str | None) -> None:
    if token is None or not token.strip():
        raise BadSignature("No verifier token is set")
    named = (value for key, value in headers.items() if key.lower() == SIGNATURE)
    given = next(named, "").strip()
    digest = hmac.new(token.encode(), body, hashlib.sha256).digest()
    if not hmac.compare_digest(
        base64.b64encode(digest), given.encode("utf-8", "replace")
    ):
        raise BadSignature("The signature does not belong to this body")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Malformed("Intuit sent something that is not JSON", sent=False) from None


def _is_known(shape: Mapping[str, Any]) -> bool:
    is_cloud = isinstance(shape.get("type"), str) and "intuitaccountid" in shape
    return is_cloud or isinstance(shape.get("eventnotifications"), list)


def _read(shape: Mapping[str, Any], seed: str) -> Iterator[Notice]:
    return (_legacy if "eventnotifications" in shape else _cloud)(shape, seed)


def _legacy(shape: Mapping[str, Any], seed: str) -> Iterator[Notice]:
    for company in _dicts(shape.get("eventnotifications")):
        change = company.get("datachangeevent")
        entities = _folded(change).get("entities") if isinstance(change, dict) else None
        for told in _dicts(entities):
            yield from _notice(
                realm=_text(company.get("realmid")),
                entity=_text(told.get("name")),
                record=_text(told.get("id")),
                operation=_text(told.get("operation")),
                lost=_text(told.get("deletedid")),
                at=_text(told.get("lastupdated")),
                event="",
                seed=seed,
            )


def _cloud(event: Mapping[str, Any], seed: str) -> Iterator[Notice]:
    entity, operation = _kind(_text(event.get("type")))
    data = event.get("data")
    places = [event, *([_folded(data)] if isinstance(data, dict) else [])]
    lost = [
        _text(value)
        for place in places
        for key, value in place.items()
        # QuickBooks: webhooks, the data object. Seen as data.deletedid.
        if key.endswith("deletedid")
    ]
    yield from _notice(
        realm=_text(event.get("intuitaccountid")),
        entity=entity,
        record=_text(event.get("intuitentityid")),
        operation=operation,
        lost=next(filter(None, lost), ""),
        at=_text(event.get("time")),
        event=_text(event.get("id")),
        seed=seed,
    )


def _kind(given: str) -> tuple[str, str]:
    """Take "qbo.customer.merged.v1" apart into entity and operation."""
    house, _, rest = given.partition(".")
    entity, _, verb = rest.partition(".")
    if house != "qbo" or not entity:
        return given, ""
    return entity, verb.partition(".")[0]


def _notice(
    *,
    realm: str,
    entity: str,
    record: str,
    operation: str,
    lost: str,
    at: str,
    event: str,
    seed: str,
) -> Iterator[Notice]:
    entity = _ENTITIES.get(entity.lower(), entity)
    if not realm or not entity or not (record or entity in _SINGLE):
        return
    what = _operation(operation)
    # Without a time two changes of one record look alike; the whole body tells more.
    marks = (realm, entity, record, operation, lost, at or seed)
    yield Notice(
        realm=realm,
        entity=entity,
        id=record,
        operation=what,
        deleted_id=(lost or None) if what is Operation.MERGED else None,
        at=_moment(at),
        event_id=event or hashlib.sha256("\n".join(marks).encode()).hexdigest(),
    )


def _operation(given: str) -> Operation:
    # The older format says "Create" and "Void", the newer "created" and "voided".
    word = given.lower()
    said = (one for one in Operation if word and word in {one, one[:-1], one[:-2]})
    return next(said, Operation.OTHER)


def _moment(given: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(given)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = clean(value).strip()
    return text if len(text) <= LONGEST else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    return [_folded(one) for one in found if isinstance(one, dict)]


def _folded(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower().replace("_", ""): one for key, one in value.items()}
