"""QuickBooks' query language: reading a SELECT."""

from __future__ import annotations

import re
from dataclasses import dataclass

from addon.sandbox.quickbooks.faults import Fault

DEFAULT = 100
_COMPARISONS = ("=", "<", ">", "<=", ">=", "LIKE")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<op><=|>=|<|>|=|!=|\(|\)|,|\*)"
    r"|(?P<word>[A-Za-z0-9_.+:-]+))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; all must hold."""

    name: str
    op: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Query:
    """A parsed SELECT."""

    entity: str
    columns: tuple[str, ...] = ()  # empty: all
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    order: str | None = None
    descending: bool = False
    start: int = 1
    most: int = DEFAULT


def parse(text: str) -> Query:
    """Read a SELECT; raises 4000 for anything that is none."""
    return _Parser(_tokens(text)).select()


def _unreadable(near: str) -> Fault:
    return Fault("4000", f'QueryParserError: Encountered " {near} "')


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text[at : at + 20])
        tokens.append(found[0].strip() if not found["text"] else found["text"])
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def select(self) -> Query:
        self.need("SELECT")
        columns, count = self.columns()
        self.need("FROM")
        query = Query(self.word(), columns, count)
        if self.took("WHERE"):
            query.conditions = self.conditions()
        if self.took("ORDERBY") or (self.took("ORDER") and self.need("BY")):
            query.order = self.word()
            query.descending = self.took("DESC")
            if not query.descending:
                self.took("ASC")
        if self.took("STARTPOSITION"):
            query.start = self.number()
        if self.took("MAXRESULTS"):
            query.most = self.number()
        if self.tokens:
            raise _unreadable(self.tokens[0])
        return query

    def columns(self) -> tuple[tuple[str, ...], bool]:
        if self.took("*"):
            return (), False
        if self.took("COUNT"):
            self.need("(")
            self.need("*")
            return (), self.need(")")
        names = [self.word()]
        while self.took(","):
            names.append(self.word())
        return tuple(names), False

    def conditions(self) -> tuple[Condition, ...]:
        made = [self.condition()]
        while self.took("AND"):
            made.append(self.condition())
        return tuple(made)

    def condition(self) -> Condition:
        name, op = self.word(), self.next().upper()
        if op == "IN":
            self.need("(")
            values = [self.value()]
            while self.took(","):
                values.append(self.value())
            self.need(")")
            return Condition(name, op, tuple(values))
        if op not in _COMPARISONS:
            raise _unreadable(op)
        return Condition(name, op, (self.value(),))

    def value(self) -> str:
        token = self.next()
        if token.startswith("'"):
            return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
        if not re.fullmatch(r"-?[0-9.]+|true|false", token, re.IGNORECASE):
            raise _unreadable(token)
        return token.lower()

    def number(self) -> int:
        token = self.next()
        if not re.fullmatch(r"-?[0-9]{1,9}", token, re.ASCII):
            raise _unreadable(token)
        return int(token)

    def word(self) -> str:
        token = self.next()
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", token):
            raise _unreadable(token)
        return token

    def next(self) -> str:
        if not self.tokens:
            raise _unreadable("<EOF>")
        return self.tokens.pop(0)

    def took(self, word: str) -> bool:
        if self.tokens and self.tokens[0].upper() == word:
            self.tokens.pop(0)
            return True
        return False

    def need(self, word: str) -> bool:
        if not self.took(word):
            raise _unreadable(self.tokens[0] if self.tokens else "<EOF>")
        return True
