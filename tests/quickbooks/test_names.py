"""Names that QuickBooks would refuse are recognised before they are sent."""

import pytest

from addon.quickbooks.names import problem_with, warning_about


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Acme: North", "colon"),
        ("Acme\tNorth", "tab"),
        ("Acme\nNorth", "line break"),
        ("", "empty"),
        ("   ", "empty"),
        ("x" * 501, "501"),
    ],
)
def test_a_name_quickbooks_refuses_is_explained(name, word):
    """The reader learns which character or length is the trouble."""
    assert word in problem_with(name)
    assert warning_about(name) is None


@pytest.mark.parametrize("name", ["Cool Cars", "O'Hara & Søn", "x" * 500, "日本"])
def test_an_ordinary_name_is_fine(name):
    """Umlauts, apostrophes and other scripts are no problem."""
    assert problem_with(name) is None


def test_a_long_name_is_worth_a_warning():
    """More than a hundred characters are taken, but not shown everywhere."""
    assert warning_about("x" * 100) is None
    assert "101" in warning_about("x" * 101)
