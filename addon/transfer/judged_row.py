"""An entry as the report shows it: its state, and why it cannot go."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from addon.records.doubt import Candidate, Question
from addon.records.receipt import Origin, Receipt
from addon.rules.activity import Activity, amount
from addon.rules.eligibility import Context, Held, Hold, judge
from addon.rules.entry import Entry
from addon.rules.holds import IN_THE_ENTRY
from addon.rules.money import Money, added, code, of
from addon.rules.rounding import round_duration, whole_minutes
from addon.transfer.waiting import LINK_HOLDS, Missing, missing, money_of


class State(StrEnum):
    """Where an entry stands, as the tabs name it."""

    READY = "ready"
    ATTENTION = "attention"
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True)
class Row:
    """
    An entry with its state and, where it cannot go, the reason and the cure.

    `amount` is in `currency`, the company's where no other is known. `lacks` are the
    links that it waits for; `is_found` says that its activity was in QuickBooks before
    us; `in_doubt` that it may be there, as one of the activities `candidates`, and a
    person has to look.
    """

    entry: Entry
    state: State
    activity: Activity | None = None
    reason: str = ""
    cure: str = ""
    sent_at: datetime | None = None
    activity_id: str = ""
    minutes: int = 0
    amount: Decimal | None = None
    currency: str = ""
    hold: Hold | None = None
    lacks: tuple[Missing, ...] = ()
    is_found: bool = False
    in_doubt: bool = False
    candidates: tuple[Candidate, ...] = ()

    @property
    def needs_admin(self) -> bool:
        """Say whether only an owner or admin can do what the cure asks for."""
        return bool(self.cure) and self.hold not in IN_THE_ENTRY


@dataclass(frozen=True)
class Totals:
    """Sums over rows: whole minutes as they are sent, money by currency."""

    count: int = 0
    minutes: int = 0
    billable_minutes: int = 0
    money: Money = ()

    def plus(self, row: Row) -> "Totals":
        """Add one row."""
        return Totals(
            self.count + 1,
            self.minutes + row.minutes,
            self.billable_minutes + (row.minutes if row.entry.billable else 0),
            added(self.money, of(row.amount, row.currency)),
        )


def row_of(
    entry: Entry,
    context: Context,
    receipt: Receipt | None,
    *,
    is_sending: bool,
    question: Question | None = None,
) -> Row:
    """Judge one entry, with what is already known, or in doubt, of its sending."""
    home = context.company.currency or ""
    if receipt is not None:
        return _sent(entry, receipt, home, rates_known=context.rates_known)
    if question is not None and not is_sending:
        return Row(
            entry,
            State.ATTENTION,
            reason=question.text,
            cure=question.cure,
            minutes=minutes_of(entry, context),
            in_doubt=True,
            candidates=question.candidates,
        )
    verdict = judge(entry, context)
    if isinstance(verdict, Held):
        return _held(entry, context, verdict, is_sending=is_sending)
    money = amount(verdict) if verdict.billable and verdict.rate is not None else None
    return Row(
        entry,
        State.SENDING if is_sending else State.READY,
        activity=verdict,
        minutes=verdict.minutes,
        amount=money,
        currency=verdict.currency or home,
    )


def _sent(entry: Entry, receipt: Receipt, home: str, *, rates_known: bool) -> Row:
    return Row(
        entry,
        State.SENT,
        sent_at=receipt.recorded_at,
        activity_id=receipt.activity_id,
        minutes=receipt.minutes,
        # Whoever is not shown the rates in Clockify is not shown what they come to.
        amount=receipt.amount if rates_known else None,
        currency=receipt.currency or home,
        is_found=receipt.origin == Origin.FOUND,
    )


def minutes_of(entry: Entry, context: Context) -> int:
    """Say how long a held entry is, as far as it is known."""
    if entry.duration is None or entry.duration.days < 0:
        return 0
    return whole_minutes(round_duration(entry.duration, context.workspace.rounding))


def _held(entry: Entry, context: Context, verdict: Held, *, is_sending: bool) -> Row:
    minutes = minutes_of(entry, context)
    waits = not is_sending and verdict.reason in LINK_HOLDS
    return Row(
        entry,
        State.SENDING if is_sending else State.ATTENTION,
        reason=verdict.text,
        cure=verdict.cure,
        minutes=minutes,
        amount=money_of(entry, minutes) if waits else None,
        currency=code(entry.currency or context.company.currency),
        hold=verdict.reason,
        lacks=missing(entry, context) if waits else (),
    )
