"""Lengths of time as they are said in sentences: 45 min, 2 h, 37 h 30."""


def say(minutes: int) -> str:
    """Say a number of minutes in words: "5 min", "2 h", "1 h 05", "37 h 30"."""
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest} min"
    if not rest:
        return f"{sign}{hours} h"
    return f"{sign}{hours} h {rest:02}"
