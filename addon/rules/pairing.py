"""Which hours are in QuickBooks already: drafts and activities, paired one to one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from addon.rules.activity import Activity
from addon.rules.entry import PersonKind

_Key = tuple[PersonKind, str, str | None, date, int]


@dataclass(frozen=True)
class Present:
    """A time activity that QuickBooks holds; an unknown field is never equal."""

    id: str
    sync_token: str
    person_kind: PersonKind
    person_id: str
    customer_id: str | None
    day: date
    minutes: int
    billable: bool
    description: str


def pair(
    drafts: Mapping[str, Activity], present: Iterable[Present]
) -> dict[str, Present]:
    """
    Give the activity that is there already for each draft that has one, by its key.

    Person, customer, day and minutes must all be equal. Among several, equal words
    decide first, then whether both are billable, then the order; each activity is
    given once, so that two equal entries and one activity make one pair.
    """
    buckets: dict[_Key, list[Present]] = defaultdict(list)
    for each in present:
        buckets[_key_of_present(each)].append(each)
    rivals: dict[_Key, list[str]] = defaultdict(list)
    for name, draft in drafts.items():
        if _key(draft) in buckets:
            rivals[_key(draft)].append(name)
    found: dict[str, Present] = {}
    for key, names in rivals.items():
        found.update(_share_out({name: drafts[name] for name in names}, buckets[key]))
    return found


def _share_out(
    drafts: Mapping[str, Activity], present: Iterable[Present]
) -> dict[str, Present]:
    free, found = list(present), dict[str, Present]()
    for is_alike in (_alike, _same_words, _same_billing, _anyway):
        for name, draft in drafts.items():
            if name in found:
                continue
            best = next((each for each in free if is_alike(draft, each)), None)
            if best is not None:
                found[name] = best
                free.remove(best)
    return found


def _alike(draft: Activity, each: Present) -> bool:
    return _same_words(draft, each) and _same_billing(draft, each)


def _same_words(draft: Activity, each: Present) -> bool:
    # QuickBooks may trim text and change its line ends.
    return draft.description.split() == each.description.split()


def _same_billing(draft: Activity, each: Present) -> bool:
    return draft.billable == each.billable


def _anyway(_draft: Activity, _each: Present) -> bool:
    return True


def _key(draft: Activity) -> _Key:
    return (
        draft.person_kind,
        draft.person_id,
        draft.customer_id,
        draft.day,
        draft.minutes,
    )


def _key_of_present(each: Present) -> _Key:
    return (
        each.person_kind,
        each.person_id,
        each.customer_id,
        each.day,
        each.minutes,
    )
