"""Whatever Intuit has signed is read with patience, in both of its formats."""

from datetime import UTC, datetime

import pytest

from addon.quickbooks.notices import (
    Notice,
    Operation,
)
from tests.intuit_news import (
    ENTITY,
    EVENT,
    REALM,
    legacy,
    read,
)


def test_the_older_format_is_read():
    """News in the format of all these years says company, record and time."""
    (notice,) = read({"eventNotifications": [legacy(ENTITY)]})

    assert notice == Notice(
        realm=REALM,
        entity="Customer",
        id="3",
        operation=Operation.UPDATED,
        deleted_id=None,
        at=datetime(2026, 11, 3, 17, 0, tzinfo=UTC),
        event_id=notice.event_id,
    )
    assert len(notice.event_id) == 64


@pytest.mark.parametrize("shape", [EVENT, [EVENT]])
def test_a_cloud_event_is_read_alone_or_in_an_array(shape):
    """News in the new format is understood in both of its forms."""
    assert read(shape) == (
        Notice(
            realm=REALM,
            entity="Customer",
            id="3",
            operation=Operation.UPDATED,
            deleted_id=None,
            at=datetime(2025, 10, 7, 19, 59, 7, 34359, tzinfo=UTC),
            event_id="e-1",
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "operation"),
    [
        ("Create", "created", Operation.CREATED),
        ("Update", "updated", Operation.UPDATED),
        ("Delete", "deleted", Operation.DELETED),
        ("Merge", "merged", Operation.MERGED),
        ("Void", "voided", Operation.VOIDED),
        ("Emailed", "emailed", Operation.OTHER),
        ("", "", Operation.OTHER),
    ],
)
def test_both_formats_tell_the_same_deeds(old, new, operation):
    """A deed has one name with us, whichever format told it."""
    (first,) = read({"eventNotifications": [legacy({**ENTITY, "operation": old})]})
    (second,) = read({**EVENT, "type": f"qbo.customer.{new}.v1"})

    assert (first.operation, second.operation) == (operation, operation)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("timeactivity", "TimeActivity"),
        ("employee", "Employee"),
        ("department", "Department"),
        ("invoice", "invoice"),
        ("salesreceipt", "salesreceipt"),
    ],
)
def test_entities_are_spelled_as_we_know_them(sent, kept):
    """The new format writes small letters; what we do not know stays as it came."""
    (notice,) = read({**EVENT, "type": f"qbo.{sent}.updated.v1"})

    assert notice.entity == kept


@pytest.mark.parametrize(
    "more",
    [
        {"data": {"deletedid": "27"}},
        {"data": {"deletedId": "27"}},
        {"data": {"deleted_id": 27}},
        {"deletedid": "27"},
        {"intuitdeletedid": "27"},
    ],
)
def test_a_merge_says_who_is_gone_however_it_is_spelled(more):
    """The survivor and the one that was merged into it are not confused."""
    (notice,) = read({**EVENT, "type": "qbo.customer.merged.v1", **more})

    assert (notice.id, notice.deleted_id) == ("3", "27")


def test_a_merge_in_the_older_format_says_who_is_gone():
    """The survivor and the one that was merged into it are not confused."""
    told = {**ENTITY, "operation": "Merge", "deletedId": "27"}
    (notice,) = read({"eventNotifications": [legacy(told)]})

    assert notice.operation is Operation.MERGED
    assert (notice.id, notice.deleted_id) == ("3", "27")


def test_only_a_merge_has_a_loser():
    """A stray id does not make a merge of an ordinary change."""
    (notice,) = read({**EVENT, "data": {"deletedid": "27"}})

    assert notice.deleted_id is None


def test_one_delivery_may_tell_of_several_companies():
    """Each piece of news goes to its own company, in the order it came."""
    old = read(
        {"eventNotifications": [legacy(ENTITY, ENTITY), legacy(ENTITY, realm="2")]}
    )
    new = read([EVENT, {**EVENT, "intuitaccountid": "2", "id": "e-2"}])

    assert [notice.realm for notice in old] == [REALM, REALM, "2"]
    assert [notice.realm for notice in new] == [REALM, "2"]


def test_strange_news_does_not_spoil_the_others():
    """One notice we cannot read costs only itself."""
    strange = [
        "text",
        None,
        {},
        {**EVENT, "intuitentityid": None},
        {**EVENT, "intuitaccountid": ""},
        {**EVENT, "intuitentityid": {"value": "3"}},
        {**EVENT, "intuitentityid": "3" * 101},
        {**EVENT, "type": 7},
    ]
    assert read([*strange, EVENT]) == read([EVENT])

    news = [
        legacy(ENTITY),
        {"realmId": "2"},
        {"realmId": "2", "dataChangeEvent": {"entities": "none"}},
        legacy({"name": "Customer"}, "text", {"id": "3"}),
    ]
    assert len(read({"eventNotifications": news})) == 1


def test_what_we_do_not_know_is_left_aside():
    """New properties of Intuit change nothing."""
    told = {"eventNotifications": [legacy({**ENTITY, "colour": ["red"]})], "more": 1}

    assert read({**EVENT, "colour": {"a": [1]}}) == read(EVENT)
    assert read(told) == read({"eventNotifications": [legacy(ENTITY)]})


@pytest.mark.parametrize("kind", ["class.created", "", "qbo", "qbo.", "payroll.x.y"])
def test_a_type_of_another_shape_is_kept_as_it_came(kind):
    """News of an unknown kind is news all the same."""
    found = read({**EVENT, "type": kind})

    assert [notice.entity for notice in found] == ([kind] if kind else [])
    assert all(notice.operation is Operation.OTHER for notice in found)


def test_news_of_the_preferences_needs_no_id():
    """A company has its preferences only once."""
    event = {**EVENT, "type": "qbo.preferences.updated.v1", "intuitentityid": None}
    (notice,) = read(event)

    assert (notice.entity, notice.id) == ("Preferences", "")


def test_the_same_news_twice_is_recognised():
    """A delivery that is repeated can be told from a second change."""
    first = read({"eventNotifications": [legacy(ENTITY)]})
    second = read({"eventNotifications": [legacy(ENTITY), legacy(ENTITY, realm="2")]})
    later = read({"eventNotifications": [legacy({**ENTITY, "lastUpdated": "x"})]})

    assert first[0].event_id == second[0].event_id
    assert len({notice.event_id for notice in (*second, *later)}) == 3


@pytest.mark.parametrize("told", [{}, {"lastUpdated": None}])
def test_news_without_a_time_is_not_mistaken_for_older_news(told):
    """Two changes that look alike are told apart by the deliveries they came in."""
    entity = {key: ENTITY[key] for key in ("name", "id", "operation")} | told
    (first,) = read({"eventNotifications": [legacy(entity)], "n": 1})
    (second,) = read({"eventNotifications": [legacy(entity)], "n": 2})

    assert first.at is None
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    "moment",
    ["soon", "2026-11-03T10:00:00", "0001-01-01T00:00:00+23:59", 5, None, "x" * 500],
)
def test_a_time_we_cannot_read_is_unknown(moment):
    """A guess about the time would be worse than none."""
    (notice,) = read({**EVENT, "time": moment})

    assert notice.at is None


@pytest.mark.parametrize("event_id", [None, "", "x" * 101, ["e"]])
def test_an_event_without_a_usable_number_gets_one(event_id):
    """Every piece of news can be remembered by its number."""
    (notice,) = read({**EVENT, "id": event_id})

    assert len(notice.event_id) == 64
