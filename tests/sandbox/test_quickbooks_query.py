"""The query language: what may be asked, what comes back, what is refused."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addon.sandbox.quickbooks.faults import Fault
from addon.sandbox.quickbooks.query import run
from addon.sandbox.quickbooks.stories import tell
from tests.sandbox.intuit_app import App, Clock, code_of, connected, hours


@pytest.fixture
def app() -> Iterator[App]:
    with connected() as made:
        yield made


def names(app: App, text: str) -> list[str]:
    found = app.query(text)
    rows = next((v for v in found.values() if isinstance(v, list)), [])
    return [row.get("DisplayName") or row["Name"] for row in rows]


TWIN_LANE = "Freeman Sporting Goods:55 Twin Lane"
DEAR = "UnitPrice > '60'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from Customer where Id = '3'", ["Cool Cars"]),
        (r"SELECT * FROM Customer WHERE DisplayName = 'Pye\'s Cakes'", ["Pye's Cakes"]),
        ("select * from Employee where GivenName in ('Emily')", ["Emily Platt"]),
        ("select * from Customer where DisplayName LIKE 'Re%er'", ["Red Rock Diner"]),
        (
            "select * from Customer where Id >= '8' and Id < '10' orderby Id",
            ["0969 Ocean View Road", "55 Twin Lane"],
        ),
        (
            f"select * from Customer where FullyQualifiedName = '{TWIN_LANE}'",
            ["55 Twin Lane"],
        ),
        (
            f"select * from Item where {DEAR} and Type = 'Service' ORDER BY Name DESC",
            ["Design", "Custom Design"],
        ),
        (
            "select * from Vendor where Active = true order by Id asc maxresults 1",
            ["Books by Bessie"],
        ),
        (
            "select * from Vendor order by Id startposition 2 maxresults 1",
            ["Brosnahan Insurance Agency"],
        ),
        ("select Id, DisplayName from Vendor where Id='40'", ["Hall Properties"]),
        ("select * from Customer where DisplayName = 'nobody'", []),
    ],
)
def test_questions_are_answered(app: App, text: str, expected: list[str]) -> None:
    """Conditions, order and paging do what they say."""
    assert names(app, text) == expected


def test_an_empty_answer_has_no_list_at_all(app: App) -> None:
    """The key is missing, not empty."""
    assert app.query("select * from TimeActivity") == {}


def test_counting(app: App) -> None:
    """A total and nothing else."""
    assert app.query("SELECT COUNT(*) FROM Employee") == {"totalCount": 5}


def test_the_newest_stand_first_unless_ordered(app: App) -> None:
    """Default order is Id descending, a hundred at a time."""
    for _ in range(3):
        app.post("timeactivity", hours())
    rows = app.query("select * from TimeActivity")["TimeActivity"]
    assert [row["Id"] for row in rows] == ["3", "2", "1"]
    page = app.query("select * from TimeActivity startposition 2 maxresults 1")
    assert (page["startPosition"], page["maxResults"]) == (2, 1)


def test_a_page_holds_a_hundred_rows_unless_asked_otherwise(app: App) -> None:
    """And a thousand at most."""
    for n in range(80):
        app.company.add_customer(f"Customer {n:03}")
    assert len(names(app, "select * from Customer")) == 100
    assert len(names(app, "select * from Customer maxresults 1000")) == 109


def test_inactive_names_are_hidden_unless_asked_for(app: App) -> None:
    """Only living rows, as in QuickBooks."""
    app.company.deactivate("Employee", "54")
    gone = "John Johnson (deleted)"
    assert gone not in names(app, "select * from Employee")
    assert names(app, "select * from Employee where Active = false") == [gone]
    every = "select * from Employee where Active IN (true, false)"
    assert gone in names(app, every)
    assert app.query("select count(*) from Employee") == {"totalCount": 4}


def test_paging_is_no_snapshot(app: App) -> None:
    """A row deleted between two pages hides a living one."""
    for _ in range(4):
        app.post("timeactivity", hours())
    ask = "select * from TimeActivity orderby Id startposition {} maxresults 2"
    first = app.query(ask.format(1))["TimeActivity"]
    app.company.delete_activity("1")
    second = app.query(ask.format(3))["TimeActivity"]
    assert [row["Id"] for row in first + second] == ["1", "2", "4"]


def test_time_is_found_by_day_and_by_last_change(app: App) -> None:
    """The two ways to look for what may have been written."""
    app.post("timeactivity", hours(TxnDate="2026-03-01"))
    app.clock.pass_(minutes=50)
    app.post("timeactivity", hours(TxnDate="2026-03-03"))
    day = "select * from TimeActivity where TxnDate >= '2026-03-02'"
    assert [r["Id"] for r in app.query(day)["TimeActivity"]] == ["2"]
    since = (
        "select * from TimeActivity where"
        " MetaData.LastUpdatedTime > '2026-03-04T10:30:00-08:00'"
    )
    assert [r["Id"] for r in app.query(since)["TimeActivity"]] == ["2"]


def test_a_query_may_come_as_a_body(app: App) -> None:
    """POST with the text itself."""
    headers = {"Content-Type": "application/text"}
    text = "select * from CompanyInfo"
    answer = app.call("POST", "query", data=text, headers=headers).json()
    company = answer["QueryResponse"]["CompanyInfo"][0]
    assert company["CompanyName"] == "Craig's Design and Landscaping Services"
    prefs = app.query("select * from Preferences")["Preferences"][0]
    assert prefs["OtherPrefs"]["NameValue"][0]["Value"] == "true"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("4000", ""),
        ("4000", "select"),
        ("4000", "select * from"),
        ("4000", "delete from Customer"),
        ("4000", "select * from Customer where"),
        ("4000", "select * from Customer where Id = '1' or Id = '2'"),
        ("4000", "select * from Customer where Id != '1'"),
        ("4000", "select * from Customer where DisplayName = 'Pye's Cakes'"),
        ("4000", "select * from Customer where DisplayName = Pye"),
        ("4000", "select * from Customer maxresults many"),
        ("4000", "select * from Customer; select * from Vendor"),
        ("4001", "select * from Nonsense"),
        ("4001", "select * from Customer where Shoe = '1'"),
        ("4001", "select * from Customer where ParentRef = '7'"),
        ("4001", "select * from Customer orderby Notes"),
        ("4001", "select * from TimeActivity where EmployeeRef = '55'"),
        ("4001", "select * from TimeActivity where CustomerRef = '3'"),
        ("4001", "select * from TimeActivity where Description = 'mark'"),
        ("4001", "select * from TimeActivity where Description like '%mark%'"),
        ("4001", "select * from TimeActivity where TxnDate > 'yesterday'"),
        ("4001", "select * from TimeActivity where TxnDate like '2026%'"),
        ("4001", "select CompanyName from CompanyInfo"),
        ("4001", "select * from Customer startposition 0"),
        ("4001", "select * from Customer maxresults 0"),
        ("4001", "select * from Customer maxresults 1001"),
    ],
)
def test_bad_questions_are_refused(app: App, code: str, text: str) -> None:
    """4000 for what cannot be read, 4001 for what may not be asked."""
    answer = app.call("GET", "query", params={"query": text})
    assert (answer.status_code, code_of(answer)) == (400, code), answer.text


WORDS = (
    "select * count ( ) from Customer TimeActivity where Id DisplayName TxnDate"
    " Active MetaData.CreateTime = <= >= < > in like and orderby order by desc"
    " startposition maxresults 1 0 -1 , '1' 'a%' '2026-01-01' 'x\\' true"
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(WORDS.split(" ")), max_size=16).map(" ".join),
    )
)
def test_no_question_whatever_breaks_the_service(text: str) -> None:
    """It is answered, or refused as 4000 or 4001."""
    try:
        found = "answer" if isinstance(run(COMPANY, text), dict) else "nothing"
    except Fault as fault:
        found = fault.code
    assert found in ("answer", "4000", "4001")


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=":"),
        min_size=1,
        max_size=40,
    )
)
def test_every_name_can_be_asked_for(name: str) -> None:
    """Apostrophes and backslashes are escaped by a backslash."""
    company = tell("empty", "1", Clock())
    company.add_customer(name)
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    found = run(company, f"select * from Customer where DisplayName = '{quoted}'")
    assert [row["DisplayName"] for row in found["Customer"]] == [name]


COMPANY = tell("craig", "1", Clock())
