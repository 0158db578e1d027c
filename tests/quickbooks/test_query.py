"""Whole lists are read whole, even while somebody changes them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.quickbooks.errors import Malformed
from addon.quickbooks.query import everything, quote


class Shelf:
    """Answers queries over a list of rows, with a cap and with changes between."""

    def __init__(self, ids, cap=1000, changes=()):
        self.ids, self.cap, self.changes = list(ids), cap, list(changes)
        self.asked = []

    def __call__(self, statement):
        self.asked.append(statement)
        if "COUNT(*)" in statement:
            return {"QueryResponse": {"totalCount": len(self.ids)}}
        found = re.search(r"STARTPOSITION (\d+) MAXRESULTS (\d+)", statement)
        start, most = int(found[1]) - 1, min(int(found[2]), self.cap)
        rows = [{"Id": i} for i in self.ids[start : start + most]]
        if self.changes:
            self.ids = self.changes.pop(0)(self.ids)
        return {"QueryResponse": {"Customer": rows} if rows else {}}


def ids(count):
    return [str(number) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_every_row_is_read_once(count):
    """No customer is lost between two pages and none comes twice."""
    shelf = Shelf(ids(count))

    assert [row["Id"] for row in everything(shelf, "Customer")] == ids(count)


def test_the_order_is_always_named():
    """Pages fit together only when QuickBooks sorts them the same way."""
    shelf = Shelf(ids(3))
    everything(shelf, "Customer", "Active IN (true, false)")

    assert shelf.asked == [
        "SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)",
        (
            "SELECT * FROM Customer WHERE Active IN (true, false)"
            " ORDER BY Id STARTPOSITION 1 MAXRESULTS 1000"
        ),
    ]


def test_short_pages_do_not_end_the_list():
    """Even if QuickBooks hands out fewer rows than asked for, all arrive."""
    assert len(everything(Shelf(ids(250), cap=100), "Customer")) == 250


def test_a_row_removed_between_two_pages_hides_no_other():
    """A deletion while we read makes us read again."""
    shelf = Shelf(ids(1500), changes=[lambda rows: rows[1:]])

    assert len(everything(shelf, "Customer")) == 1499


def test_a_row_removed_and_one_added_between_two_pages_hide_no_third():
    """The number agrees and a row would be missing all the same: we read again."""
    shelf = Shelf(ids(1500), changes=[lambda rows: [*rows[1:], "new"]])

    assert [row["Id"] for row in everything(shelf, "Customer")] == [
        *ids(1500)[1:],
        "new",
    ]


def test_a_list_that_changes_at_every_page_is_not_believed():
    """Where somebody removes rows all the time we say "try later"."""
    busy = [lambda rows: [*rows[1:], f"new {rows[0]}"]] * 9

    with pytest.raises(Malformed, match="changes while it is read"):
        everything(Shelf(ids(1500), changes=busy), "Customer")


@st.composite
def edits(draw):
    """What others remove, mostly in front, and add, mostly behind, between pages."""
    removed = draw(st.lists(st.integers(0, 1200), max_size=3))
    added = draw(st.lists(st.integers(-1800, 0), max_size=3))

    def change(rows):
        rows = list(rows)
        for place in removed:
            del rows[place % len(rows)]
        for place in added:
            rows.insert(place % len(rows), f"new {len(rows)} {place} {rows[0]}")
        return rows

    return change


@settings(max_examples=150, deadline=None)
@given(st.integers(1100, 3100), st.lists(edits(), min_size=1, max_size=5))
def test_what_is_there_all_the_while_is_read_or_nothing_is(count, changes):
    """Whatever others add and remove meanwhile, no living row is overlooked."""
    shelf = Shelf(ids(count), changes=changes)
    try:
        read = [row["Id"] for row in everything(shelf, "Customer")]
    except Malformed:
        return
    stayed = set(ids(count)) & set(shelf.ids)

    assert stayed <= set(read)
    assert len(read) == len(set(read))


def test_as_many_new_rows_as_a_page_holds_hide_none():
    """So much is added in front that a page shows nothing new."""
    flood = [lambda rows: [*(f"new {len(rows) + n}" for n in range(1000)), *rows]]
    late = Late(ids(1001), changes=[list, *flood])
    read = {row["Id"] for row in everything(late, "Customer")}

    assert set(ids(1001)) <= read


class Late(Shelf):
    """A shelf that fills in front right after its rows were counted."""

    def __call__(self, statement):
        answer = super().__call__(statement)
        if len(self.asked) == 1:
            self.ids = [*(f"early {n}" for n in range(self.cap)), *self.ids]
        return answer


def test_a_list_that_never_adds_up_is_not_believed():
    """We would rather say "try later" than work with half a list."""

    def liar(statement):
        if "COUNT" in statement:
            return {"QueryResponse": {"totalCount": 5}}
        return {"QueryResponse": {"Customer": [{"Id": "1"}]}}

    with pytest.raises(Malformed):
        everything(liar, "Customer")


def test_a_list_that_grows_meanwhile_is_taken():
    """New customers that appear while we read do not stop us."""
    grow = [lambda rows: [*rows, str(len(rows))] for _ in range(9)]
    shelf = Shelf(ids(1200), changes=grow)

    assert len(everything(shelf, "Customer")) >= 1200


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"QueryResponse": None},
        {"QueryResponse": {"totalCount": "many"}},
        {"QueryResponse": {"Customer": {}}},
        {"QueryResponse": {"Customer": [{"Name": "no id"}]}},
        {"QueryResponse": {"Customer": ["text"]}},
    ],
)
def test_a_strange_list_is_refused(answer):
    """A list we cannot read is reported, not guessed at."""
    with pytest.raises(Malformed):
        everything(lambda statement: answer, "Customer")


@pytest.mark.parametrize(
    ("text", "written"),
    [("O'Hara", r"'O\'Hara'"), ("a\\b", r"'a\\b'"), ("", "''"), ("\\'", r"'\\\''")],
)
def test_apostrophes_cannot_break_a_query(text, written):
    """O'Hara is found as O'Hara."""
    assert quote(text) == written


@given(st.text())
def test_quoted_text_reads_back_as_itself(text):
    """Whatever stands in a name stays inside its quotes."""
    inside = quote(text)[1:-1]

    assert re.sub(r"\\(.)", r"\1", inside, flags=re.DOTALL) == text
    assert "'" not in re.sub(r"\\.", "", inside, flags=re.DOTALL)
