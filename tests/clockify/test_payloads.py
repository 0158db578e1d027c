"""Workspaces, users, clients and projects as Clockify sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.clockify import payloads
from addon.clockify.errors import Malformed
from addon.rules.entry import Rounding, RoundingWay

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
READERS = (payloads.workspace, payloads.user, payloads.work_client, payloads.project)


def rounded(way: object, minutes: object, *, on: object = True):
    settings = {
        "timeRoundingInReports": on,
        "round": {"round": way, "minutes": minutes},
    }
    return payloads.workspace({"id": "w1", "workspaceSettings": settings}).rounding


@pytest.mark.parametrize(
    ("way", "minutes", "rounding"),
    [
        ("Round to nearest", "15", Rounding(RoundingWay.NEAREST, 15)),
        ("Round up to", "6", Rounding(RoundingWay.UP, 6)),
        ("Round down to", "30", Rounding(RoundingWay.DOWN, 30)),
        ("ROUND_UP", 1, Rounding(RoundingWay.UP, 1)),
        ("Round to nearest", "0", None),
    ],
)
def test_a_workspaces_rounding_is_read_in_words_and_numbers(way, minutes, rounding):
    """Clockify writes both parts of it as texts."""
    assert rounded(way, minutes) == rounding
    assert rounded(way, minutes, on=False) is None


@pytest.mark.parametrize(
    ("way", "minutes"),
    [
        ("Round sideways", "15"),
        (None, "15"),
        ("Round up to", "a quarter"),
        ("Round up to", "-15"),
        ("Round up to", "1441"),
        ("Round up to", "7.5"),
        ("Round up to", 7.5),
        ("Round up to", None),
        ("Round up to", "9" * 5000),
    ],
)
def test_a_rounding_we_do_not_know_is_not_guessed(way, minutes):
    """Wrong hours on an invoice are worse than none."""
    with pytest.raises(Malformed):
        rounded(way, minutes)


def test_a_workspaces_currency_is_its_default_one():
    """The list of currencies counts; without it, the currency of the hourly rate."""
    currencies = [
        {"code": "USD", "isDefault": False},
        {"code": "EUR", "isDefault": True},
    ]
    rate = {"amount": 4000, "currency": "GBP"}
    body = {"id": "w1", "name": "Craig's", "currencies": currencies, "hourlyRate": rate}
    assert payloads.workspace(body).currency == "EUR"
    assert payloads.workspace(body | {"currencies": None}).currency == "GBP"
    assert payloads.workspace({"id": "w1"}).currency is None


@pytest.mark.parametrize(
    ("told", "status", "active"),
    [
        ("ACTIVE", "ACTIVE", True),
        ("PENDING", "PENDING", True),
        ("INACTIVE", "INACTIVE", False),
        ("DECLINED", "DECLINED", False),
        ("PENDING_EMAIL_VERIFICATION", "PENDING", True),
        ("NOT_REGISTERED", "PENDING", True),
        ("LIMITED", "LIMITED", True),
        (None, "ACTIVE", True),
    ],
)
def test_a_users_status_is_read_in_both_vocabularies(told, status, active):
    """Clockify answers with the state of the membership or of the account."""
    found = payloads.user({"id": "u1", "name": "Emily", "status": told})
    assert (found.status, found.is_active) == (status, active)


def test_a_user_may_have_neither_email_nor_settings():
    """Limited users have no e-mail; someone invited has no name yet."""
    bare = payloads.user({"id": "u1", "name": "Noah", "email": None, "settings": None})
    assert (bare.email, bare.zone) == (None, None)
    invited = payloads.user(
        {"id": "u2", "email": "a@b.c", "settings": {"timeZone": "Europe/Belgrade"}}
    )
    assert (invited.name, invited.zone) == ("a@b.c", "Europe/Belgrade")


def test_a_project_without_a_client_belongs_to_none():
    """Clockify writes it as an empty text or as null."""
    for nothing in ("", None):
        found = payloads.project({"id": "p1", "name": "Own", "clientId": nothing})
        assert found.client_id is None


@given(
    ANYTHING,
    st.sampled_from(
        [
            "id",
            "name",
            "status",
            "settings",
            "workspaceSettings",
            "currencies",
            "hourlyRate",
            "archived",
            "clientId",
            "billable",
        ]
    ),
)
def test_any_nonsense_is_refused_in_the_same_way(value, key):
    """No answer, however odd, breaks the add-on."""
    for read in READERS:
        for body in (value, {"id": "x1"} | {key: value}):
            try:
                read(body)
            except Malformed:
                continue
    for way in (value, "Round up to"):
        try:
            rounded(way, value)
        except Malformed:
            continue
    with pytest.raises(Malformed):
        payloads.listed({"a": value}, "users", payloads.user)
