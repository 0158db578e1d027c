"""Whatever arrives under Intuit's signature is read or refused, never a breakdown."""

import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.quickbooks.notices import Malformed
from tests.intuit_news import (
    ENTITY,
    EVENT,
    REALM,
    legacy,
    read_bytes,
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b"{}",
        b"[1, 2]",
        b"[{}]",
        b'{"eventNotifications": {}}',
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_something_signed_that_is_no_news_is_refused(body):
    """A format nobody has seen yet is noticed, not passed over."""
    with pytest.raises(Malformed):
        read_bytes(body)


@pytest.mark.parametrize("body", [b"[]", b'\xef\xbb\xbf{"eventNotifications": []}'])
def test_a_delivery_may_be_empty(body):
    """No news is fine."""
    assert read_bytes(body) == ()


def believable(body):
    try:
        found = read_bytes(body)
    except Malformed:
        return
    for notice in found:
        assert notice.realm
        assert notice.entity
        assert 0 < len(notice.event_id) <= 100
        assert notice.at is None or notice.at.tzinfo is UTC
        str(notice).encode()


@given(st.binary())
def test_any_signed_bytes_are_read_or_refused(body):
    """Nothing Intuit might send can break the way in."""
    believable(body)


WORDS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=9),
    st.sampled_from(["qbo.customer.merged.v1", "Merge", REALM, "2026-11-03T10:00Z"]),
)
KEYS = st.one_of(
    st.sampled_from([*EVENT, *ENTITY, "deletedId", "realmId", "dataChangeEvent"]),
    st.sampled_from(["eventNotifications", "entities"]),
    st.text(max_size=3),
)
JSON = st.recursive(
    WORDS,
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(KEYS, deeper),
    max_leaves=20,
)


@given(
    JSON,
    st.dictionaries(st.sampled_from(list(EVENT)), JSON),
    st.dictionaries(st.sampled_from([*ENTITY, "deletedId"]), JSON),
)
def test_any_signed_json_is_read_or_refused(anything, in_event, in_entity):
    """Known words with unknown contents are read, left out or refused."""
    for shape in (
        anything,
        {**EVENT, **in_event},
        [anything, EVENT],
        {"eventNotifications": [legacy({**ENTITY, **in_entity}, anything), anything]},
    ):
        believable(json.dumps(shape).encode())
