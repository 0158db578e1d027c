"""Errors into words and status codes, in one place; never a trace or "failed"."""

import secrets

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from addon.clockify.errors import (
    Busy,
    ClockifyError,
    NotPermitted,
    Rejected,
    Uninstalled,
)
from addon.quickbooks.errors import QuickBooksError
from addon.records import db
from addon.transfer.outside import Refused
from addon.transfer.review import NotConnected

log = structlog.get_logger()

SENTENCES = {
    400: ("Not understood", "This request is not in a form that can be read."),
    404: ("Not found", "There is nothing at this address."),
    405: ("Not possible", "This address does not take this kind of request."),
    413: ("Too large", "The request is larger than anything this add-on expects."),
    415: ("Not understood", "This address takes JSON only."),
}


# Here Clockify is asked once more before anything is sent.
SENDING = frozenset({"runs.confirm", "runs.start"})


class Problem(Exception):
    """A refusal with its status code, a title, a sentence and a cure."""

    def __init__(self, status: int, title: str, text: str, cure: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.title = title
        self.text = text
        self.cure = cure


def init_app(app: Flask) -> None:
    """Register an answer for everything that can be raised."""
    app.register_error_handler(Problem, _answer)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotConnected, _not_connected)
    app.register_error_handler(ClockifyError, _clockify)
    app.register_error_handler(QuickBooksError, _quickbooks)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _bug)


def _refused(refusal: Refused) -> Response:
    return _answer(Problem(422, "Not done", str(refusal)))


def _not_connected(refusal: NotConnected) -> Response:
    return _answer(Problem(422, "Not connected", refusal.text, refusal.cure))


def _clockify(problem: ClockifyError) -> Response:
    return _answer(_from_clockify(problem))


def _quickbooks(problem: QuickBooksError) -> Response:
    log.warning("web.quickbooks", problem=type(problem).__name__)
    return _answer(
        Problem(
            502,
            "QuickBooks could not be reached",
            "QuickBooks did not answer clearly.",
            "Try again in a minute.",
        )
    )


def _http(problem: HTTPException) -> Response:
    status = problem.code or 500
    title, text = SENTENCES.get(status, ("Not possible", "This cannot be done."))
    answer = _answer(Problem(status, title, text))
    if status == 405:
        answer.headers["Allow"] = dict(problem.get_headers()).get("Allow", "")
    return answer


def _beyond(problem: OverflowError) -> Response:
    """Refuse what lies beyond the calendar, or beyond what a column holds."""
    log.warning("web.beyond", endpoint=request.endpoint, exc_info=problem)
    return _answer(
        Problem(422, "Not understood", "A number or a date is out of reach.")
    )


def _database(problem: SQLAlchemyError) -> Response:
    return _ours(503, problem)


def _bug(problem: Exception) -> Response:
    return _ours(500, problem)


def _from_clockify(problem: ClockifyError) -> Problem:
    if isinstance(problem, Busy):
        title, text = "Clockify is busy", "Clockify asked us to slow down"
        return Problem(503, title, *_words(text, f"{text}.", "Try again."))
    if isinstance(problem, NotPermitted):
        return Problem(
            403,
            "Clockify does not allow this",
            f"Clockify says that this is not permitted ({problem.what}).",
            "Ask an admin of the workspace.",
        )
    if isinstance(problem, Uninstalled):
        # The person's own token: it has expired, or the add-on was switched off.
        return Problem(
            401,
            "Your session has ended",
            "Clockify no longer accepts the sign-in of this page.",
            "Reload the page in Clockify.",
        )
    if isinstance(problem, Rejected):
        return Problem(
            422,
            "Clockify does not accept this",
            "Clockify does not understand what was asked for.",
            "Choose other dates or filters.",
        )
    log.warning("web.clockify", problem=type(problem).__name__)
    shown = "Clockify did not answer clearly, so the entries cannot be shown now."
    return Problem(
        502,
        "Clockify could not be reached",
        *_words("Clockify did not answer", shown, "Try again in a minute."),
    )


def _words(why: str, text: str, cure: str) -> tuple[str, str]:
    """Put it as it concerns the person: whoever was sending asks what was sent."""
    if request.endpoint in SENDING:
        return f"Nothing has been sent. {why}; press Send again in a minute.", ""
    return text, cure


def _ours(status: int, problem: Exception) -> Response:
    """Admit that it is our fault, with a number that finds it in the log."""
    db.session.rollback()
    number = secrets.token_hex(4)
    log.error("web.broken", number=number, endpoint=request.endpoint, exc_info=problem)
    return _answer(
        Problem(
            status,
            "This is our fault",
            "Something broke on our side. Nothing was lost.",
            f"Try again. If it stays, tell support the number {number}.",
        )
    )


def _answer(problem: Problem) -> Response:
    """Answer in the form the caller reads: fragment, page, or a line of text."""
    refusal = g.pop("refusal", None)
    if refusal is not None:
        log.info("web.refused", reason=refusal, endpoint=request.endpoint)
    db.session.rollback()
    response = make_response(_body(problem), problem.status)
    if not _wants_markup():
        response.mimetype = "text/plain"
    response.vary.add("HX-Request")
    return response


def _body(problem: Problem) -> str:
    if not _wants_markup():
        return f"{problem.text} {problem.cure}".strip() + "\n"
    is_fragment = request.headers.get("HX-Request") == "true"
    return render_template(
        "problems/_problem.html" if is_fragment else "problems/problem.html",
        status=problem.status,
        title=problem.title,
        text=problem.text,
        cure=problem.cure,
    )


def _wants_markup() -> bool:
    is_htmx = request.headers.get("HX-Request") == "true"
    return is_htmx or "text/html" in request.headers.get("Accept", "")
