"""What waits for a link: one line for each, with the hours and money behind it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from addon.records import connection as connections
from addon.records import waiting as counted
from addon.records.installation import Installation
from addon.records.link import LinkKind
from addon.records.waiting import Unsent
from addon.rules.eligibility import Context, Held, Hold, judge
from addon.rules.entry import Entry, Person, PersonKind, Workspace
from addon.rules.money import Money, added, code, of
from addon.transfer import linked
from addon.transfer.context import context_for
from addon.transfer.linked import LinkRow, Offer

OF_USER = frozenset({Hold.PERSON_NOT_LINKED, Hold.PERSON_INACTIVE})
OF_PROJECT = frozenset({Hold.PROJECT_NOT_LINKED, Hold.CUSTOMER_INACTIVE})
LINK_HOLDS = OF_USER | OF_PROJECT

_CENT = Decimal("0.01")
_ANYBODY = Person(PersonKind.EMPLOYEE, "", "")
# A day on which no books are closed, for questions that no day decides.
_SOME_DAY = datetime(2000, 1, 3, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Missing:
    """A link that an entry lacks, by the Clockify id that it would start from."""

    kind: LinkKind
    clockify_id: str
    hold: Hold
    # What the entry calls it; a renamed project is the same all the same.
    seen_as: str = field(default="", compare=False)


@dataclass(frozen=True)
class Sum:
    """Entries with their whole minutes, and their money in each currency."""

    entries: int = 0
    minutes: int = 0
    money: Money = ()

    def plus(self, other: "Sum") -> "Sum":
        """Add two sums, each currency for itself."""
        return Sum(
            self.entries + other.entries,
            self.minutes + other.minutes,
            added(self.money, other.money),
        )


@dataclass(frozen=True)
class Line:
    """
    One missing link and what waits for it.

    `sum` is everything that the link is needed for. `own` leaves out what is shown
    under its user too, so that the `own` of all lines add up to what waits in all.
    """

    kind: LinkKind
    clockify_id: str
    hold: Hold
    row: LinkRow | None
    seen_as: str
    sum: Sum
    own: Sum

    @property
    def name(self) -> str:
        """The user or project, as the lists or else the entries call it."""
        return self.row.name if self.row else self.seen_as

    @property
    def offer(self) -> Offer | None:
        """The record that is suggested and can be accepted at once."""
        offers = self.row.offers if self.row else ()
        return next((each for each in offers if each.can_accept), None)

    @property
    def key(self) -> str:
        """A name for this line that is its own on the page."""
        return f"{self.kind}-{self.clockify_id}"


def lines(installation: Installation, company_id: int) -> tuple[Line, ...]:
    """
    Give one line for each link that unsent time of the last weeks waits for.

    The longest wait first. What was counted is judged with the links of this moment,
    so that a line is gone as soon as its link is made.
    """
    held = connections.current()
    if held is None or held.company_id != company_id:
        return ()
    sums = counted.unsent(company_id)
    if not sums:
        return ()
    context, _ = context_for(installation, held, Workspace("", ""), rates_known=False)
    context = _about_links_only(context)
    told = [(missing(_entry_of(each), context), _sum_of(each)) for each in sums]
    return lines_of(told, company_id)


def missing(entry: Entry, context: Context) -> tuple[Missing, ...]:
    """Say which links an entry lacks, the first being the reason that is shown."""
    verdict = judge(entry, context)
    if not isinstance(verdict, Held) or verdict.reason not in LINK_HOLDS:
        return ()
    if verdict.reason in OF_PROJECT:
        return (_of_project(entry, verdict.reason),)
    first = Missing(LinkKind.USER, entry.user_id, verdict.reason, entry.user_name)
    linked = replace(context, people={entry.user_id: _ANYBODY})
    then = judge(entry, linked)
    if isinstance(then, Held) and then.reason in OF_PROJECT:
        return first, _of_project(entry, then.reason)
    return (first,)


def money_of(entry: Entry, minutes: int) -> Decimal | None:
    """Say what a held entry would bring, rounded half up to cents; None if nothing."""
    rate = entry.hourly_rate
    if not entry.billable or rate is None or not rate.is_finite() or rate < 0:
        return None
    return (rate * minutes / 60).quantize(_CENT, rounding=ROUND_HALF_UP)


def sum_of(entry: Entry, minutes: int, home: str) -> Sum:
    """Sum up one entry; without a currency of its own it is in the company's."""
    currency = code(entry.currency or home)
    return Sum(1, minutes, of(money_of(entry, minutes), currency))


def total(found: Iterable[Line]) -> Sum:
    """Say what waits in all, each entry once."""
    sums = Sum()
    for line in found:
        sums = sums.plus(line.own)
    return sums


def lines_of(
    told: Iterable[tuple[tuple[Missing, ...], Sum]], company_id: int
) -> tuple[Line, ...]:
    """Put together what waits for the same link; what lacks none is passed over."""
    sums: dict[Missing, Sum] = {}
    own: dict[Missing, Sum] = {}
    for lacks, each in told:
        for number, one in enumerate(lacks):
            sums[one] = sums.get(one, Sum()).plus(each)
            if number == 0:
                own[one] = own.get(one, Sum()).plus(each)
    if not sums:
        return ()
    rows = {
        (kind, row.clockify_id): row
        for kind, book in linked.books(company_id).items()
        for row in book.rows
    }
    found = [
        Line(
            kind=one.kind,
            clockify_id=one.clockify_id,
            hold=one.hold,
            row=rows.get((one.kind, one.clockify_id)),
            seen_as=one.seen_as,
            sum=all_of_it,
            own=own.get(one, Sum()),
        )
        for one, all_of_it in sums.items()
    ]
    return tuple(sorted(found, key=_most_first))


def _most_first(line: Line) -> tuple[int, int, str, str]:
    return (-line.sum.minutes, -line.sum.entries, line.name.casefold(), line.key)


def _of_project(entry: Entry, hold: Hold) -> Missing:
    return Missing(LinkKind.PROJECT, entry.project_id or "", hold, entry.project_name)


def _about_links_only(context: Context) -> Context:
    """Leave out what was judged when the entries were counted: length and day."""
    return replace(
        context,
        workspace=replace(context.workspace, rounding=None),
        company=replace(context.company, closed_through=None),
    )


def _entry_of(each: Unsent) -> Entry:
    """Give an entry that is judged as all those are that were counted together."""
    return Entry(
        id="",
        user_id=each.user_id,
        user_name="",
        start=_SOME_DAY,
        end=_SOME_DAY + timedelta(hours=1),
        duration=timedelta(hours=1),
        day=date(2000, 1, 3),
        billable=each.billable,
        project_id=each.project_id or None,
        client_id=each.client_id or None,
    )


def _sum_of(each: Unsent) -> Sum:
    return Sum(each.entries, each.minutes, of(each.amount, each.currency))
