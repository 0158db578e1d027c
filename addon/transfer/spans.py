"""Parts pieces by their days, so that few questions find the activities of all."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from addon.records.run import Piece

# Spans of days up to this long are read with one question.
LONGEST_SPAN = timedelta(days=7)


def spans(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Part pieces by their days into few spans, none much longer than a week."""
    span: list[Piece] = []
    first = date.min
    for piece in sorted(pieces, key=lambda piece: piece.day or date.min):
        day = piece.day or date.min
        if span and day - first > LONGEST_SPAN:
            yield span
            span = []
        if not span:
            first = day
        span.append(piece)
    if span:
        yield span
