"""Find whose name is nearest, by looking only at those who share something with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz import fuzz, process

from addon.rules.likeness import SAME_NAME, Reason, Traits
from addon.rules.spelling import Words, is_company_form, is_label, labels

EVERYWHERE = ""

# What more than so many share is no trace: "Maintenance", "Projekt", office@...
_MANY_EQUALS = 50
_MANY_NEIGHBOURS = 100
_SIMILAR, _LEAST_SIMILAR, _MOST_SIMILAR = 83.0, 50, 69
_SIMILAR_WORDS = 70.0
_PART, _PART_LETTERS, _FEW_WHOLES = 48, 3, 3
_EDGE = 3
_SHARED = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """How near one of theirs is, and whether it was found in the narrow place."""

    score: int
    text: str
    in_place: bool = False


class Nearest:
    """All of theirs, laid out by what they could be recognised by."""

    def __init__(
        self, reasons: Sequence[Reason], ours: Iterable[Traits], *, us: str, them: str
    ) -> None:
        """Take the reasons, best first, and `ours`, among whom rivals are counted."""
        self._reasons = reasons
        self._us, self._them = us, them
        self._traits: dict[str, Traits] = {}
        self._equals: dict[tuple[str, int, str], list[str]] = defaultdict(list)
        self._neighbours: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._rivals = Counter(
            (place, number, key)
            for one in ours
            for place in {EVERYWHERE, one.client}
            for number, reason in enumerate(reasons)
            if reason.is_equality
            for key in reason.sought(one)
        )

    def add(self, key: str, one: Traits, places: Iterable[str] = ()) -> None:
        """Lay one of theirs out everywhere, and in each narrower place it is in."""
        self._traits[key] = one
        traces = set(chain.from_iterable(map(_traces, one.name.ways)))
        offered = [
            (number, trace)
            for number, reason in enumerate(self._reasons)
            for trace in set(reason.offered(one))
        ]
        for place in (EVERYWHERE, *places):
            for number, trace in offered:
                self._equals[place, number, trace].append(key)
            for trace in traces:
                self._neighbours[place, trace].append(key)

    def near(
        self, one: Traits, places: Iterable[str] = (), *, similar: bool = True
    ) -> dict[str, Hit]:
        """Give for each of theirs the best reason, in the narrowest place it is in."""
        hits: dict[str, Hit] = {}
        for place in (*places, EVERYWHERE):
            for key, hit in chain(
                self._equal(one, place),
                self._similar(one, place) if similar else (),
            ):
                hits.setdefault(key, hit)
        return hits

    def _equal(self, one: Traits, place: str) -> Iterator[tuple[str, Hit]]:
        for number, reason in enumerate(self._reasons):
            for trace in reason.sought(one):
                bearers = self._equals.get((place, number, trace), ())
                if len(bearers) > _MANY_EQUALS:
                    continue
                rivals = self._rivals[one.client if place else "", number, trace]
                doubt = self._doubt(len(bearers), rivals)
                for key in bearers:
                    yield key, self._hit(reason, doubt, one, key, in_place=bool(place))

    def _doubt(self, bearers: int, rivals: int) -> str:
        if bearers > 1:
            return f", but {_count(bearers)} {self._them} bear it"
        return f", but {_count(rivals)} {self._us} bear it" if rivals > 1 else ""

    def _hit(
        self, reason: Reason, doubt: str, one: Traits, key: str, *, in_place: bool
    ) -> Hit:
        if reason.is_equality and doubt:
            return Hit(reason.score - _SHARED, reason.text + doubt, in_place)
        if reason is SAME_NAME and one.name.name != self._traits[key].name.name:
            return Hit(reason.score - 2, f"{reason.text}, typed differently", in_place)
        return Hit(reason.score, reason.text, in_place)

    def _similar(self, one: Traits, place: str) -> Iterator[tuple[str, Hit]]:
        for way in one.name.ways:
            keys = self._neighbourhood(way, place)
            for key, score in _similar_names(way, keys):
                yield key, Hit(score, "Similar name", bool(place))
            parts = [key for key in keys if _is_part(way, keys[key])]
            if len(parts) <= _FEW_WHOLES:
                for key in parts:
                    text = "One name is part of the other"
                    yield key, Hit(_PART, text, bool(place))

    def _neighbourhood(self, way: Words, place: str) -> dict[str, Words]:
        found: dict[str, Words] = {}
        for trace in _traces(way):
            keys = self._neighbours.get((place, trace), ())
            if len(keys) <= _MANY_NEIGHBOURS:
                found.update((key, self._traits[key].name.ways[0]) for key in keys)
        return found


def _traces(way: Words) -> Iterator[str]:
    """Give what a similar name would share: a word, its beginning or its end."""
    for word in way:
        yield word
        if len(word) > _EDGE:
            yield from (f"{word[:_EDGE]}-", f"-{word[-_EDGE:]}")


def _similar_names(
    way: Words, others: Mapping[str, Words]
) -> Iterator[tuple[str, int]]:
    written = {key: " ".join(sorted(other)) for key, other in others.items()}
    for _, ratio, key in process.extract(
        " ".join(sorted(way)),
        written,
        scorer=fuzz.ratio,
        score_cutoff=_SIMILAR,
        limit=None,
    ):
        if _may_be_one(way, others[key]):
            share = (ratio - _SIMILAR) / (100 - _SIMILAR)
            yield key, _LEAST_SIMILAR + round(share * (_MOST_SIMILAR - _LEAST_SIMILAR))


def _may_be_one(way: Words, other: Words) -> bool:
    """Say whether what differs is only spelled differently: never a number."""
    mine, its = set(way) - set(other), set(other) - set(way)
    if not mine or not its:
        return False
    if any(map(is_label, mine | its)) or labels(way) != labels(other):
        return False
    return fuzz.ratio("".join(sorted(mine)), "".join(sorted(its))) >= _SIMILAR_WORDS


def _is_part(way: Words, other: Words) -> bool:
    mine, its = set(way), set(other)
    if mine == its or not (mine <= its or its <= mine):
        return False
    spoken = [word for word in mine & its if not is_label(word)]
    named = [word for word in spoken if not is_company_form(word)]
    return sum(map(len, named)) >= _PART_LETTERS


def _count(number: int) -> str:
    return {2: "two", 3: "three"}.get(number, str(number))
