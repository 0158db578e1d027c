"""Which names QuickBooks takes for a customer, a vendor or an employee."""

# QuickBooks: Customer, DisplayName. Older parts of it still hold only 100 characters.
LONGEST = 500
COMFORTABLE = 100

_FORBIDDEN = {
    ":": "a colon",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a line break",
}


def problem_with(name: str, longest: int = LONGEST) -> str | None:
    """
    Say in a sentence why QuickBooks would refuse a name, or None.

    `longest` is the number of characters: a given or a family name takes fewer.
    """
    if not name.strip():
        return "A name in QuickBooks cannot be empty."
    for character, word in _FORBIDDEN.items():
        if character in name:
            return f"QuickBooks takes no name with {word} in it."
    if len(name) > longest:
        return (
            f"QuickBooks takes at most {longest} characters in a name,"
            f" this one has {len(name)}."
        )
    return None


def warning_about(name: str) -> str | None:
    """Say in a sentence what may go wrong with a name QuickBooks does take."""
    if problem_with(name) is None and len(name) > COMFORTABLE:
        return (
            f"The name has {len(name)} characters; parts of QuickBooks show"
            f" only the first {COMFORTABLE}."
        )
    return None
