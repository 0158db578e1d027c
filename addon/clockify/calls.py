"""One call to Clockify: sent, repeated where that is safe, and judged."""

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime

import requests

from addon.clockify.errors import (
    Busy,
    Malformed,
    NotPermitted,
    Rejected,
    Uninstalled,
    Unreachable,
)

TIMEOUT = (5, 60)  # seconds to connect, seconds between two pieces of the answer
LARGEST_BODY = 64 * 1024 * 1024
BUSY_TRIES = 5
LOST_TRIES = 3
LONGEST_WAIT = 30.0

_DEAD_TOKEN = 4017
_MISSING = re.compile(r"does not have permission\s+(\S+)")
_chance = random.SystemRandom()


@dataclass(frozen=True)
class Answer:
    """
    Data, and whether Clockify said that no page follows.

    `last_page` is None where it said nothing of the kind.
    """

    data: object
    last_page: bool | None = None


class Caller:
    """Makes calls with one token; the session is shared and never reconfigured."""

    def __init__(
        self, http: requests.Session, token: str, sleep: Callable[[float], object]
    ) -> None:
        """Remember the connection pool, the token and the way to wait."""
        self._http = http
        self._token = token
        self._sleep = sleep

    def read(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """Ask for something; repeating is safe, so lost answers are asked for again."""
        return self._call(method, url, params, body, LOST_TRIES)

    def write(self, method: str, url: str, *, body: object) -> Answer:
        """
        Change something; only a refusal for haste is repeated.

        Clockify has no keys against repetition: a lost answer may be a done deed.
        """
        return self._call(method, url, None, body, 1)

    def _call(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        body: object,
        lost_tries: int,
    ) -> Answer:
        busy = lost = 0
        while True:
            try:
                return self._once(method, url, params, body)
            except Busy as error:
                busy += 1
                wait = error.retry_after or _backoff(busy)
                if busy >= BUSY_TRIES:
                    raise Busy(wait) from None
            except Malformed:
                raise
            except Unreachable:
                lost += 1
                wait = _backoff(lost)
                if lost >= lost_tries:
                    raise
            self._sleep(min(wait, LONGEST_WAIT))

    def _once(
        self, method: str, url: str, params: Mapping[str, str] | None, body: object
    ) -> Answer:
        try:
            with self._http.request(
                method,
                url,
                params=params,
                json=body,
                timeout=TIMEOUT,
                headers={"X-Addon-Token": self._token, "Accept": "application/json"},
                allow_redirects=False,
                stream=True,
                hooks={"response": _refuse_redirect},
            ) as response:
                content = _content(response)
        except requests.RequestException as error:
            # The library's message may quote the address, so it stays out of ours.
            name = type(error).__name__
            raise Unreachable(f"Clockify could not be reached ({name}).") from None
        return decipher(response.status_code, response.headers, content)


def decipher(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Turn an answer into data, or into the error that says what to do next."""
    if 200 <= status < 300:
        return Answer(_json(content), _last_page(headers))
    if status == 429:
        raise Busy(_retry_after(headers))
    if status >= 500 or status < 400 or status == 408:
        raise Unreachable(f"Clockify answered {status}.")
    code, message = _refusal(content)
    missing = _MISSING.search(message)
    if status == 401 and code == _DEAD_TOKEN:
        raise Uninstalled("Clockify no longer accepts this installation's token.")
    if status == 403 or (status == 401 and missing):
        raise NotPermitted(missing.group(1).rstrip(".") if missing else message)
    raise Rejected(code or status, message or f"Clockify answered {status}")


def _refuse_redirect(response: requests.Response, **_: object) -> None:
    # Earlier than this, and the library would read the answer whole, whatever its size.
    if 300 <= response.status_code < 400:
        response.close()
        raise Malformed("Clockify answered with a redirect, which is never followed.")


def _content(response: requests.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(65536):
        size += len(piece)
        if size > LARGEST_BODY:
            raise Malformed("Clockify's answer is larger than any answer can be.")
        pieces.append(piece)
    return b"".join(pieces)


def _json(content: bytes) -> object:
    if not content.strip():
        raise Malformed("Clockify sent an empty answer.")
    if content.lstrip()[:1] == b"<":
        raise Malformed("Clockify sent a page instead of data.")
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        raise Malformed("Clockify sent an answer that is not whole JSON.") from None


def _last_page(headers: Mapping[str, str]) -> bool | None:
    said = headers.get("Last-Page", "").strip().lower()
    return {"true": True, "false": False}.get(said)


def _refusal(content: bytes) -> tuple[int, str]:
    """Find Clockify's number and words; zero and empty where it gave none."""
    try:
        told = _json(content)
    except Malformed:
        return 0, ""
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        told = {**told, **told["error"]}
    if not isinstance(told, dict):
        return 0, ""
    code, message = told.get("code"), told.get("message")
    digits = str(code) if isinstance(code, int | str) else ""
    readable = digits.isascii() and digits.isdigit() and len(digits) < 10
    return int(digits) if readable else 0, message if isinstance(message, str) else ""


def _retry_after(headers: Mapping[str, str]) -> float:
    """Read the seconds to wait, sent as a number or as a date; zero where not sent."""
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", said):
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())


def _backoff(attempt: int) -> float:
    """Give 1, 2, 4, 8 seconds, each cut by chance, so that callers spread out."""
    return float(2 ** (attempt - 1)) * _chance.uniform(0.5, 1.0)
