"""The entries of a run that have no piece yet."""

from collections.abc import Collection, Iterable
from itertools import islice

from sqlalchemy import ForeignKey, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from addon.records.base import OfInstallation, Record, db
from addon.records.insert import insert_new
from addon.records.receipt import CHUNK
from addon.records.run import RUNNING, Piece, PieceState, Run


class Selected(Record, OfInstallation):
    """
    An entry that a person chose for a run; it goes when its piece is written down.

    A row each, so that nobody need hold a large run's ids in memory.
    """

    __tablename__ = "selected"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("run.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[str] = mapped_column(primary_key=True)


def begin_run(run: Run, entry_ids: Iterable[str]) -> None:
    """Write a run down with what it is to send; the caller commits."""
    ids = iter(dict.fromkeys(entry_ids))
    run.size = 0
    db.session.add(run)
    db.session.flush()
    while some := list(islice(ids, CHUNK)):
        insert_new(Selected, [_row(run, entry_id) for entry_id in some])
        run.size += len(some)


def _row(run: Run, entry_id: str) -> dict[str, object]:
    return {
        "installation_id": run.installation_id,
        "run_id": run.id,
        "entry_id": entry_id,
    }


def select_again(run_id: int) -> None:
    """Let what has not left the house be read once more; the caller commits."""
    mine = select(Selected.entry_id).where(Selected.run_id == run_id)
    waiting = select(Piece.installation_id, Piece.run_id, Piece.entry_id).where(
        Piece.run_id == run_id,
        Piece.state == PieceState.CHOSEN,
        Piece.entry_id.not_in(mine),
    )
    names = ["installation_id", "run_id", "entry_id"]
    db.session.execute(insert(Selected).from_select(names, waiting.distinct()))


def still_selected(run_id: int, entry_ids: Collection[str]) -> set[str]:
    """Say which of these entries the run is to send and has no piece of."""
    query = select(Selected.entry_id).where(
        Selected.run_id == run_id, Selected.entry_id.in_(entry_ids)
    )
    return set(db.session.scalars(query))


def selected_by_runs(company_id: int, entry_ids: Collection[str]) -> set[str]:
    """Say which of these entries some run is to send and has no piece of yet."""
    query = (
        select(Selected.entry_id)
        .join(Run, Run.id == Selected.run_id)
        .where(
            Run.company_id == company_id,
            Run.state.in_(RUNNING),
            Selected.entry_id.in_(entry_ids),
        )
    )
    return set(db.session.scalars(query))


def next_selected(run_id: int, most: int) -> list[str]:
    """List the first of a run's entries that have no piece."""
    query = (
        select(Selected.entry_id)
        .where(Selected.run_id == run_id)
        .order_by(Selected.entry_id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def is_chosen(run_id: int) -> bool:
    """Say whether every entry of a run has its piece, so that choosing is over."""
    return not next_selected(run_id, 1)


def no_longer_selected(run_id: int, entry_ids: Collection[str] | None = None) -> None:
    """Forget these entries, which have their piece now, or all; the caller commits."""
    query = delete(Selected).where(Selected.run_id == run_id)
    if entry_ids is not None:
        query = query.where(Selected.entry_id.in_(entry_ids))
    db.session.execute(query.execution_options(synchronize_session=False))


def chosen(run_id: int, entry_ids: Collection[str]) -> dict[str, Piece]:
    """Find what a run has chosen and not sent of these entries, a piece for each."""
    query = select(Piece).where(
        Piece.run_id == run_id,
        Piece.state == PieceState.CHOSEN,
        Piece.entry_id.in_(entry_ids),
    )
    return {piece.entry_id: piece for piece in db.session.scalars(query)}
