"""Why class, location or tags keep an entry from being sent, in whole sentences."""

from collections.abc import Sequence

from addon.rules.entry import Entry, Label
from addon.rules.holds import Held, Hold


def label_inactive(label: Label, what: str, rule: str) -> Held:
    """Hold an entry whose class or location was made inactive; `rule` chose it."""
    return Held(
        Hold(f"{what}-inactive"),
        f"The {what} {_name(label.path or label.name, 'of this entry')}, chosen by "
        f"“{rule}”, is inactive in QuickBooks.",
        f"Make the {what} active in QuickBooks, or choose another in the add-on's "
        "settings under More fields.",
    )


def label_missing(entry: Entry, what: str) -> Held:
    """Hold an entry for which nothing says the class or location it needs."""
    return Held(
        Hold(f"{what}-missing"),
        f"Nothing says which {what} this entry of {_user(entry)} has.",
        f"Choose the {what} of the project, the user, a tag or all time in the "
        "add-on's settings under More fields.",
    )


def tags_disagree(entry: Entry, what: str, said: Sequence[tuple[str, str]]) -> Held:
    """Hold an entry whose tags ask for different things; `said` has each tag's."""
    words = ", ".join(f"{_lower(rule)} says {target}" for rule, target in said)
    return Held(
        Hold.TAGS_DISAGREE,
        f"The tags of this entry of {_user(entry)} disagree about the {what}: {words}.",
        "Remove one of the tags in Clockify, or choose the same for both in the "
        "add-on's settings under More fields.",
    )


def _user(entry: Entry) -> str:
    return _name(entry.user_name, "this user")


def _name(name: str, otherwise: str) -> str:
    return " ".join(name.split()) or otherwise


def _lower(phrase: str) -> str:
    return f"the {phrase[:1].lower()}{phrase[1:]}"
