"""What the tests of this room share."""

import io
from collections.abc import Iterator

import pytest
import structlog

from addon import logs
from tests.databases import database
from tests.stores import desk

__all__ = ["database", "desk", "said"]


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What the add-on logs, as an operator would see it."""
    stream = io.StringIO()
    logs.configure(stream)
    try:
        yield stream
    finally:
        logs.configure(io.StringIO())
        structlog.reset_defaults()
