"""The pages people look at: the companies, and a company's time as it arrives."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from addon.sandbox.quickbooks.company import Company
from addon.sandbox.quickbooks.fields import NAME_LISTS, Row
from addon.sandbox.quickbooks.world import world

blueprint = Blueprint("people", __name__)
SHOWN = 200  # rows on the page


def _company_of(realm: str) -> Company:
    return world().companies.get(realm) or abort(404)


@blueprint.get("/")
def companies() -> str:
    """The list of companies."""
    return render_template("companies.html", server=world())


@blueprint.get("/company/<realm>")
def company(realm: str) -> str:
    """Time activities as they arrive."""
    found = _company_of(realm)
    return render_template("company.html", **_facts(found))


@blueprint.get("/company/<realm>/rows")
def rows(realm: str) -> str:
    """The table alone, for the page to refresh itself."""
    found = _company_of(realm)
    return render_template("rows.html", **_facts(found))


@blueprint.get("/company/<realm>/lists")
def lists(realm: str) -> str:
    """Everybody and everything, to rename or make inactive."""
    found = _company_of(realm)
    return render_template("lists.html", company=found, lists=NAME_LISTS[:4])


@blueprint.post("/company/<realm>/closing")
def closing(realm: str) -> Response:
    """Close the books, or open them."""
    until = request.form.get("until", "")
    password = "password" in request.form
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        abort(400)
    _company_of(realm).close_books(day, password=password)
    return redirect(url_for("people.company", realm=realm))


@blueprint.post("/company/<realm>/disconnect")
def disconnect(realm: str) -> Response:
    """Disconnect the app from this side."""
    _company_of(realm).disconnect()
    return redirect(url_for("people.company", realm=realm))


@blueprint.post("/company/<realm>/lists/<entity>/<row_id>")
def edit(realm: str, entity: str, row_id: str) -> Response:
    """Rename, make inactive or active again."""
    found = _company_of(realm)
    if entity not in NAME_LISTS or row_id not in found.tables[entity]:
        abort(404)
    name, act = request.form.get("name", "").strip(), request.form.get("act")
    if act == "rename" and name:
        found.rename(entity, row_id, name)
    elif act == "deactivate":
        found.deactivate(entity, row_id)
    elif act == "reactivate":
        found.reactivate(entity, row_id)
    return redirect(url_for("people.lists", realm=realm))


def _facts(company: Company) -> dict[str, object]:
    rows = company.rows("TimeActivity")[::-1]
    return {
        "company": company,
        "rows": [_line(company.shown(row)) for row in rows[:SHOWN]],
        "count": len(rows),
        "minutes": sum(_minutes(row) for row in rows),
        "connected": world().grants.connected(company.realm),
        "length": _length,
    }


def _line(row: Row) -> dict[str, object]:
    person = row.get("EmployeeRef") or row.get("VendorRef") or row.get("OtherNameRef")
    return {
        "id": row["Id"],
        "date": row["TxnDate"],
        "person": (person or {}).get("name", ""),
        "kind": row["NameOf"],
        "customer": row.get("CustomerRef", {}).get("name", ""),
        "item": row.get("ItemRef", {}).get("name", ""),
        "length": _length(_minutes(row)),
        "billable": row["BillableStatus"],
        "rate": row["HourlyRate"],
        "description": row.get("Description", ""),
    }


def _minutes(row: Row) -> int:
    if "StartTime" in row:
        # Same date by construction: the clock is enough.
        start, end = (_clock(row[name]) for name in ("StartTime", "EndTime"))
        rest = row.get("BreakHours", 0) * 60 + row.get("BreakMinutes", 0)
        return max(0, end - start - int(rest))
    return int(row.get("Hours", 0)) * 60 + int(row.get("Minutes", 0))


def _clock(text: str) -> int:
    return int(text[11:13]) * 60 + int(text[14:16])


def _length(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
