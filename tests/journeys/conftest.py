"""What the tests of this room share."""

from tests.stores import desk

__all__ = ["desk"]
