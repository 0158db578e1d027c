"""Puts every refusal of QuickBooks into a sentence, a cure and what happens next."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from addon.quickbooks.answers import decipher, is_permission_gone, is_throttle
from addon.quickbooks.errors import Fault
from addon.quickbooks.sentences import SENTENCES, UNKNOWN_STRANGE_VALUE, Sentence

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
    "named_records",
    "said",
]

_STRANGE_VALUES = range(2060, 2121)

AGAIN = "We try this again by ourselves."
NOT_AGAIN = "We do not try this again by ourselves."

_UNNAMED = {
    "person": "this person",
    "customer": "this customer",
    "item": "the service item",
    "date": "this day",
}


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


def explain(fault: Fault, names: Mapping[str, str]) -> Explanation:
    """
    Put a fault into words about the records it met.

    `names` says what they are called: any of person, customer, item, date. A fault
    nobody has described yet keeps QuickBooks' own words and Intuit's support number.
    """
    sentence = _sentence(fault)
    words = defaultdict(str, {**_UNNAMED, **{k: v for k, v in names.items() if v}})
    words["work"] = _work(names)
    text = sentence.text if sentence else _unknown(fault)
    cure = sentence.cure if sentence else _LOOK_IN_QUICKBOOKS
    if fault.tid and (sentence is None or sentence.is_support_needed):
        cure += f" The support number for Intuit is {_plain(fault.tid)}."
    return Explanation(
        text=_capital(_join(text.format_map(words), _quoted(fault, sentence))),
        cure=_capital(cure.format_map(words)),
        retry=sentence is not None and sentence.retry,
    )


def last_cure(code: str) -> str:
    """Say what to do where trying again has not helped; "" for any other code."""
    sentence = _sentence(Fault(code))
    return sentence.at_last if sentence else ""


def mentions(code: str) -> frozenset[str]:
    """Say which names a code's sentence is about: one of them is to blame."""
    sentence = _sentence(Fault(code))
    text = sentence.text if sentence else ""
    return frozenset(kind for kind in _UNNAMED if f"{{{kind}}}" in text)


def named_records(body: str | None) -> list[tuple[str, str]]:
    """List kind and id of the records that an activity we sent names."""
    sent = json.loads(body or "{}")
    return [
        (name.removesuffix("Ref").lower(), str(sent[name]["value"]))
        for name in _REFS
        if name in sent
    ]


_REFS = ("CustomerRef", "EmployeeRef", "VendorRef", "ItemRef", "ClassRef")
_LOOK_IN_QUICKBOOKS = (
    "Look at {person}, {customer} and {date} in QuickBooks, change what the message"
    " names, then send again. If it stays, ask support."
)


def _sentence(fault: Fault) -> Sentence | None:
    code = "3001" if is_throttle(fault) else fault.code
    if code.isascii() and code.isdigit() and int(code) in _STRANGE_VALUES:
        return SENTENCES.get(code, UNKNOWN_STRANGE_VALUE)
    return SENTENCES.get(code)


def _unknown(fault: Fault) -> str:
    code = f" with code {_plain(fault.code)}" if fault.code else ""
    return f"QuickBooks did not take {{work}}{code}."


def _work(names: Mapping[str, str]) -> str:
    work = f"{names['person']}'s time" if names.get("person") else "this time"
    if names.get("customer"):
        work += f" for {names['customer']}"
    if names.get("date"):
        work += f" on {names['date']}"
    return work


def said(fault: Fault) -> str:
    """Give QuickBooks' own words."""
    message, detail = fault.message.strip(), fault.detail.strip()
    if message and detail and message not in detail:
        return " ".join(f"{message}: {detail}".split())
    return " ".join((detail or message).split())


def _quoted(fault: Fault, sentence: Sentence | None) -> str:
    if sentence is not None and not sentence.is_quoted:
        return ""
    words = said(fault)
    return f"QuickBooks says: “{words}”" if words else "QuickBooks gave no reason."


def _plain(text: str) -> str:
    # The text becomes part of a pattern, in which braces mean something.
    return text.replace("{", "{{").replace("}", "}}")


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
