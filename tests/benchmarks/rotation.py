"""
Measure how fast keys are changed where nothing else happens; run by hand.

    python -m tests.benchmarks.rotation [rows] [database address]
"""

import sys
import tempfile
import time
from pathlib import Path

from cryptography.fernet import Fernet

from addon import records
from tests.records.test_rotation import fill
from tests.world import World


def main(rows: int, address: str) -> None:
    """Print rows a second for a change of keys, and for one with nothing to do."""
    keys = [Fernet.generate_key().decode() for _ in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ADDON_SECRET_KEYS": ",".join(keys)}
        if address:
            settings["DATABASE_URL"] = address
        with World(Path(folder), environ=settings, entries=0) as world:
            fill(world, rows)
            world._environ["ADDON_SECRET_KEYS"] = ",".join(reversed(keys))
            app = world.make_app()
            for what in ("with an older key", "with the newest"):
                clock, work = time.perf_counter(), time.process_time()
                count = records.rotate(app)
                clock, work = time.perf_counter() - clock, time.process_time() - work
                print(
                    f"{rows} rows {what}: {count} changed, {rows / clock:,.0f} rows/s,"
                    f" {rows / work:,.0f} for each second of this process's work"
                )
            with app.app_context():
                records.db.engine.dispose()


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["10000"])[0]), "".join(sys.argv[2:]))
