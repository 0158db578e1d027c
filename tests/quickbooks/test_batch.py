"""Of every activity in a batch we know what became of it, or know that we do not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks.batch import Missing, Recorded, outcomes, request_text
from addon.quickbooks.errors import Fault, Malformed, QuickBooksError

DRAFTS = {"1": {"Hours": 1}, "2": {"Hours": 2}, "3": {"Hours": 3}}


def made(bid, activity_id):
    body = {"Id": activity_id, "SyncToken": "0"}
    return {"bId": bid, "TimeActivity": body}


def refused(bid, code):
    error = {"code": code, "Message": "No", "Detail": "Because"}
    return {"bId": bid, "Fault": {"type": "ValidationFault", "Error": [error]}}


def read(*items):
    return outcomes(DRAFTS, {"BatchItemResponse": list(items)}, "1-abc")


def test_answers_are_told_apart_by_name_not_by_place():
    """QuickBooks answers in any order; each entry still gets its own activity."""
    told = read(made("3", "c"), refused("2", "6310"), made("1", "a"))

    assert [told["1"].activity_id, told["3"].activity_id] == ["a", "c"]
    assert told["2"] == Fault("6310", "No", "Because", tid="1-abc")
    assert list(told) == ["1", "2", "3"]


def test_one_refused_entry_does_not_hold_up_the_others():
    """Nine go through, one is named."""
    told = read(made("1", "a"), refused("2", "2500"), made("3", "c"))

    assert [type(told[bid]) for bid in DRAFTS] == [Recorded, Fault, Recorded]


@pytest.mark.parametrize(
    "item",
    [
        {"bId": "2"},
        {"bId": "2", "TimeActivity": None},
        {"bId": "2", "TimeActivity": {}},
        {"bId": "2", "TimeActivity": {"Id": ""}},
        {"bId": "2", "TimeActivity": {"Id": None}},
        {"bId": "2", "TimeActivity": {"Id": "5", "status": "Deleted"}},
        {"bId": "2", "QueryResponse": {}},
        refused("2", "600"),
        refused("2", "10000"),
        {**refused("2", "6310"), **made("2", "b")},
        None,
        "text",
    ],
)
def test_an_unclear_answer_counts_as_unknown(item):
    """Without an activity number nothing counts as recorded, nor as refused."""
    assert isinstance(read(made("1", "a"), item)["2"], Missing)


def test_what_quickbooks_said_instead_is_kept():
    """A person can still be told why nothing is certain."""
    assert read(refused("2", "10000"))["2"].fault.code == "10000"


def test_unanswered_and_unknown_items_do_not_mix():
    """An answer about something we never asked is not taken for ours."""
    told = read(made("9", "z"), made(None, "y"))

    assert told == dict.fromkeys(DRAFTS, Missing())


def test_an_answer_that_comes_twice_is_one_answer():
    """The same activity told twice is one activity."""
    assert read(made("1", "a"), made("1", "a"))["1"].activity_id == "a"


def test_two_answers_that_disagree_prove_nothing():
    """Where QuickBooks contradicts itself we look for ourselves."""
    assert read(made("1", "a"), made("1", "b"))["1"] == Missing()


@pytest.mark.parametrize("answer", [{}, {"BatchItemResponse": None}, {"time": "now"}])
def test_an_answer_without_items_is_no_answer(answer):
    """A batch whose answer has no list leaves everything open."""
    with pytest.raises(Malformed) as caught:
        outcomes(DRAFTS, answer)

    assert caught.value.sent


def test_an_empty_answer_leaves_everything_open():
    """A silent "200 OK" records nothing in our books."""
    assert read() == dict.fromkeys(DRAFTS, Missing())


def test_equal_drafts_give_the_very_same_bytes():
    """A repeated batch is word for word the first one."""
    shuffled = {bid: dict(reversed(DRAFTS[bid].items())) for bid in ("3", "1", "2")}

    assert request_text(shuffled) == request_text(DRAFTS)


def test_a_batch_creates_each_draft_under_its_own_id():
    """The request holds every draft once."""
    items = json.loads(request_text({"10": {"a": 1}, "9": {}}))["BatchItemRequest"]

    assert items == [
        {"bId": "9", "operation": "create", "TimeActivity": {}},
        {"bId": "10", "operation": "create", "TimeActivity": {"a": 1}},
    ]


@pytest.mark.parametrize(
    "drafts", [{}, {str(n): {} for n in range(31)}, {"": {}}, {"x" * 11: {}}]
)
def test_a_batch_that_quickbooks_would_refuse_is_never_sent(drafts):
    """At most thirty items, each with a short id of its own."""
    with pytest.raises(ValueError, match="batch"):
        request_text(drafts)


ITEM = st.dictionaries(
    st.sampled_from(["bId", "Fault", "TimeActivity"]),
    st.sampled_from(["1", "2", "x"])
    | st.none()
    | st.dictionaries(
        st.sampled_from(["Id", "Error", "SyncToken"]), st.none() | st.text(max_size=3)
    ),
)


@given(st.lists(ITEM | st.none() | st.text(max_size=3), max_size=6))
def test_every_draft_has_exactly_one_fate(items):
    """However odd the answer, no entry is forgotten and nothing is invented."""
    try:
        told = read(*items)
    except QuickBooksError:
        told = None

    assert told is not None
    assert list(told) == list(DRAFTS)
