"""The description that travels along, cleaned and cut without breaking a sign."""

import re
import unicodedata
from collections.abc import Iterator

# QuickBooks: the description of a time activity holds at most 4,000 characters.
LONGEST_DESCRIPTION = 4000

_ELLIPSIS = "…"
_JOINER = "\u200d"
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Controls have no place in a text, half surrogates cannot be sent at all, and the
# last two code points are not characters.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Signs that extend the one before them although Unicode does not call them marks:
# Thai and Lao vowels, half-width voicing marks, the non-joiner.
_EXTENDING = frozenset("\u0e33\u0eb3\uff9e\uff9f\u200c" + _JOINER)


def describe(text: str, limit: int = LONGEST_DESCRIPTION) -> str:
    """
    Clean a text and cut it to `limit` characters, ending with "…" where it was cut.

    New lines and tabs stay, other control characters go. Characters are counted the
    way Java and JavaScript count them (most emoji are two), the stricter of the two
    readings of "4,000 characters". What a reader sees as one sign is never split.
    """
    clean = _clean(text)
    if _units(clean) <= limit:
        return clean
    if limit < 1:
        return ""
    room = limit - len(_ELLIPSIS)
    kept = []
    for sign in signs(clean):
        room -= _units(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + _ELLIPSIS


def signs(text: str) -> Iterator[str]:
    """
    Take a text apart into what a reader sees as single signs.

    A close approximation of Unicode's extended grapheme clusters that errs on the
    side of keeping together: accents, emoji with their joiners and skin tones, flags,
    Korean syllables, Indic conjuncts.
    """
    sign = ""
    for character in text:
        if sign and not _belongs_to(sign, character):
            yield sign
            sign = ""
        sign += character
    if sign:
        yield sign


def _clean(text: str) -> str:
    lines = _LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _UNWANTED.sub("", lines)).strip()


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _belongs_to(sign: str, character: str) -> bool:
    last = sign[-1]
    if last < "\u0300" and character < "\u0300":
        return False
    return (
        _extends(character)
        or last == _JOINER
        or _is_conjunct(last, character)
        or _is_second_half_of_flag(sign, character)
        or _is_korean_syllable(last, character)
    )


def _extends(character: str) -> bool:
    return (
        character in _EXTENDING
        or unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags that spell a flag
    )


def _is_conjunct(last: str, character: str) -> bool:
    virama = 9
    is_letter = unicodedata.category(character) == "Lo"
    return unicodedata.combining(last) == virama and is_letter


def _is_second_half_of_flag(sign: str, character: str) -> bool:
    return len(sign) == 1 and _is_flag_letter(sign) and _is_flag_letter(character)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_korean_syllable(last: str, character: str) -> bool:
    if _is_leading_jamo(last):
        return (
            _is_leading_jamo(character)
            or _is_following_jamo(character)
            or "\uac00" <= character <= "\ud7a3"
        )
    is_begun = _is_following_jamo(last) or "\uac00" <= last <= "\ud7a3"
    return is_begun and _is_following_jamo(character)


def _is_leading_jamo(character: str) -> bool:
    return "\u1100" <= character <= "\u115f" or "\ua960" <= character <= "\ua97c"


def _is_following_jamo(character: str) -> bool:
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"
