"""Worlds that the tests of a file share: starting one takes longer than asking it."""

from collections.abc import Iterator

import pytest

from tests.doors import Doors
from tests.firms import Firms
from tests.world import World


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The add-on, installed in one workspace and not connected to any company."""
    with World(tmp_path_factory.mktemp("doors"), entries=12) as world:
        world.sandbox.clockify.rate_limit = None
        world.install()
        yield Doors(world)


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firms]:
    """Two firms, each connected to its own company, each with a finished run."""
    with World(tmp_path_factory.mktemp("firms"), entries=30) as world:
        world.sandbox.clockify.rate_limit = None
        yield Firms(world)
