"""When two names are the same name."""

import re
import unicodedata
from functools import lru_cache

_ALIKE = str.maketrans(
    {
        # What typewriters, phones and word processors make of one apostrophe...
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4`", "'"),
        # ...of one quotation mark, and of one hyphen.
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u1e9e": "\u00df",  # capital sharp s, which would fold into "ss"
    }
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_UMLAUT = "\u0308"
_DELETED = " (deleted)"


# The same names are looked at for every link and suggestion, and hour after hour.
@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """
    Reduce a name to what two people would agree is the same name.

    Upper and lower case, blanks, invisible characters, full-width forms, the accents
    of Latin letters and kinds of apostrophes and hyphens do not count; "Last, First"
    reads as "first last"; QuickBooks' "(deleted)" at the end is no part of a name.

    What would turn one name into another stays: ä, ö, ü and ß, letters such as ø and
    ł, every mark outside the Latin script (й is not и, が is not か), and emoji. The
    result may be empty; an empty name is nobody's. Applying it twice changes nothing.
    """
    before, text = None, name
    while text != before:
        before, text = text, _plainer(text)
    return text


def shown(name: str) -> str:
    """Leave out QuickBooks' "(deleted)": pages say themselves who is inactive."""
    return name.removesuffix(_DELETED) or name


def same_name(a: str, b: str) -> bool:
    """Say whether two names are the same; a name without content equals none."""
    return bool(plain(a)) and plain(a) == plain(b)


def _plainer(name: str) -> str:
    # The look-alikes go first: normalising would make a blank of some of them.
    seen = _UNSEEN.sub("", name.translate(_ALIKE))
    wide = unicodedata.normalize("NFKC", seen).translate(_ALIKE)
    folded = "ß".join(part.casefold() for part in wide.split("ß"))
    tidy = " ".join(_without_accents(folded).split())
    return _without_deleted(_first_name_first(_without_deleted(tidy)))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    letter = ""
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.category(character) != "Mn":
            letter = character
        elif _is_mere_accent(letter, character):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _is_mere_accent(letter: str, mark: str) -> bool:
    is_latin = bool(letter) and letter.isalpha() and letter < "\u0250"
    return is_latin and not (mark == _UMLAUT and letter in "aou")


def _without_deleted(text: str) -> str:
    while text.endswith(_DELETED):
        text = text.removesuffix(_DELETED).rstrip()
    return text


def _first_name_first(text: str) -> str:
    if text.count(",") != 1:
        return text
    last, first = (part.strip() for part in text.split(","))
    return f"{first} {last}" if last and first else text
