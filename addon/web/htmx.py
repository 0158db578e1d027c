"""Page or fragment: what htmx asks for, and what we tell it besides the markup."""

from typing import cast

from flask import Response, current_app, g, make_response, request

from addon.transfer.outside import Outside, Viewer


def wants_fragment() -> bool:
    """Say whether htmx asks, so that a fragment is the right answer."""
    return request.headers.get("HX-Request") == "true"


def answer(
    markup: str, *, event: str = "", target: str = "", swap: str = ""
) -> Response:
    """Answer with a fragment that may raise an event or go to another place."""
    response = make_response(markup)
    headers = {"HX-Trigger": event, "HX-Retarget": target, "HX-Reswap": swap}
    response.headers.update({name: text for name, text in headers.items() if text})
    response.vary.add("HX-Request")
    return response


def outside() -> Outside:
    """Give what is beyond the process, as the application was wired."""
    return cast("Outside", current_app.extensions["outside"])


def viewer() -> Viewer:
    """Give the person at the panel, whom the guard has let in."""
    return cast("Viewer", g.viewer)
