"""What the records are called in QuickBooks that a body we sent names."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from addon.quickbooks.blanks import Named
from addon.records import db
from addon.records.directory import Listing
from addon.records.run import Piece
from addon.rules.names import shown

Known = Mapping[tuple[str, str], Listing]

# The words for a record that our lists do not hold and that has come without a name.
# People and customers are missing here: Clockify has a name for them.
_UNLISTED = {
    "item": "service item number {id}",
    "class": "number {id}",
    "location": "number {id}",
}


def known_records(company_id: int, named: Collection[Named]) -> Known:
    """
    Give the lines of our lists for all of these, by kind and id.

    One query whatever their number, as this is asked for each refusal and whenever
    somebody looks at a run. It writes nothing that is not written yet.
    """
    if not named:
        return {}
    query = select(Listing).where(
        Listing.company_id == company_id,
        Listing.kind.in_({each.kind for each in named}),
        Listing.foreign_id.in_({each.id for each in named}),
    )
    with db.session.no_autoflush:
        return {(row.kind, row.foreign_id): row for row in db.session.scalars(query)}


def called(piece: Piece, named: Collection[Named], known: Known) -> dict[str, str]:
    """
    Say how each blank of a sentence reads that one of a piece's records fills.

    Where QuickBooks' name is not known, people and customers have that of Clockify.
    """
    entry = piece.snapshot or {}
    ours = {
        "person": entry.get("user_name") or "",
        "customer": entry.get("project_name") or "",
    }
    if not named:
        return ours
    names = {
        each.blank: _name(each, known) or ours.get(each.blank, "") for each in named
    }
    return {"person": ours["person"], "project": ours["customer"], **names}


def _name(named: Named, known: Known) -> str:
    row = known.get((named.kind, named.id))
    if row is not None:
        return row.label
    return shown(named.name) or _UNLISTED.get(named.blank, "").format(id=named.id)
