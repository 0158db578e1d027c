"""The ways in which one name gets written, told apart from the ways names differ."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Self

from addon.rules.names import plain

# "Müller" is typed "Mueller" by some and "Muller" by others; both are tried.
_IN_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WITHOUT_MARKS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i", "ß": "ss", "æ": "ae"}
    | {"œ": "oe", "þ": "th", "'": None, "&": " and "}
)
_ALIKE_TO_THE_EYE = str.maketrans(
    # Cyrillic and Greek letters, each above the Latin one that it is mistaken for.
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445"
    "\u0456\u0458\u0455\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxijsaeikvoptux",
)
_LAST_SIMPLE_SCRIPT = "\u0530"
_PIECES = re.compile(r"\d+|[^\d\s]+")
_FORMS = """
    ab ag aps as bv co company corp corporation eg ek ev gbr gmbh inc incorporated kg kk
    lda limited llc llp lp ltd mbh nv ohg oy plc pllc pty sa sarl sas se sl sp spa srl
    ug zoo
"""
_COMPANY_FORMS = frozenset(_FORMS.split())
_ROMAN = re.compile(r"(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name and the words that it consists of, once for each way of typing it."""

    name: str
    plain: str
    ways: tuple[Words, ...]

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Take a name apart; one without content has no words."""
        return cls(name.strip(), plain(name), _ways(plain(name)))


@lru_cache(maxsize=20_000)
def _ways(folded: str) -> tuple[Words, ...]:
    ways = {
        words(_bare(folded)): None,
        words(_bare(folded.translate(_IN_TWO_LETTERS))): None,
    }
    return tuple(way for way in ways if way)


def words(text: str) -> Words:
    """
    Cut a plain text into words and numbers, without punctuation, signs and emoji.

    A number is a word of its own even where it touches letters, and its leading
    zeros do not count.
    """
    if not text.isascii():
        text = "".join(sign if _is_spoken(sign) else " " for sign in text)
    else:
        text = re.sub(r"[^a-z0-9]", " ", text)
    pieces = _PIECES.findall(text)
    return tuple(piece.lstrip("0") or "0" for piece in pieces)


def squeezed(these: Words) -> str:
    """Write words without blanks, except that numbers stay what they are."""
    parts = [f"|{word}|" if word.isdecimal() else word for word in these]
    return "".join(parts)


def in_any_order(these: Words) -> str:
    """Write each word once and in alphabetical order, and the numbers as they come."""
    spoken = sorted({word for word in these if not is_label(word)})
    return " ".join((*spoken, *labels(these)))


def labels(these: Words) -> Words:
    """Pick what numbers one of many: numbers, single letters and Roman numerals."""
    return tuple(word for word in these if is_label(word))


def is_label(word: str) -> bool:
    """Say whether a word only numbers: "Phase 2", "Building B", "Part IV"."""
    return word.isdecimal() or is_initial(word) or bool(_ROMAN.fullmatch(word))


def is_initial(word: str) -> bool:
    """Say whether a word is a single letter of a script that abbreviates so."""
    return len(word) == 1 and word.upper() != word


def without_company_form(these: Words) -> Words:
    """Drop Inc., LLC, GmbH and the like from either end; a bare form stays."""
    left = list(_with_letters_joined(these))
    while len(left) > 1 and is_company_form(left[-1]):
        left.pop()
    # "Acme, Inc." reads as "Inc. Acme" once the first name goes first.
    while len(left) > 1 and is_company_form(left[0]):
        left.pop(0)
    return tuple(left)


def is_company_form(word: str) -> bool:
    """Say whether a word is Inc., LLC, GmbH or the like."""
    return word in _COMPANY_FORMS


def to_the_eye(these: Words) -> str:
    """Write words as they look, whatever script their letters are from."""
    return squeezed(these).translate(_ALIKE_TO_THE_EYE)


def _with_letters_joined(these: Words) -> Iterator[str]:
    # "L.L.C." was cut into three words, as "J. P. Morgan" was.
    for are_initials, run in groupby(these, is_initial):
        if are_initials:
            yield "".join(run)
        else:
            yield from run


def _bare(text: str) -> str:
    text = text.translate(_WITHOUT_MARKS)
    if text.isascii():
        return text
    kept: list[str] = []
    letter = ""
    for sign in unicodedata.normalize("NFD", text):
        if unicodedata.category(sign) != "Mn":
            letter = sign
        elif letter < _LAST_SIMPLE_SCRIPT:
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))


def _is_spoken(sign: str) -> bool:
    # Vowel signs of Indian scripts are marks, and as much of a name as letters.
    return sign.isalnum() or unicodedata.category(sign) in {"Mn", "Mc"}
