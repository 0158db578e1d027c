"""News from Intuit: verified as a whole, noted durably, answered at once."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from addon.transfer import news
from addon.web import guards
from addon.web.htmx import outside

bp = Blueprint("notices", __name__, url_prefix="/quickbooks")


@bp.post("/webhooks")
@guards.intuit
def receive() -> ResponseReturnValue:
    """
    Note what has changed in any of our companies; the lists are read afterwards.

    Intuit wants 200 within 3 seconds, else it comes again and in the end stops
    coming (QuickBooks: webhooks); so companies we do not know are answered the same.
    """
    news.from_intuit(outside(), g.notices)
    return "", 200
