"""
Writes a gigabyte of log with a secret in every field and looks for them; run by hand.

    python -m tests.benchmarks.logs [megabytes] [seed]
"""

import random
import sys
import time

import structlog

from addon import logs
from tests.test_logs import a_case

# Every secret that the cases hide begins with this word.
MARK = "CANARY"
FIELDS = 24


class Sieve:
    """A stream that keeps nothing but what should not be there."""

    def __init__(self) -> None:
        self.written = 0
        self.leaks: list[str] = []

    def write(self, text: str) -> int:
        """Count what is written, and keep a line that holds a secret."""
        self.written += len(text)
        if MARK in text:
            self.leaks.append(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


def main(megabytes: int, seed: int) -> int:
    """Log until there is enough, and say what was found."""
    rng = random.Random(seed)
    sieve = Sieve()
    logs.configure(sieve)
    log = structlog.get_logger("addon.transfer")
    begun = time.monotonic()
    events = 0
    while sieve.written < megabytes * 1_000_000 and not sieve.leaks:
        told = {f"part_{n}": a_case(rng)[0] for n in range(FIELDS)}
        log.info("run.progress", run=events, **told)
        events += 1
    seconds = time.monotonic() - begun
    print(
        f"P20: {sieve.written / 1e9:.3f} GB in {events:,} lines of {FIELDS} secrets"
        f" each, {len(sieve.leaks)} leaks, {seconds:.0f} s (seed {seed})"
    )
    return 1 if sieve.leaks else 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [1000, 20][len(given) :])))
