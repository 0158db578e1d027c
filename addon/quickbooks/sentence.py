"""The kinds of sentences about a fault, before names are filled in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """
    The words for one code, with blanks that are filled in (see blanks.py).

    `paused` is the cure in a run that rests and goes on by itself, where the usual
    one would be wrong there. `at_last` is the cure once trying again by itself has not
    helped. `is_quoted` adds QuickBooks' own words, for a text that says nothing without
    them; `is_support_needed` adds Intuit's call number.
    """

    text: str
    cure: str
    retry: bool = False
    paused: str = ""
    at_last: str = ""
    is_quoted: bool = False
    is_support_needed: bool = False


SETTINGS = "in the add-on's settings"
TRIED_OFTEN = "We have tried it eight times and do not try it again by ourselves."
ASK = "Send it again in an hour; if it stays, ask the add-on's support."
ASK_PAUSED = (
    "The run tries it again by itself every five minutes. If it stays, ask the add-on's"
    " support."
)
_RECONNECT = (
    "An admin of the QuickBooks company has to press “Reconnect QuickBooks”"
    f" {SETTINGS}{{then}}."
)
_BY_ITSELF = "Nothing to do: it is tried again by itself."
_OUR_FAULT = "This is our mistake, not yours. Please report it to the add-on's support."
_OPERATOR = (
    "Whoever hosts the add-on has to correct INTUIT_CLIENT_ID and INTUIT_CLIENT_SECRET"
    " and to start it again{then}."
)


def gone(text: str) -> Sentence:
    """Say that the permission is gone: a person must reconnect."""
    return Sentence(text, _RECONNECT)


def misconfigured(text: str) -> Sentence:
    """Say that only whoever hosts the add-on can help."""
    return Sentence(text, _OPERATOR)


def later(text: str, at_last: str, *, paused: str = "") -> Sentence:
    """Say that it is tried again by itself, and what to do where that is no help."""
    return Sentence(
        text,
        _BY_ITSELF,
        retry=True,
        paused=paused,
        at_last=f"{TRIED_OFTEN} {at_last}",
    )


def bug(text: str) -> Sentence:
    """Say that the mistake is ours."""
    return Sentence(text, _OUR_FAULT, is_support_needed=True)


def wrong(
    text: str, cure: str = "Correct the entry in Clockify{then}.", *, paused: str = ""
) -> Sentence:
    """Say what a person has to put right, and where."""
    return Sentence(text, cure, paused=paused)
