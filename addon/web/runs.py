"""Runs: confirm, send, watch and stop."""

from flask import Blueprint, Response, abort, render_template, request

from addon.rules.money import Money, read
from addon.transfer import runs
from addon.transfer.status import connection_view
from addon.web import guards
from addon.web.entries import filter_from
from addon.web.htmx import answer, outside, viewer

bp = Blueprint("runs", __name__)

# What the list of entries listens for, to show what has become of them.
CHANGED = "run-changed"
# Two seconds apart: a finished card waits for a minute for lists that are being read.
MOST_POLLS = 30


@bp.post("/runs/confirmation")
@guards.admin
def confirm() -> str:
    """Say exactly what would be sent, and ask."""
    return render_template("runs/_confirm.html", **_confirmation())


@bp.post("/runs")
@guards.admin
def start() -> Response:
    """Start sending what was confirmed; if that has changed, ask again."""
    form = request.form
    try:
        run = runs.start(
            outside(),
            viewer(),
            filter_from(form),
            _selection(),
            form.get("expected", -1, type=int),
            form.get("expected_minutes", type=int),
            _money(form.get("expected_amount")),
            form.get("expected_company", type=int),
        )
    except runs.Changed:
        again = render_template("runs/_confirm.html", **_confirmation(), changed=True)
        return answer(again, target="#dialog", swap="innerHTML")
    # What is on its way now leaves the list of what is ready.
    return answer(_now(run.id), event=CHANGED)


@bp.get("/runs")
@guards.admin
def index() -> str:
    """List the latest runs of the company that is, or was last, connected."""
    view = connection_view(viewer().installation)
    found = runs.history(view.last_id) if view.last_id else ()
    return render_template("runs/_history.html", connection=view, runs=found)


@bp.get("/runs/<int:number>")
@guards.admin
def show(number: int) -> Response:
    """
    Show how far a run is; the end of a watched run refreshes the list.

    So does the end of the reading that a refusal has set off: by then it is known who
    is to blame, and which entries are not ready.
    """
    progress = _look(number)
    polls = request.args.get("polls", 0, type=int)
    is_end = progress.over and "watched" in request.args
    is_read = polls > 0 and not progress.reads_lists
    is_again = "again" in request.args
    waits = progress.reads_lists and polls < MOST_POLLS and (is_end or is_again)
    markup = _card(
        progress,
        is_end=is_end,
        again=is_again and not is_read,
        polls=polls + 1 if waits else 0,
    )
    return answer(markup, event=CHANGED if is_end or is_read else "")


@bp.delete("/runs/<int:number>")
@guards.admin
def stop(number: int) -> Response:
    """Stop a run; what QuickBooks has already is kept, and the list follows."""
    runs.stop(outside(), viewer(), number)
    return answer(_progress(number), event=CHANGED)


def _money(text: str | None) -> Money | None:
    try:
        return None if text is None else read(text)
    except ValueError:
        # Whatever was confirmed, it was not what the dialog said.
        raise runs.Changed from None


def _now(number: int) -> str:
    """Show the run that has just begun above all others that are not over."""
    unfinished = runs.unfinished(outside().common_now())
    begun = _look(number)
    others = [each for each in unfinished if each.run_id != number]
    return render_template("runs/_now.html", unfinished=[begun, *others])


def _progress(number: int) -> str:
    return _card(_look(number))


def _look(number: int) -> runs.Progress:
    return runs.progress(number, outside().common_now()) or abort(404)


def _card(
    progress: runs.Progress,
    *,
    is_end: bool = False,
    again: bool = False,
    polls: int = 0,
) -> str:
    """
    Show a run; `again` says that a person has seen, and opened, what is over.

    With `polls`, which counts them, a card asks by itself although its run is over.
    """
    return render_template(
        "runs/_progress.html",
        run=progress,
        is_end=is_end,
        again=again,
        polls=polls,
        place=request.args.get("place"),
    )


def _confirmation() -> dict[str, runs.Confirmation]:
    form = request.form
    selected = form.get("selected", type=int)
    wanted, picked = filter_from(form), _selection()
    found = runs.confirm(outside(), viewer(), wanted, picked, selected)
    return {"confirmation": found}


def _selection() -> runs.Selection:
    return runs.Selection(
        all_ready="all_ready" in request.form,
        entries=frozenset(request.form.getlist("entry")),
        shown=frozenset(request.form.getlist("shown")),
    )
