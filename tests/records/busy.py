"""A process that renews, reads and writes secrets until it is told to stop."""

import json
import os
import random
import sys
import threading
from collections import Counter

import sqlalchemy as sa
from flask import Flask

from addon import create_app, logs, records
from addon.config import Settings
from addon.records import connection as connections
from addon.records import db, within
from addon.records.farewell import Farewell
from addon.records.sealed import Unreadable
from addon.transfer.renew import access_token

GLANCE = 20


def work(share: int, shares: int) -> None:
    """Work on our own share of the rows; others work beside us."""
    logs.configure()
    app = create_app(Settings.from_environ(os.environ))
    halt = threading.Event()
    with app.app_context(), records.everywhere():
        ids = db.session.scalars(sa.select(Farewell.id)).all()
        db.session.remove()
    busy = Busy(app, [each for each in ids if each % shares == share])
    print("ready", flush=True)
    sys.stdin.readline()  # whoever wrote our rows so far has left by now
    threading.Thread(target=_until_told, args=(halt,), daemon=True).start()
    while not halt.wait(0.05):
        busy.once()
    print(json.dumps({**busy.done}), flush=True)


def _until_told(halt: threading.Event) -> None:
    sys.stdin.read()
    halt.set()


class Busy:
    """What one process has written, so that it knows what it must find again."""

    def __init__(self, app: Flask, ids: list[int]) -> None:
        """Begin with rows that nobody else writes."""
        self.app = app
        self.ids = ids
        self.done = Counter(renewed=0, read=0, written=0, unreadable=0, wrong=0)
        self._known: dict[int, str] = {}
        self._token: str | None = None
        self._dice = random.Random(os.getpid())

    def once(self) -> None:
        """Renew the connection, then read some rows and write others."""
        with self.app.app_context():
            try:
                with within(1):
                    outside = self.app.extensions["outside"]
                    self._token = access_token(outside, 1, not_this=self._token)
                    assert connections.current() is not None
                    db.session.commit()
                    self.done["renewed"] += 1
                with records.everywhere():
                    self._look()
                    self._write()
            except Unreadable:
                self.done["unreadable"] += 1
            finally:
                db.session.remove()

    def _look(self) -> None:
        some = self._dice.sample(self.ids, GLANCE)
        with records.reading():
            query = sa.select(Farewell.id, Farewell.token)
            rows = db.session.execute(query.where(Farewell.id.in_(some))).all()
            db.session.commit()
        for number, token in rows:
            self.done["read"] += 1
            self.done["wrong"] += token != self._known.get(number, token)

    def _write(self) -> None:
        number = self._dice.choice(self.ids)
        self.done["written"] += 1
        token = f"new {os.getpid()} {self.done['written']}"
        change = sa.update(Farewell).where(Farewell.id == number)
        db.session.execute(change.values(token=token))
        db.session.commit()
        self._known[number] = token
