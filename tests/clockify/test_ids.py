"""Ids that are held in less memory stay the ids they are."""

from hypothesis import given
from hypothesis import strategies as st

from addon.clockify.ids import id_of, key_of

IDS = st.text() | st.text("0123456789abcdef", min_size=24, max_size=24)
HEXADECIMAL = st.text("0123456789abcdefABCDEF ", max_size=26)


@given(IDS | HEXADECIMAL, IDS | HEXADECIMAL)
def test_a_key_is_the_id_of_one_alone(one, other):
    """Equal ids have equal keys, others have others, and a key gives its id back."""
    assert id_of(key_of(one)) == one
    assert (key_of(one) == key_of(other)) == (one == other)
