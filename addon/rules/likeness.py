"""What makes two names alike, from the strongest reason to the weakest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from addon.rules.mailboxes import is_shared, mailbox
from addon.rules.nicknames import long_forms
from addon.rules.spelling import (
    Spelled,
    Words,
    in_any_order,
    is_initial,
    squeezed,
    to_the_eye,
    without_company_form,
)

_FEW_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Traits:
    """What a user, project, person or customer can be recognised by."""

    name: Spelled
    email: str = ""
    path: Spelled | None = None
    client: str = ""

    @classmethod
    def of(
        cls, name: str, *, email: str | None = None, path: str = "", client: str = ""
    ) -> Self:
        """Gather them; `path` is the full name of what stands under something."""
        return cls(
            Spelled.from_name(name),
            (email or "").strip().casefold(),
            Spelled.from_name(path) if path else None,
            client,
        )


Keys = Callable[[Traits], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """
    A way of being alike: two are, where one offers a key that the other seeks.

    `is_equality` marks reasons that are worth less where several share them.
    """

    score: int
    text: str
    offered: Keys
    sought: Keys
    is_equality: bool = False


def _same(score: int, text: str, keys: Keys, *, is_equality: bool = False) -> Reason:
    return Reason(score, text, keys, keys, is_equality)


def _email(one: Traits) -> Iterator[str]:
    if one.email:
        yield one.email


def _own_email(one: Traits) -> Iterator[str]:
    if one.email and not is_shared(one.email):
        yield one.email


def _shared_email(one: Traits) -> Iterator[str]:
    if is_shared(one.email):
        yield one.email


def _plain(one: Traits) -> Iterator[str]:
    if one.name.plain:
        yield one.name.plain


def _by_words(write: Callable[[Words], str]) -> Keys:
    def keys(one: Traits) -> Iterator[str]:
        for way in one.name.ways:
            written = write(way)
            if len(written) >= _FEW_LETTERS:
                yield written

    return keys


def _path_in_any_order(one: Traits) -> Iterator[str]:
    if one.path:
        yield from map(in_any_order, one.path.ways)


def _without_form(these: Words) -> str:
    return in_any_order(without_company_form(these))


def _mailbox(one: Traits) -> Iterator[str]:
    box = mailbox(one.email)
    if len(box) > _FEW_LETTERS and not is_shared(one.email):
        yield box


def _mailbox_letters(one: Traits) -> Iterator[str]:
    for box in _mailbox(one):
        yield "".join(filter(str.isalpha, box))


def _name_as_mailbox(one: Traits) -> Iterator[str]:
    for first, last in _first_and_last(one):
        yield from (f"{first}{last}", f"{first[0]}{last}", f"{last}{first}")


def _names_and_mailboxes(one: Traits) -> Iterator[str]:
    yield from (f"name {key}" for key in _name_as_mailbox(one))
    yield from (f"mail {key}" for key in _mailbox_letters(one))


def _mailboxes_and_names(one: Traits) -> Iterator[str]:
    yield from (f"mail {key}" for key in _name_as_mailbox(one))
    yield from (f"name {key}" for key in _mailbox_letters(one))


def _first_and_last(one: Traits) -> Iterator[tuple[str, str]]:
    for way in one.name.ways:
        is_last_first = is_initial(way[-1]) and not is_initial(way[0])
        first, last = (way[-1], way[0]) if is_last_first else (way[0], way[-1])
        if len(way) > 1 and len(last) > 1:
            yield first, last


def _initial_or_name(one: Traits) -> Iterator[str]:
    for first, last in _first_and_last(one):
        yield f"{'letter' if is_initial(first) else 'name'} {first[0]} {last}"


def _name_or_initial(one: Traits) -> Iterator[str]:
    for first, last in _first_and_last(one):
        yield f"{'name' if is_initial(first) else 'letter'} {first[0]} {last}"


def _long_first_name(one: Traits) -> Iterator[str]:
    for first, *others in one.name.ways:
        if others:
            yield from (" ".join((long, *others)) for long in long_forms(first))


SAME_EMAIL = _same(100, "Same e-mail", _own_email, is_equality=True)
SAME_NAME = _same(95, "Same name", _plain, is_equality=True)
_SPELLED = _same(88, "Same name, spelled differently", _by_words(squeezed))
_ORDER = _same(85, "Same words in another order", _by_words(in_any_order))
_FULL_NAME = Reason(
    84, "Same as the full name", _path_in_any_order, _by_words(in_any_order)
)
_FORM = _same(82, "Same name apart from the company form", _by_words(_without_form))
_MAILBOX_NAME = Reason(
    78, "Name as in the e-mail", _names_and_mailboxes, _mailboxes_and_names
)
_INITIAL = Reason(
    75, "Same last name and first initial", _initial_or_name, _name_or_initial
)
_SHORT = _same(72, "Same last name, short first name", _long_first_name)
_MAILBOX = _same(70, "Same e-mail name", _mailbox)
_SHARED_MAILBOX = _same(
    60, "Same e-mail, but a mailbox that people share", _shared_email
)
_LOOK = _same(45, "Looks the same, but has other letters", _by_words(to_the_eye))

PEOPLE = (
    SAME_EMAIL,
    SAME_NAME,
    _SPELLED,
    _ORDER,
    _FORM,
    _MAILBOX_NAME,
    _INITIAL,
    _SHORT,
    _MAILBOX,
    _SHARED_MAILBOX,
    _LOOK,
)
CUSTOMERS = (SAME_NAME, _SPELLED, _ORDER, _FULL_NAME, _FORM, _LOOK)
INACTIVE = (
    _same(40, "E-mail of an inactive record", _email),
    _same(35, "Name of an inactive record", _plain),
)
