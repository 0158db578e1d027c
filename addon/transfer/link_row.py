"""One user or project with what it is linked to, as a person reads it."""

from dataclasses import dataclass

from addon.records.link import LinkKind
from addon.transfer.choices import LATER, OUT

REASONS = {
    "email": "Linked by itself: same e-mail address",
    "name": "Linked by itself: same name",
    "path": "Linked by itself: same client and project",
    "created": "Linked when it was created from QuickBooks",
    "made": "Created in QuickBooks from here",
    "suggestion": "Suggestion accepted",
    "merged": "Follows the record it was merged into in QuickBooks",
    "undo": "Brought back from the history",
    "hand": "Chosen by hand",
}


@dataclass(frozen=True)
class Offer:
    """Who may be meant; an inactive record is named but cannot be accepted."""

    value: str
    name: str
    what: str
    reason: str
    score: int
    can_accept: bool


@dataclass(frozen=True)
class LinkRow:
    """One user or project with what it is linked to; `target` is "" while it waits."""

    kind: LinkKind
    clockify_id: str
    name: str
    detail: str
    inactive: bool
    target: str
    target_name: str
    origin: str
    reason: str
    trouble: str
    offers: tuple[Offer, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody who still matters waits for a choice."""
        return not self.inactive and (not self.target or bool(self.trouble))

    @property
    def is_linked(self) -> bool:
        """Whether it is decided which record it belongs to, or to none."""
        return self.target not in {"", LATER, OUT}

    @property
    def filters(self) -> frozenset[str]:
        """Say under which filters the row is found."""
        found = {
            "waiting": self.is_waiting,
            "suggested": self.is_waiting and any(o.can_accept for o in self.offers),
            "linked": self.is_linked and not self.inactive,
            "later": self.target == LATER,
            "out": self.target == OUT,
            "inactive": self.inactive,
        }
        return frozenset(name for name, is_so in found.items() if is_so)
