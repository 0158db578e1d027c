"""Obtains, renews and gives back the permission to use a QuickBooks company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import requests

from addon.quickbooks import transport
from addon.quickbooks.answers import clean, decipher
from addon.quickbooks.errors import (
    Disconnected,
    Fault,
    Malformed,
    QuickBooksError,
    Rejected,
)

SCOPE = "com.intuit.quickbooks.accounting"

_SECONDS = 30.0


@dataclass(frozen=True)
class Tokens:
    """
    What Intuit handed out; all spans count from the moment of the answer.

    `hard_expires_in` is when a person must connect again whatever happens, None where
    Intuit does not say.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_in: timedelta
    refresh_expires_in: timedelta
    hard_expires_in: timedelta | None = None


class Intuit:
    """Intuit's authorization service, for one app (QuickBooks: OAuth 2.0)."""

    def __init__(
        self,
        http: requests.Session,
        *,
        client_id: str,
        client_secret: str,
        authorize_url: str,
        token_url: str,
        revoke_url: str,
        redirect_uri: str,
    ) -> None:
        self._http = http
        self._client_id = client_id
        self._client_secret = client_secret
        self._authorize_url = authorize_url
        self._token_url = token_url
        self._revoke_url = revoke_url
        self._redirect_uri = redirect_uri

    def authorize_url(self, state: str) -> str:
        """Give the address where an admin grants us access to a company."""
        question = {
            "client_id": self._client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": self._redirect_uri,
            "state": state,
        }
        joint = "&" if "?" in self._authorize_url else "?"
        return f"{self._authorize_url}{joint}{urlencode(question)}"

    def exchange(self, code: str) -> Tokens:
        """
        Turn the code of a fresh permission into tokens.

        Raises Disconnected where the code is used up or too old, Rejected where our own
        client id or secret is wrong, else Unreachable or Busy.
        """
        return self._tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
            }
        )

    def renew(self, refresh: str) -> Tokens:
        """
        Get new tokens; the refresh token may change and must be stored at once.

        Raises Disconnected where the permission is gone. After Unreachable the old
        refresh token is still good: Intuit honours it for a day.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh})

    def revoke(self, token: str) -> None:
        """Give a permission back; one that is gone already counts as given back."""
        try:
            answer = self._post(self._revoke_url, {"token": token})
        except Disconnected:
            return
        if answer.status_code != 200:
            decipher(answer.status_code, answer.headers, answer.content)

    def _tokens(self, form: Mapping[str, str]) -> Tokens:
        told = self._post(self._token_url, form)
        answer = decipher(told.status_code, told.headers, told.content)
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not (isinstance(access, str) and transport.is_token(access)):
            raise Malformed("Intuit gave no access token")
        if not (isinstance(refresh, str) and transport.is_token(refresh)):
            raise Malformed("Intuit gave no refresh token")
        hard = _span(answer, "x_refresh_token_hard_expires_in", 0)
        return Tokens(
            access=access,
            refresh=refresh,
            access_expires_in=_span(answer, "expires_in", 3600),
            refresh_expires_in=_span(answer, "x_refresh_token_expires_in", 8_726_400),
            hard_expires_in=hard or None,
        )

    def _post(self, url: str, form: Mapping[str, str]) -> requests.Response:
        answer = transport.send(
            self._http,
            "POST",
            url,
            data=form,
            headers={
                "Accept": "application/json",
                "x-include-refresh-token-hard-expires-in": "true",
            },
            auth=(self._client_id, self._client_secret),
            read_seconds=_SECONDS,
        )
        refusal = _refusal(answer)
        if refusal is not None:
            raise refusal
        return answer


def _refusal(answer: requests.Response) -> QuickBooksError | None:
    """Read the refusals of RFC 6749; any other answer is left to the general rule."""
    if answer.status_code not in {400, 401, 403}:
        return None
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = None
    error = clean(said.get("error")) if isinstance(said, dict) else ""
    if answer.status_code == 400 and error in {"invalid_grant", "invalid_token"}:
        return Disconnected("Intuit says that this permission is gone")
    tid = clean(answer.headers.get("intuit_tid"))
    reason = clean(said.get("error_description")) if isinstance(said, dict) else ""
    code = error or f"HTTP {answer.status_code}"
    return Rejected(Fault(code[:100], reason[:500], tid=tid[:100]))


def _span(answer: Mapping[str, Any], name: str, usual: int) -> timedelta:
    try:
        seconds = int(answer.get(name, usual))
        return timedelta(seconds=max(seconds, 0))
    except (TypeError, ValueError, OverflowError):
        return timedelta(seconds=usual)
