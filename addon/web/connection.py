"""To Intuit and back."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from addon.transfer import connect, former, status
from addon.web import guards
from addon.web.htmx import outside, viewer
from addon.web.settings import connection_fragment

bp = Blueprint("connection", __name__)


@bp.post("/connection/authorization")
@guards.admin
def begin() -> ResponseReturnValue:
    """Give the Intuit address that a new window is to open."""
    return jsonify(address=connect.begin(outside(), viewer()))


@bp.delete("/connection")
@guards.admin
def end() -> ResponseReturnValue:
    """Disconnect from QuickBooks."""
    connect.disconnect(outside(), viewer())
    return connection_fragment()


@bp.delete("/connection/former")
@guards.admin
def stay() -> ResponseReturnValue:
    """Stay with the present company: stop what waits for the former one."""
    former.stay(outside(), viewer())
    view = status.connection_view(viewer().installation)
    found = former.former(view.company_id, view.company_name)
    return render_template("connection/_former.html", former=found, stayed=True)


@bp.get("/quickbooks/callback")
@guards.public
def callback() -> ResponseReturnValue:
    """Come back from Intuit; the state alone says on whose behalf."""
    if request.method == "HEAD":
        # Looking ahead must not use up what works only once.
        raise MethodNotAllowed(valid_methods=["GET"])
    given = request.args
    outcome = connect.finish(
        outside(),
        state=given.get("state", ""),
        code=given.get("code", ""),
        realm=given.get("realmId", ""),
        error=given.get("error", ""),
    )
    page = render_template(
        "connection/callback.html",
        title=outcome.title,
        text=outcome.text,
        good=outcome.good,
    )
    return page, 200 if outcome.good else 400
