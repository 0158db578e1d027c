"""Which service, class, location and customer an entry gets, and which rule said so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from addon.rules import further, holds
from addon.rules.entry import CompanyFacts, Customer, Entry, Label, ServiceItem
from addon.rules.holds import Held


class Source(StrEnum):
    """What of an entry can decide about a field."""

    TASK = "task"
    PROJECT = "project"
    USER = "user"
    TAG = "tag"
    CLIENT = "client"
    FIXED = "fixed"


# Whatever is fixed for all time is kept under this id.
ALWAYS = "all"
# The first source that has a choice wins.
ITEM_ORDER = (Source.TASK, Source.PROJECT, Source.USER, Source.TAG)
LABEL_ORDER = (Source.PROJECT, Source.USER, Source.TAG, Source.FIXED)

DEFAULT_ITEM = "Default of this workspace"
THEIR_ITEM = "QuickBooks puts its own default"

Key = tuple[Source, str]


class _Target(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def active(self) -> bool: ...


T = TypeVar("T", bound=_Target)


@dataclass(frozen=True)
class Choices:
    """
    What people chose for the further fields of an activity, by source and its id.

    `fallbacks` holds the customer by client id, for projects without a link. Where
    `class_needed` or `location_needed` is set, an entry without one is held;
    otherwise it goes with a warning.
    """

    items: Mapping[Key, ServiceItem] = field(default_factory=dict)
    classes: Mapping[Key, Label] = field(default_factory=dict)
    locations: Mapping[Key, Label] = field(default_factory=dict)
    fallbacks: Mapping[str, Customer] = field(default_factory=dict)
    class_needed: bool = False
    location_needed: bool = False


@dataclass(frozen=True)
class Won(Generic[T]):
    """The outcome: a target or none, the rule that won, and what to warn about."""

    target: T | None = None
    rule: str = ""
    warning: str = ""


def item_for(
    entry: Entry, choices: Choices, default: ServiceItem | None
) -> Won[ServiceItem] | Held:
    """Find the service: task, project, user, tag, then the workspace's default."""
    won = _first(entry, choices.items, ITEM_ORDER, "service")
    if won is None:
        won = Won(default, DEFAULT_ITEM) if default else Won(rule=THEIR_ITEM)
    if isinstance(won, Held):
        return won
    if won.target and not won.target.active:
        return holds.item_inactive(won.target)
    return won


def class_for(
    entry: Entry, choices: Choices, company: CompanyFacts
) -> Won[Label] | Held:
    """Find the class: project, user, tag, fixed; none where none are tracked."""
    if not company.tracks_classes:
        return Won()
    won = _first(entry, choices.classes, LABEL_ORDER, "class")
    return _label(entry, won, "class", is_needed=choices.class_needed)


def location_for(
    entry: Entry, choices: Choices, company: CompanyFacts
) -> Won[Label] | Held:
    """Find the location: project, user, tag, fixed; none where none are tracked."""
    if not company.tracks_locations:
        return Won()
    won = _first(entry, choices.locations, LABEL_ORDER, "location")
    return _label(entry, won, "location", is_needed=choices.location_needed)


def fallback_for(entry: Entry, choices: Choices) -> Customer | None:
    """Give the customer for whatever of a client has no link of its own."""
    return choices.fallbacks.get(entry.client_id or "")


def _label(
    entry: Entry, won: Won[Label] | Held | None, what: str, *, is_needed: bool
) -> Won[Label] | Held:
    if won is None:
        missing = further.label_missing(entry, what)
        return missing if is_needed else Won(warning=missing.text)
    if isinstance(won, Held):
        return won
    if won.target and not won.target.active:
        return further.label_inactive(won.target, what, won.rule)
    return won


def _first(
    entry: Entry, chosen: Mapping[Key, T], order: Sequence[Source], what: str
) -> Won[T] | Held | None:
    """Ask each source in turn; tags that disagree are never chosen between."""
    if not chosen:
        return None
    for source in order:
        found = [
            Won(chosen[source, number], rule)
            for number, rule in _sources(entry, source)
            if (source, number) in chosen
        ]
        if len({won.target.id for won in found if won.target}) > 1:
            said = [(won.rule, _called(won.target)) for won in found if won.target]
            return further.tags_disagree(entry, what, said)
        if found:
            return found[0]
    return None


def _sources(entry: Entry, source: Source) -> Iterator[tuple[str, str]]:
    """Give what an entry has of a source: its id, and how the rule is worded."""
    if source is Source.FIXED:
        yield ALWAYS, "Fixed for all time"
    elif source is Source.TAG:
        for tag in entry.tags:
            yield tag.id, holds.titled("Tag", tag.name)
    else:
        number, name = {
            Source.TASK: (entry.task_id, entry.task_name),
            Source.PROJECT: (entry.project_id, entry.project_name),
            Source.USER: (entry.user_id, entry.user_name),
            Source.CLIENT: (entry.client_id, entry.client_name),
        }[source]
        if number:
            yield number, holds.titled(source.capitalize(), name)


def _called(target: _Target) -> str:
    return target.path or target.name
