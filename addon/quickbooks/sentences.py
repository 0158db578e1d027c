"""What each fault code of QuickBooks means to the person who reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """
    The words for one code; {work}, {person}, {customer}, {item}, {date} are filled in.

    `is_quoted` adds QuickBooks' own words, `is_support_needed` Intuit's call number.
    `at_last` is the cure once trying again by itself has not helped.
    """

    text: str
    cure: str
    retry: bool = False
    at_last: str = ""
    is_quoted: bool = False
    is_support_needed: bool = False


_RECONNECT = (
    "A QuickBooks company admin has to choose “Connect to QuickBooks” in the add-on's"
    " settings; then send again."
)
_BY_ITSELF = "Nothing to do: it is tried again by itself."
_TRIED_OFTEN = "We have tried it eight times and do not try it again by ourselves."
_ASK = "Send it again in an hour; if it stays, ask the add-on's support."
_OUR_FAULT = "This is our mistake, not yours. Please report it to the add-on's support."
_SEND_AGAIN = "Correct the entry in Clockify, then send it again."
_SETTINGS = "in the add-on's settings"


def _gone(text: str) -> Sentence:
    return Sentence(text, _RECONNECT, is_quoted=True)


def _later(text: str, at_last: str) -> Sentence:
    return Sentence(text, _BY_ITSELF, retry=True, at_last=f"{_TRIED_OFTEN} {at_last}")


def _bug(text: str) -> Sentence:
    return Sentence(text, _OUR_FAULT, is_quoted=True, is_support_needed=True)


def _wrong(text: str, cure: str = _SEND_AGAIN) -> Sentence:
    return Sentence(text, cure)


def _said(text: str, cure: str) -> Sentence:
    return Sentence(text, cure, is_quoted=True)


UNKNOWN_STRANGE_VALUE = _bug("QuickBooks could not read a value in {work}.")

# QuickBooks: error codes.
SENTENCES: dict[str, Sentence] = {
    "100": _gone("QuickBooks no longer lets the add-on record {work}."),
    "110": _gone("QuickBooks no longer lets the add-on record {work}."),
    "120": _gone(
        "The person who connected QuickBooks has lost access to the company, so {work}"
        " was not recorded."
    ),
    "130": _gone("QuickBooks no longer lets the add-on record {work}."),
    "140": _later(
        "The QuickBooks company is locked, so {work} was not recorded yet.",
        "Send it again once the company is open in QuickBooks.",
    ),
    "150": _later(
        "QuickBooks is under maintenance, so {work} was not recorded yet.",
        "Send it again once QuickBooks works as usual.",
    ),
    "500": _bug("QuickBooks does not support what was asked for {work}."),
    "600": _later(
        "QuickBooks has met this request for {work} before, so it may be recorded"
        " already. The add-on looks for it in QuickBooks before it repeats anything.",
        _ASK,
    ),
    "610": _said(
        "QuickBooks did not record {work}: {person}, {customer} or {item} no longer"
        " exists there or has been made inactive.",
        "Make the record active again in QuickBooks, or choose another one under Users"
        f" or Projects {_SETTINGS}, then send again.",
    ),
    "620": _said(
        "QuickBooks cannot link {work} to another transaction.",
        "Look in QuickBooks whether this time is on an invoice already.",
    ),
    "1040": _bug("QuickBooks found the parcel that held {work} too big."),
    "2010": _bug("QuickBooks does not know a property of {work}."),
    "2020": _bug("QuickBooks misses a property of {work}."),
    "2030": _said(
        "QuickBooks does not know an id in {work}: that of {person}, {customer} or"
        " {item}.",
        f"Choose {{person}} and {{customer}} anew under Users and Projects {_SETTINGS},"
        " then send again.",
    ),
    "2040": _said(
        "QuickBooks does not take a character in the text of {work}.",
        "Remove unusual characters from the description in Clockify, then send again.",
    ),
    "2050": _said(
        "A text in {work} is too long for QuickBooks.",
        "Shorten the description in Clockify, then send again.",
    ),
    "2130": _bug("QuickBooks could not read the request number of {work}."),
    "2170": _bug("QuickBooks does not know one of the choices in {work}."),
    "2210": _said(
        "QuickBooks does not take an e-mail address that came with {work}.",
        "Correct the e-mail address of {person} in QuickBooks, then send again.",
    ),
    "2240": _said(
        "A number in {work} is outside of what QuickBooks takes.",
        "Check duration and hourly rate of the entry in Clockify, then send it again.",
    ),
    "2500": _said(
        "QuickBooks did not record {work}: {person}, {customer} or {item} is not a"
        " record it knows.",
        f"Choose {{person}} and {{customer}} anew under Users and Projects {_SETTINGS},"
        " then send again.",
    ),
    "3001": _later("QuickBooks asked us to slow down before it took {work}.", _ASK),
    "3100": _gone(
        "The add-on is no longer connected to this QuickBooks company, so {work} was"
        " not recorded."
    ),
    "3200": _gone(
        "QuickBooks does not accept the add-on's sign-in any more, so {work} was not"
        " recorded."
    ),
    "3201": _gone("QuickBooks refused the add-on's permission to record {work}."),
    "3202": _gone("QuickBooks refused the add-on's permission to record {work}."),
    "4000": _bug("QuickBooks could not read our question about {work}."),
    "4001": _bug("QuickBooks cannot answer our question about {work}."),
    "5010": _later(
        "Somebody changed {work} in QuickBooks at the same moment. The add-on reads it"
        " again before it goes on.",
        _ASK,
    ),
    "5020": _said(
        "QuickBooks does not let the add-on record {work}: the plan of the company, or"
        " the role of the person who connected it, has no time tracking.",
        "Let a company admin check in QuickBooks that the plan is Essentials, Plus or"
        " Advanced and that the person who connected is an admin, then send again.",
    ),
    "5030": _said(
        "This QuickBooks company does not support a feature that {work} needs.",
        "Let a company admin check in QuickBooks that time tracking is switched on and"
        " part of the plan, then send again.",
    ),
    "6000": _said(
        "A rule of QuickBooks speaks against {work}.",
        "Change what the message names in QuickBooks or in Clockify, then send again.",
    ),
    "6140": _said(
        "QuickBooks found the document number of {work} in use already.",
        "Look at the company's numbering of transactions in QuickBooks, then send"
        " again.",
    ),
    "6150": _wrong(
        "QuickBooks did not take {customer}: a sub-customer needs a customer above it.",
        "Choose the customer it belongs to in QuickBooks, then send again.",
    ),
    "6180": _wrong(
        "QuickBooks did not take {customer}: it allows five levels of customers, and"
        " this would be one more.",
        "Move {customer} higher up in QuickBooks, then send again.",
    ),
    "6190": _said(
        "The QuickBooks subscription of this company has lapsed or was cancelled, so"
        " {work} was not recorded.",
        "Renew the subscription in QuickBooks, then send again. Nothing is lost: the"
        " entries stay in Clockify.",
    ),
    "6200": _said(
        "QuickBooks did not record {work}: the books are closed for that time.",
        "Let a company admin move the closing date in QuickBooks (Account and settings,"
        " Advanced, Accounting) to before {date}, then send again.",
    ),
    "6210": _said(
        "QuickBooks did not record {work}: the books are closed for that time, perhaps"
        " with a password.",
        "Let a company admin move the closing date in QuickBooks (Account and settings,"
        " Advanced, Accounting) to before {date}, then send again.",
    ),
    "6240": _said(
        "QuickBooks has a customer, vendor or employee of this name already: {customer}"
        " or {person}.",
        f"Choose the existing record under Users or Projects {_SETTINGS}, or give one"
        " of the two another name.",
    ),
    "6280": _wrong(
        "QuickBooks cannot make {customer} inactive: it has charges that are not on an"
        " invoice yet.",
        "Invoice or remove these charges in QuickBooks first.",
    ),
    "6290": _wrong(
        "QuickBooks does not accept {person} as the one who did {work}.",
        f"Choose one employee or one vendor for {{person}} under Users {_SETTINGS},"
        " then send again.",
    ),
    "6300": _wrong(
        "QuickBooks cannot tell whether {person} is an employee or a vendor, so it did"
        " not record {work}.",
        f"Choose {{person}}'s record anew under Users {_SETTINGS}, then send again.",
    ),
    "6310": _wrong(
        "{work} is billable, but names no customer whom QuickBooks could bill.",
        f"Link the project to a customer under Projects {_SETTINGS}, or make the entry"
        " not billable in Clockify, then send again.",
    ),
    "6320": _wrong(
        "QuickBooks does not accept whether {work} is billable.",
        "Set the entry to billable or not billable in Clockify once more, then send it"
        " again.",
    ),
    "6330": _wrong(
        "{work} is billable, but its hourly rate is missing or not valid.",
        "Set an hourly rate for the project or for {person} in Clockify, then send"
        " again.",
    ),
    "6340": _wrong("QuickBooks does not accept the time of day in {work}."),
    "6350": _wrong("QuickBooks found no duration in {work}."),
    "6360": _wrong("The break in {work} is longer than the work itself."),
    "6370": _wrong("{work} starts after it ends."),
    "6380": _wrong("QuickBooks does not accept the duration of {work}."),
    "6390": _bug("QuickBooks was given a duration and clock times at once for {work}."),
    "6430": _said(
        "QuickBooks does not accept the type of an account behind {work}.",
        "Check the accounts of {item} in QuickBooks, then send again.",
    ),
    "6440": _said(
        "QuickBooks does not accept an account behind {work}.",
        "Check the accounts of {item} in QuickBooks, then send again.",
    ),
    "6480": _said(
        "QuickBooks does not let a transaction behind {work} be changed.",
        "Look at the transaction in QuickBooks, then send again.",
    ),
    "6540": _said(
        "A transaction behind {work} has been deposited in QuickBooks already.",
        "Look at the deposit in QuickBooks, then send again.",
    ),
    "10000": Sentence(
        "QuickBooks had a failure of its own with {work}. The add-on looks for it in"
        " QuickBooks before it repeats anything.",
        "Nothing to do at first: it is tried again a few times by itself. If it stays,"
        " look at {person} and {customer} in QuickBooks for something unusual.",
        retry=True,
        at_last=f"{_TRIED_OFTEN} Look whether something about it is unusual in"
        " QuickBooks: the person, the customer, the service item. Then send it again.",
        is_quoted=True,
        is_support_needed=True,
    ),
    "10100": _bug("QuickBooks found its own answer about {work} too big."),
    "10200": _said(
        "The data of this QuickBooks company were reset, so {work} was not recorded.",
        f"Check the links under Users and Projects {_SETTINGS}, then send again.",
    ),
    "HTTP 403": _bug("QuickBooks turned away the request for {work} (HTTP 403)."),
    "HTTP 404": _said(
        "QuickBooks does not know the company that {work} was sent to (HTTP 404).",
        _RECONNECT,
    ),
}
