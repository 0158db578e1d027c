"""Puts every refusal of QuickBooks into a sentence, a cure and what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass

from addon.quickbooks.answers import decipher, is_permission_gone, is_throttle
from addon.quickbooks.blanks import UNNAMED, filled
from addon.quickbooks.errors import Fault
from addon.quickbooks.sentence import ASK, ASK_PAUSED, Sentence
from addon.quickbooks.sentences import SENTENCES, UNKNOWN_STRANGE_VALUE

__all__ = [
    "AGAIN",
    "NOT_AGAIN",
    "Explanation",
    "Fault",
    "decipher",
    "explain",
    "is_permission_gone",
    "is_throttle",
    "last_cure",
    "mentions",
    "said",
]

_STRANGE_VALUES = range(2060, 2121)

AGAIN = "We try this again by ourselves."
NOT_AGAIN = "We do not try this again by ourselves."


@dataclass(frozen=True)
class Explanation:
    """What happened, what to do about it, and whether it is tried again by itself."""

    text: str
    cure: str
    retry: bool = False

    @property
    def again(self) -> str:
        """Say whether it is tried again by itself."""
        return AGAIN if self.retry else NOT_AGAIN


def explain(
    fault: Fault, names: Mapping[str, str], *, paused: bool = False
) -> Explanation:
    """
    Put a fault into words about the records it met.

    `names` says what they are called: any of person, customer, item, class, location,
    project, date and company. With `paused` the cure is that of a run that rests and
    goes on by itself. A fault nobody has described yet keeps QuickBooks' own words and
    Intuit's support number.
    """
    words = filled(names, paused=paused)
    sentence = _sentence(fault) or _unknown(fault, is_named=bool(words["known"]))
    cure = (sentence.paused if paused else "") or sentence.cure
    if fault.tid and sentence.is_support_needed:
        cure += f" The support number for Intuit is {_plain(fault.tid)}."
    quoted = _quoted(fault) if sentence.is_quoted else ""
    return Explanation(
        text=_capital(f"{sentence.text.format_map(words)} {quoted}".rstrip()),
        cure=_capital(cure.format_map(words)),
        retry=sentence.retry,
    )


def last_cure(code: str) -> str:
    """Say what to do where trying again has not helped; "" for any other code."""
    sentence = _sentence(Fault(code))
    return sentence.at_last if sentence else ""


def mentions(code: str) -> frozenset[str]:
    """Say which names a code's sentence is about: one of them is to blame."""
    sentence = _sentence(Fault(code))
    text = sentence.text if sentence else ""
    if "{records}" in text:
        return frozenset(UNNAMED)
    return frozenset(blank for blank in UNNAMED if f"{{{blank}}}" in text)


def said(fault: Fault) -> str:
    """Give QuickBooks' own words."""
    message, detail = fault.message.strip(), fault.detail.strip()
    if message and detail and message not in detail:
        return " ".join(f"{message}: {detail}".split())
    return " ".join((detail or message).split())


def _sentence(fault: Fault) -> Sentence | None:
    code = "3001" if is_throttle(fault) else fault.code
    if code.isascii() and code.isdigit() and int(code) in _STRANGE_VALUES:
        return SENTENCES.get(code, UNKNOWN_STRANGE_VALUE)
    return SENTENCES.get(code)


def _unknown(fault: Fault, *, is_named: bool) -> Sentence:
    code = f" (code {_plain(fault.code)})" if fault.code else ""
    look = (
        "Look at {known} in QuickBooks, change what the message names{then}. If it"
        " stays, ask the add-on's support."
    )
    return Sentence(
        f"QuickBooks did not take {{work}}{code}.",
        look if is_named else ASK,
        paused="" if is_named else ASK_PAUSED,
        is_quoted=True,
        is_support_needed=True,
    )


def _quoted(fault: Fault) -> str:
    """Quote QuickBooks so that whatever follows begins a sentence of its own."""
    words = said(fault)
    stop = "" if words.endswith((".", "!", "?")) else "."
    return (
        f"QuickBooks says: “{words}”{stop}" if words else "QuickBooks gave no reason."
    )


def _plain(text: str) -> str:
    # The text becomes part of a pattern, in which braces mean something.
    return text.replace("{", "{{").replace("}", "}}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
