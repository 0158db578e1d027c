"""What the tests of this room share."""

from tests.databases import database

__all__ = ["database"]
