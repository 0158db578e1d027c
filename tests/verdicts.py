"""What must be true once a schedule is over, whatever happened in it."""

import re
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from addon.records import db, everywhere
from addon.records.receipt import Receipt
from addon.records.run import UNFINISHED, Piece, Run
from tests.ground import Ground
from tests.life import Life

# Why a piece is given up so that a person has to look, and for a wrong person.
UNCLEAR = ("unclear", "maybe-there")
MISPLACED = ("refused:wrong-person", "refused:wrong-person-there")


class Verdicts(Ground):
    """Compares what was tracked, what is in QuickBooks and what we say of it."""

    def verdict(self, life: Life, chosen: dict[int, set[str]]) -> list[str]:
        """Compare what was tracked, what is in QuickBooks and what we say of it."""
        with self.world.app.app_context(), everywhere():
            receipts = list(db.session.scalars(select(Receipt)))
            pieces = list(db.session.scalars(select(Piece)))
            runs = list(db.session.scalars(select(Run)))
        rows = {row["Id"]: row for row in self.world.company.activities}
        wrong = [
            f"run {run.id} stuck: {run.state} {run.reason}"
            for run in runs
            if not run.is_over
        ]
        wrong += [
            f"piece stuck: {each.state}" for each in pieces if each.state in UNFINISHED
        ]
        claims = Counter(receipt.activity_id for receipt in receipts)
        wrong += [
            f"{activity} is claimed twice" for activity, n in claims.items() if n > 1
        ]
        life.unclear = len([each for each in pieces if each.reason in UNCLEAR])
        known = {*claims, *_asked(pieces)}
        wrong += [f"doubled: {row}" for key, row in rows.items() if key not in known]
        for receipt in receipts:
            found = self.hands.before.get(receipt.activity_id)
            found = found or rows.get(receipt.activity_id)
            told = self._told(receipt)
            if found is None:
                wrong.append(f"lost: {told} is said to be {receipt.activity_id}")
            elif _is_other(found, told):
                wrong.append(f"mixed up: {told} is said to be {found}")
        wrong += self._unsent(life, chosen, receipts, pieces)
        return wrong + [f"broke: {each}" for each in life.broken[:3]]

    def outcome(self) -> dict[str, object]:
        """Give the end state, without numbers that a person never sees."""
        with self.world.app.app_context(), everywhere():
            states = sorted(
                (each.run_id - low, each.state, each.explanation)
                for low in [db.session.scalar(select(func.min(Run.id))) or 0]
                for each in db.session.scalars(select(Piece))
            )
            runs = [run.state for run in db.session.scalars(select(Run))]
            receipts = db.session.scalar(select(func.count(Receipt.id)))
        hidden = {"Id", "SyncToken", "MetaData"}
        rows = sorted(
            str({name: value for name, value in row.items() if name not in hidden})
            for row in self.world.company.activities
        )
        return {"pieces": states, "runs": runs, "receipts": receipts, "rows": rows}

    def _told(self, receipt: Receipt) -> tuple[str, int]:
        entry = next(
            w.entries[receipt.entry_id]
            for w in self.workspaces
            if receipt.entry_id in w.entries
        )
        return entry.description, int((entry.end - entry.start).total_seconds() // 60)

    def _unsent(
        self,
        life: Life,
        chosen: dict[int, set[str]],
        receipts: list[Receipt],
        pieces: list[Piece],
    ) -> list[str]:
        """List chosen entries of which nothing became, although nobody said so."""
        sent = {receipt.entry_id for receipt in receipts}
        told: dict[str, set[str]] = {}
        for each in pieces:
            told.setdefault(each.entry_id, set()).add(f"{each.state}:{each.reason}")
        allowed = set(MISPLACED) if life.misplaced else set()
        if life.hands:
            allowed |= {f"refused:{reason}" for reason in UNCLEAR}
        if life.stops:
            return []
        return [
            f"not sent: {entry_id} {told.get(entry_id)}"
            for ids in chosen.values()
            for entry_id in ids - sent
            if not (told.get(entry_id, set()) & allowed)
        ]


def _asked(pieces: list[Piece]) -> set[str]:
    """Give the activities that a person is asked to look at, changed by other hands."""
    unclear = [each.explanation for each in pieces if each.reason in UNCLEAR]
    named = re.compile(r"time activity (\d+)")
    return {number for text in unclear for number in named.findall(text)}


def _is_other(found: dict[str, Any], told: tuple[str, int]) -> bool:
    minutes = found.get("Hours", 0) * 60 + found.get("Minutes", 0)
    return (found.get("Description", ""), minutes) != told
