"""Intuit's side of connecting: the consent page, the token and revoke endpoints."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from addon.sandbox.quickbooks.grants import (
    ACCESS_LIFE,
    REFRESH_LIFE,
    InvalidGrant,
    Tokens,
)
from addon.sandbox.quickbooks.world import world

blueprint = Blueprint("oauth", __name__)
SCOPES = {
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
}
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state")


@blueprint.get("/connect/oauth2")
def ask() -> AnyResponse | tuple[str, int]:
    """The consent page."""
    problem = _problem()
    if problem:
        return render_template("refused.html", problem=problem), 400
    companies = list(world().companies.values())
    asked = {name: request.args[name] for name in _ASKED}
    page = render_template("consent.html", companies=companies, asked=asked)
    return Response(page)


@blueprint.post("/connect/oauth2")
def decide() -> AnyResponse | tuple[str, int]:
    """What the admin pressed."""
    problem = _problem()
    realm = request.values.get("realm", "")
    if not problem and request.form.get("decision") != "connect":
        return _back(error="access_denied")
    if not problem and realm not in world().companies:
        problem = "Choose one of your companies."
    if problem:
        return render_template("refused.html", problem=problem), 400
    address, scope = request.values["redirect_uri"], request.values["scope"]
    code = world().grants.code(realm, address, scope)
    return _back(code=code, realmId=realm)


@blueprint.post("/oauth2/v1/tokens/bearer")
def tokens() -> AnyResponse | tuple[Response, int]:
    """The token endpoint: a code or a refresh token against new tokens."""
    if not _is_client():
        return jsonify(error="invalid_client"), 401
    try:
        made = _made()
    except InvalidGrant:
        told = {"error_description": "Token invalid", "error": "invalid_grant"}
        return jsonify(told), 400
    if made is None:
        return jsonify(error="unsupported_grant_type"), 400
    return jsonify(_shown(made))


@blueprint.post("/v2/oauth2/tokens/revoke")
def revoke() -> AnyResponse | tuple[Response, int]:
    """The revoke endpoint: either token kills the connection."""
    if not _is_client():
        return jsonify(error="invalid_client"), 401
    given = request.get_json(silent=True)
    value = given.get("token") if isinstance(given, dict) else None
    if not world().grants.revoke(str(value or request.form.get("token", ""))):
        return jsonify(error="invalid_request"), 400
    return Response(status=200)


def _problem() -> str | None:
    """What Intuit's page would complain of; None when the request is in order."""
    given = request.values
    for name in _ASKED:
        if not given.get(name):
            return f"The {name} query parameter is missing."
    if given["client_id"] != world().client_id:
        return "The client_id is not known. Check the keys of your app."
    if given["response_type"] != "code":
        return "The response_type query parameter must be code."
    if not set(given["scope"].split()) <= SCOPES:
        return "The scope query parameter names something unknown."
    parts = urlsplit(given["redirect_uri"])
    registered = world().redirect_uris
    if registered is not None and given["redirect_uri"] not in registered:
        return "The redirect_uri query parameter value is invalid."
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.fragment:
        return "The redirect_uri query parameter value is invalid."
    return None


def _back(**found: str) -> AnyResponse:
    given = request.values
    query = urlencode({**found, "state": given["state"]})
    joint = "&" if urlsplit(given["redirect_uri"]).query else "?"
    return redirect(f"{given['redirect_uri']}{joint}{query}")


def _is_client() -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(secret, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    known = f"{world().client_id}:{world().client_secret}"
    return scheme.lower() == "basic" and given == known


def _made() -> Tokens | None:
    form = request.form
    if form.get("grant_type") == "authorization_code":
        code, address = form.get("code", ""), form.get("redirect_uri", "")
        return world().grants.exchange(code, address)
    if form.get("grant_type") == "refresh_token":
        return world().grants.refresh(form.get("refresh_token", ""))
    return None


def _shown(tokens: Tokens) -> dict[str, str | int]:
    body: dict[str, str | int] = {
        "access_token": tokens.access,
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "refresh_token": tokens.refresh,
        "x_refresh_token_expires_in": int(REFRESH_LIFE.total_seconds()),
    }
    if request.headers.get("x-include-refresh-token-hard-expires-in") == "true":
        left = int(tokens.hard_expires_in.total_seconds())
        body["x_refresh_token_hard_expires_in"] = left
    return body
