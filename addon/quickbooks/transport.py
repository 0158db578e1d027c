"""Carries one request to Intuit and says how far it got when no answer came."""

from collections.abc import Mapping

import requests
from requests.auth import AuthBase
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from addon.quickbooks.errors import Disconnected, Unreachable

CONNECT_SECONDS = 5.0


class Bearer(AuthBase):
    """
    Signs a request with an access token, whatever a netrc file may hold.

    Raises Disconnected for a token that no header can carry: the error of the HTTP
    library would show it.
    """

    def __init__(self, token: str) -> None:
        if not is_token(token):
            raise Disconnected("The access token is unusable", renewable=True)
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header that carries the token."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def is_token(text: str) -> bool:
    """Say whether this can be a token: visible ASCII characters without blanks."""
    return text.isascii() and text.isprintable() and bool(text) and " " not in text


def send(
    http: requests.Session,
    method: str,
    url: str,
    *,
    read_seconds: float,
    connect_seconds: float = CONNECT_SECONDS,
    headers: Mapping[str, str],
    auth: AuthBase | tuple[str, str],
    params: Mapping[str, str] | None = None,
    data: bytes | Mapping[str, str] | None = None,
) -> requests.Response:
    """
    Send one request and return whatever came back, following no redirect.

    Raises Unreachable where nothing whole came back; its `sent` is false only where
    no connection was made, so that the request cannot have had an effect.
    """
    try:
        return http.request(
            method,
            url,
            timeout=(connect_seconds, read_seconds),
            allow_redirects=False,
            params=params,
            data=data,
            headers=dict(headers),
            auth=auth,
        )
    except requests.RequestException as problem:
        said = f"No answer from QuickBooks ({type(problem).__name__})"
        raise Unreachable(said, sent=_may_have_arrived(problem)) from problem


def _may_have_arrived(problem: requests.RequestException) -> bool:
    if isinstance(problem, requests.ConnectTimeout | ValueError):
        # ValueError: the address or a header was unusable, nothing was sent.
        return False
    cause = problem.args[0] if problem.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return not isinstance(cause, NewConnectionError | NameResolutionError)
