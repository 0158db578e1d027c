"""What each fault code of QuickBooks means to the person who reads it."""

from addon.quickbooks.sentence import (
    ASK,
    ASK_PAUSED,
    SETTINGS,
    TRIED_OFTEN,
    Sentence,
    bug,
    gone,
    later,
    misconfigured,
    wrong,
)

UNKNOWN_STRANGE_VALUE = bug("QuickBooks could not read a value in {work}.")

# QuickBooks: error codes.
SENTENCES: dict[str, Sentence] = {
    "100": gone("QuickBooks no longer lets the add-on record {work}."),
    "110": gone("QuickBooks no longer lets the add-on record {work}."),
    "120": gone(
        "The person who connected QuickBooks has lost access to the company, so {work}"
        " was not recorded."
    ),
    "130": gone("QuickBooks no longer lets the add-on record {work}."),
    "140": later(
        "The QuickBooks company is locked, so {work} was not recorded yet.",
        "Send it again once the company is open in QuickBooks.",
        paused="Nothing to do: the run goes on by itself once {company} is open in"
        " QuickBooks again.",
    ),
    "150": later(
        "QuickBooks is under maintenance, so {work} was not recorded yet.",
        "Send it again once QuickBooks works as usual.",
        paused="Nothing to do: the run goes on by itself once QuickBooks works as"
        " usual.",
    ),
    "500": bug("QuickBooks does not support what was asked for {work}."),
    "600": later(
        "QuickBooks has met this request for {work} before, so it may be recorded"
        " already. The add-on looks for it in QuickBooks before it repeats anything.",
        ASK,
    ),
    "610": wrong(
        "QuickBooks did not record {work}: {records} no longer exists there or has been"
        " made inactive.",
        "Make the record active again in QuickBooks, or choose another one under"
        f" {{places}} {SETTINGS}{{then}}.",
    ),
    "620": wrong(
        "QuickBooks cannot link {work} to another transaction.",
        "Look in QuickBooks whether this time is on an invoice already.",
    ),
    "1040": bug("QuickBooks found the parcel that held {work} too big."),
    "2010": bug("QuickBooks does not know a property of {work}."),
    "2020": bug("QuickBooks says that a required property of {work} is missing."),
    "2030": wrong(
        "QuickBooks does not know an id in {work}: that of {records}.",
        f"Choose the record anew under {{places}} {SETTINGS}{{then}}.",
    ),
    "2040": wrong(
        "QuickBooks does not take a character in the text of {work}.",
        "Remove unusual characters from the description in Clockify{then}.",
    ),
    "2050": wrong(
        "A text in {work} is too long for QuickBooks.",
        "Shorten the description in Clockify{then}.",
    ),
    "2130": bug("QuickBooks could not read the request number of {work}."),
    "2170": bug("QuickBooks does not know one of the choices in {work}."),
    "2210": wrong(
        "QuickBooks does not take an e-mail address that came with {work}.",
        "Correct the e-mail address of {person} in QuickBooks{then}.",
    ),
    "2240": wrong(
        "A number in {work} is outside of what QuickBooks takes.",
        "Check duration and hourly rate of the entry in Clockify{then}.",
    ),
    "2500": wrong(
        "QuickBooks did not record {work}: {records} is not a record it knows.",
        f"Choose the record anew under {{places}} {SETTINGS}{{then}}.",
    ),
    "3001": later("QuickBooks asked us to slow down before it took {work}.", ASK),
    "3100": gone(
        "The add-on is no longer connected to this QuickBooks company, so {work} was"
        " not recorded."
    ),
    "3200": gone(
        "QuickBooks does not accept the add-on's sign-in any more, so {work} was not"
        " recorded."
    ),
    "3201": gone("QuickBooks refused the add-on's permission to record {work}."),
    "3202": gone("QuickBooks refused the add-on's permission to record {work}."),
    "4000": bug("QuickBooks could not read our question about {work}."),
    "4001": bug("QuickBooks cannot answer our question about {work}."),
    "5010": later(
        "Something that {work} needs was changed in QuickBooks at the same moment, so"
        " it was not recorded yet.",
        ASK,
    ),
    "5020": wrong(
        "QuickBooks does not let the add-on record {work}: the plan of the company, or"
        " the role of the person who connected it, has no time tracking.",
        "Let a company admin check in QuickBooks that the plan is Essentials, Plus or"
        " Advanced and that the person who connected is an admin{then}.",
    ),
    "5030": wrong(
        "QuickBooks does not record {work}: the company lacks a feature that this"
        " needs.",
        "Let a company admin check in QuickBooks that time tracking is switched on and"
        " part of the plan{then}.",
    ),
    "6000": Sentence(
        "A rule of QuickBooks speaks against {work}.",
        "Change what the message names in QuickBooks or in Clockify{then}.",
        is_quoted=True,
    ),
    "6140": wrong(
        "QuickBooks found the document number of {work} in use already.",
        "Look at the company's numbering of transactions in QuickBooks{then}.",
    ),
    "6150": wrong(
        "QuickBooks did not take {customer}: a sub-customer needs a customer above it.",
        "Choose the customer it belongs to in QuickBooks{then}.",
    ),
    "6180": wrong(
        "QuickBooks did not take {customer}: it allows five levels of customers, and"
        " this would be one more.",
        "Move {customer} higher up in QuickBooks{then}.",
    ),
    "6190": wrong(
        "The QuickBooks subscription has lapsed or was cancelled, so {work} was not"
        " recorded.",
        "Renew the subscription of {company} in QuickBooks{then}. Nothing is lost: the"
        " entries stay in Clockify.",
    ),
    "6200": wrong(
        "QuickBooks did not record {work}: the books are closed for that time.",
        "Let a company admin move the closing date in QuickBooks (Account and settings,"
        " Advanced, Accounting) to before {date}{then}.",
    ),
    "6210": wrong(
        "QuickBooks did not record {work}: the books are closed for that time, perhaps"
        " with a password.",
        "Let a company admin move the closing date in QuickBooks (Account and settings,"
        " Advanced, Accounting) to before {date}{then}.",
    ),
    "6240": wrong(
        "QuickBooks has a customer, vendor or employee of this name already: {customer}"
        " or {person}.",
        f"Choose the existing record under Users or Projects {SETTINGS}, or give one"
        " of the two another name.",
    ),
    "6280": wrong(
        "QuickBooks cannot make {customer} inactive: it has charges that are not on an"
        " invoice yet.",
        "Invoice or remove these charges in QuickBooks first.",
    ),
    "6290": wrong(
        "QuickBooks does not accept {person} as the one who did {work}.",
        "Choose one employee or one vendor for {person} under Users"
        f" {SETTINGS}{{then}}.",
    ),
    "6300": wrong(
        "QuickBooks cannot tell whether {person} is an employee or a vendor, so it did"
        " not record {work}.",
        f"Choose {{person}}'s record anew under Users {SETTINGS}{{then}}.",
    ),
    "6310": wrong(
        "{work} is billable, but names no customer whom QuickBooks could bill.",
        f"Link the project to a customer under Projects {SETTINGS}, or make the entry"
        " not billable in Clockify{then}.",
    ),
    "6320": wrong(
        "QuickBooks does not accept whether {work} is billable.",
        "Set the entry to billable or not billable in Clockify once more{then}.",
    ),
    "6330": wrong(
        "{work} is billable, but its hourly rate is missing or not valid.",
        "Set an hourly rate for the project or for {person} in Clockify{then}.",
    ),
    "6340": wrong("QuickBooks does not accept the time of day in {work}."),
    "6350": wrong("QuickBooks found no duration in {work}."),
    "6360": wrong("The break in {work} is longer than the work itself."),
    "6370": wrong("{work} starts after it ends."),
    "6380": wrong("QuickBooks does not accept the duration of {work}."),
    "6390": bug("QuickBooks was given a duration and clock times at once for {work}."),
    "6430": wrong(
        "QuickBooks does not accept the type of an account behind {work}.",
        "Check the accounts of {item} in QuickBooks{then}.",
    ),
    "6440": wrong(
        "QuickBooks does not accept an account behind {work}.",
        "Check the accounts of {item} in QuickBooks{then}.",
    ),
    "6480": wrong(
        "QuickBooks does not let a transaction behind {work} be changed.",
        "Look at the transaction in QuickBooks{then}.",
    ),
    "6540": wrong(
        "A transaction behind {work} has been deposited in QuickBooks already.",
        "Look at the deposit in QuickBooks{then}.",
    ),
    "10000": Sentence(
        "QuickBooks had a failure of its own with {work}. The add-on looks for it in"
        " QuickBooks before it repeats anything.",
        "Nothing to do at first: it is tried again a few times by itself. If it stays,"
        " look at {person} and {customer} in QuickBooks for something unusual.",
        retry=True,
        at_last=f"{TRIED_OFTEN} Look whether something about it is unusual in"
        " QuickBooks: the person, the customer, the service item. Then send it again.",
        is_support_needed=True,
    ),
    "10100": bug("QuickBooks found its own answer about {work} too big."),
    "10200": wrong(
        "The data of this QuickBooks company were reset, so {work} was not recorded.",
        f"An admin has to press “Disconnect” {SETTINGS}, connect again and check the"
        " links under Users and Projects{then}.",
    ),
    "HTTP 403": Sentence(
        "QuickBooks turned away {work} (HTTP 403).",
        ASK,
        paused=ASK_PAUSED,
        is_support_needed=True,
    ),
    "HTTP 404": wrong(
        "QuickBooks does not know the company any more, so {work} was not recorded"
        " (HTTP 404).",
        f"An admin has to press “Disconnect” {SETTINGS} and connect again{{then}}.",
    ),
    "invalid_client": misconfigured(
        "Intuit does not accept the client id and secret of this add-on, so {work} was"
        " not recorded."
    ),
    "unauthorized_client": misconfigured(
        "Intuit does not let the app that this add-on's client id belongs to record"
        " {work}."
    ),
}
