"""Writers that wait for one disk share one commit: many small notes, one wait."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from addon.records.base import db

T = TypeVar("T")


class _Piece(Generic[T]):
    """What one writer wants written; `is_done` once it is committed."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.is_done = False

    def do(self) -> None:
        self.value = self.work()


class Together:
    """
    The queue in front of one SQLite file, in one process.

    Whoever comes first writes for all who have gathered meanwhile. Nobody goes on
    before what is theirs is committed; what fails together is tried one by one.
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Piece[object]] = []

    def write(self, work: Callable[[], T]) -> T:
        """Have this written and committed, by ourselves or by somebody else."""
        piece = _Piece(work)
        with self._lock:
            self._waiting.append(cast("_Piece[object]", piece))
        with self._turn:
            if not piece.is_done:
                self._write_for_all(cast("_Piece[object]", piece))
        return piece.value

    def _write_for_all(self, mine: _Piece[object]) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        others = [piece for piece in batch if piece is not mine]
        if others:
            try:
                return _commit([mine, *others])
            except SQLAlchemyError:
                # Somebody's trouble: each finds out alone whose it is.
                db.session.rollback()
        return _commit([mine])


def _commit(pieces: list[_Piece[object]]) -> None:
    for piece in pieces:
        piece.do()
    db.session.commit()
    for piece in pieces:
        piece.is_done = True


def together(work: Callable[[], T]) -> T:
    """
    Write and commit, on SQLite together with whoever else is waiting to write.

    The work may be done by another thread, in its session, and more than once, until
    it is committed. PostgreSQL gathers commits by itself.
    """
    if db.engine.dialect.name == "sqlite":
        queue: Together = current_app.extensions["together"]
        return queue.write(work)
    value = work()
    db.session.commit()
    return value
