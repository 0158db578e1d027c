"""People at their desks in QuickBooks, who change and delete what has just arrived."""

from datetime import date, timedelta
from typing import Any

from tests.weather import Weather

SOON = 150.0


class Hands:
    """What people do to activities, and how these were before they did it."""

    def __init__(self, company: Any, weather: Weather) -> None:
        self.before: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.chance = 0.0
        self.created = 0  # activities that answers have named
        self._company = company
        self._weather = weather

    def begin(self, chance: float) -> None:
        """Begin a life in which each activity has this chance to be touched."""
        self.chance = chance
        self.before.clear()
        self.deleted.clear()

    def made(self, activity_id: str) -> None:
        """Notice an activity, and come by within a few minutes or not at all."""
        self.created += 1
        dice = self._weather.dice
        if self.chance and dice.random() < self.chance:
            seconds = dice.choice((1.0, 20.0, dice.uniform(0, SOON)))
            self._weather.time.later(seconds, lambda: self._touch(activity_id))

    def _touch(self, activity_id: str) -> None:
        dice, rows = self._weather.dice, self._company.tables["TimeActivity"]
        if activity_id not in rows:
            return
        self.before.setdefault(activity_id, rows[activity_id])
        if dice.random() < 0.15:
            self.deleted.add(activity_id)
            self._company.delete_activity(activity_id)
            return
        facts: dict[str, Any] = {}
        for _ in range(dice.choice((1, 1, 1, 2))):
            facts |= self._change(rows[activity_id])
        self._company.edit_activity(activity_id, **facts)

    def _change(self, row: dict[str, Any]) -> dict[str, Any]:
        dice = self._weather.dice
        day = date.fromisoformat(row["TxnDate"]) - timedelta(days=dice.randrange(1, 40))
        customer = dice.choice(list(self._company.tables["Customer"]))
        return dice.choice(
            (
                {"Description": f"{row.get('Description', '')} (checked)"},
                {"Hours": row["Hours"] + dice.randrange(1, 3)},
                {"TxnDate": day.isoformat()},
                {"CustomerRef": {"value": customer}},
            )
        )
