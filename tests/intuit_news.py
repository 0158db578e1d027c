"""News from Intuit as tests write and sign it."""

import base64
import hashlib
import hmac
import json

from addon.quickbooks.notices import from_http

TOKEN = "pretend-verifier"
REALM = "9130357849012345"
ENTITY = {
    "name": "Customer",
    "id": "3",
    "operation": "Update",
    "lastUpdated": "2026-11-03T10:00:00-0700",
}
EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "intuit.abc=",
    "type": "qbo.customer.updated.v1",
    "time": "2025-10-07T19:59:07.034359333Z",
    "intuitentityid": "3",
    "intuitaccountid": REALM,
    "data": {},
}


def signature(body, token=TOKEN):
    digest = hmac.new(token.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def read_bytes(body):
    signed = {"intuit-signature": signature(body)}
    return from_http(signed, body, verifier_token=TOKEN)


def read(data):
    return read_bytes(json.dumps(data).encode())


def legacy(*entities, realm=REALM):
    return {"realmId": realm, "dataChangeEvent": {"entities": list(entities)}}
