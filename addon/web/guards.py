"""Who is asking? One guard for each kind of caller; a route without one is refused."""

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from addon.clockify.tokens import Claims, InvalidToken
from addon.quickbooks.notices import BadSignature, from_http
from addon.quickbooks.notices import Malformed as NotNews
from addon.records import db, installation, reading, single
from addon.records.base import within
from addon.records.installation import Installation, webhook_of
from addon.records.sealed import is_digest_of
from addon.transfer.outside import Outside, Viewer
from addon.web.problems import Problem

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
View = Callable[P, R]

# Longer than any token seen; whatever is longer is not looked at.
LONGEST_TOKEN = 8192

SESSION_OVER = Problem(
    401,
    "Your session has ended",
    "The sign-in that Clockify gave this page is missing or no longer valid.",
    "Reload the page in Clockify.",
)
NOT_OURS = Problem(
    401,
    "Not accepted",
    "The signature of this call is missing, wrong or meant for somebody else.",
)
SWITCHED_OFF = Problem(
    403,
    "The add-on is switched off",
    "An admin has switched Hours to Books off for this workspace.",
    "It can be switched on again under Workspace settings > Add-ons.",
)
ADMINS_ONLY = Problem(
    403,
    "Only admins can do this",
    "Connecting, linking and sending are for owners and admins of the workspace.",
    "Ask one of them.",
)


class MergeSlashes:
    """Make "//webhooks/x" the same path as "/webhooks/x" before anything looks."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - a WSGI application
        self._app = app

    def __call__(
        self,
        environ: dict[str, Any],
        start_response: Any,  # noqa: ANN401 - a WSGI callable
    ) -> Iterable[bytes]:
        """Pass the request on with single slashes."""
        environ["PATH_INFO"] = re.sub(r"/{2,}", "/", environ.get("PATH_INFO", ""))
        return cast("Iterable[bytes]", self._app(environ, start_response))


def init_app(app: Flask) -> None:
    """Refuse to serve a route that nobody guards; let safe requests only read."""
    guarded = {
        name: getattr(view, "guard", None) for name, view in app.view_functions.items()
    }
    guarded["static"] = "public"
    app.extensions["guards"] = guarded

    @app.before_request
    def _refuse_unguarded() -> None:
        if request.endpoint and not guarded.get(request.endpoint):
            raise Problem(404, "Not found", "There is nothing here.")

    @app.before_request
    def _refuse_too_large() -> None:
        # Said at once and of every address, whether it would read a body or not.
        if (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]:
            abort(413)

    @app.before_request
    def _only_read_when_safe() -> None:
        callback_writes = request.endpoint == "connection.callback"
        if request.method in {"GET", "HEAD", "OPTIONS"} and not callback_writes:
            promise = reading()
            promise.__enter__()
            g.promise = promise

    @app.teardown_request
    def _end(_problem: BaseException | None) -> None:
        # First of all: the next request of this thread must not stand within our walls.
        for name in ("wall", "promise"):
            held = g.pop(name, None)
            if held is not None:
                held.__exit__(None, None, None)
        db.session.rollback()


def public(view: View[P, R]) -> View[P, R]:
    """Let everybody in: there is nothing of anybody behind it."""
    return _guarded("public", view)


def page_admin(view: View[P, R]) -> View[P, R]:
    """Let in an admin whose token Clockify has put into the address."""
    return _guarded("page_admin", _with(_let_in, view, from_page=True, admin=True))


def page_member(view: View[P, R]) -> View[P, R]:
    """Let in anybody of the workspace whose token Clockify put into the address."""
    return _guarded("page_member", _with(_let_in, view, from_page=True, admin=False))


def admin(view: View[P, R]) -> View[P, R]:
    """Let in an admin by the token in the header."""
    return _guarded("admin", _with(_let_in, view, from_page=False, admin=True))


def member(view: View[P, R]) -> View[P, R]:
    """Let in anybody of the workspace by the token in the header."""
    return _guarded("member", _with(_let_in, view, from_page=False, admin=False))


def lifecycle(view: View[P, R]) -> View[P, R]:
    """Let in Clockify's lifecycle calls; `g.claims` holds what they prove."""

    def check() -> None:
        token = _header("X-Addon-Lifecycle-Token", NOT_OURS)
        g.claims = _verified(_outside().verifier.lifecycle, token, NOT_OURS)

    return _guarded("lifecycle", _with(check, view))


def webhook(view: View[P, R]) -> View[P, R]:
    """
    Let in Clockify's webhooks; `g.installation_id` is whose they are.

    The signature is the same for every delivery, so it must also be the very one
    that Clockify gave us for this path when it installed us.
    """

    def check() -> None:
        token = _header("clockify-signature", NOT_OURS)
        verifier = _outside().verifier
        claims = _verified(verifier.webhook, token, NOT_OURS)
        # Looking needs no lock: in a storm the writers wait only for one another.
        with reading(), single():
            found = webhook_of(claims.workspace_id, claims.addon_id, request.path)
            db.session.commit()
        if found is None or not is_digest_of(found.digest, token):
            raise NOT_OURS
        g.claims, g.installation_id = claims, found.installation_id

    return _guarded("webhook", _with(check, view))


def intuit(view: View[P, R]) -> View[P, R]:
    """
    Let in Intuit's news; `g.notices` holds what was read of the signed body.

    A body that is signed and yet no news is answered like news: Intuit would only
    bring it again.
    """

    def check() -> None:
        token = _outside().settings.intuit_webhook_token
        try:
            g.notices = from_http(
                dict(request.headers), request.get_data(), verifier_token=token
            )
        except BadSignature:
            raise NOT_OURS from None
        except NotNews:
            g.notices = ()

    return _guarded("intuit", _with(check, view))


def _guarded(name: str, view: View[P, R]) -> View[P, R]:
    view.guard = name  # type: ignore[attr-defined]
    return view


def _with(check: Callable[..., None], view: View[P, R], **how: bool) -> View[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        check(**how)
        return view(*args, **kwargs)

    return guarded


def _let_in(*, from_page: bool, admin: bool) -> None:
    token = _page_token() if from_page else _bearer()
    claims = _verified(_outside().verifier.user, token, SESSION_OVER)
    here = _installation(claims, SESSION_OVER)
    if not here.is_active:
        raise SWITCHED_OFF
    if admin and not claims.is_admin:
        raise ADMINS_ONLY
    g.viewer = Viewer(here, claims, token)


def _page_token() -> str:
    given = request.args.getlist("auth_token")
    if len(given) != 1 or not 0 < len(given[0]) <= LONGEST_TOKEN:
        raise SESSION_OVER
    return given[0]


def _bearer() -> str:
    scheme, _, token = _header("Authorization", SESSION_OVER).partition(" ")
    if scheme != "Bearer" or not token:
        raise SESSION_OVER
    return token


def _header(name: str, problem: Problem) -> str:
    given = request.headers.getlist(name)
    if len(given) != 1 or not 0 < len(given[0]) <= LONGEST_TOKEN:
        raise problem
    return given[0]


def _verified(verify: Callable[..., Claims], token: str, problem: Problem) -> Claims:
    try:
        return verify(token, _outside().now())
    except InvalidToken as refusal:
        # The reason goes to the log alone: it would help only an attacker.
        g.refusal = refusal.reason
        raise problem from None


def _installation(claims: Claims, problem: Problem) -> Installation:
    here = installation.find(claims.workspace_id, claims.addon_id)
    if here is None:
        raise problem
    wall = within(here.id)
    wall.__enter__()
    g.wall = wall
    return here


def _outside() -> Outside:
    return cast("Outside", current_app.extensions["outside"])
