"""
Blow storms of news at a real server and measure; run by hand.

    python -m tests.benchmarks.storm [notices] [seconds]
"""

import gc
import multiprocessing
import sys
import tempfile
from pathlib import Path

from addon.sandbox import Sandbox
from tests.storm import Coast, Weather, blow, meanwhile
from tests.web.test_notices import burst, free_port, settled


def main(notices: int, seconds: int) -> None:
    """Print the burst, its empty route, the steady rate and the panel's probes."""
    # What measures must not rest in the middle of it.
    gc.disable()
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        coast = Coast(Path(folder), sandbox, free_port())
        with coast.server:
            coast.connect()
            settled(coast)
            empty = blow(coast.port, coast.looks("/nowhere", 1000), rate=83)
            weather, marks = burst(coast, notices, rate=notices / 60)
            print(f"burst in a minute: {weather}; {marks} noted, {weather.answers}")
            print(f"an empty route   : {empty}")
            settled(coast)
            steady, marks = burst(coast, 100 * seconds, rate=100)
            print(f"P11, 100 a second: {steady}; {marks} noted")
            settled(coast)
            # Longer, because a twentieth of few probes is chance.
            _panel(coast, 3 * seconds)


def _panel(coast: Coast, seconds: int) -> None:
    looks = coast.looks("/settings/panel", 5 * seconds)
    news = coast.news(200 * seconds)
    # A person's browser is a process of its own: it does not share the storm's.
    with multiprocessing.get_context("spawn").Pool(1) as browser:

        def probe() -> Weather:
            return browser.apply(blow, (coast.port, looks), {"rate": 5})

        idle = probe()
        storm, under = meanwhile(lambda: blow(coast.port, news, rate=200), probe)
    print(f"P10, panel idle  : {idle}")
    print(f"P10, in the storm: {under}")
    print(f"P10, the storm   : {storm}; {storm.answers}")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given or [5000, 20]))
