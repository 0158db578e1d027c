"""Processes that all want a usable token at the same moment, on one clock."""

import mmap
import os
import struct
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from addon import create_app, logs
from addon.config import Settings
from addon.quickbooks.errors import Disconnected, QuickBooksError
from addon.records import db, within
from addon.transfer.renew import access_token

RECONNECT = "reconnect"


class SharedClock:
    """A clock that several processes look at, and that one of them moves."""

    def __init__(self, path: Path) -> None:
        """Begin with the time of day, or with what another process has set."""
        if not path.exists():
            path.write_bytes(struct.pack("d", 0.0))
        with path.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)

    def __call__(self) -> datetime:
        """Tell the time."""
        (seconds,) = struct.unpack("d", self._ahead[:])
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def forward(self, seconds: float) -> bool:
        """Move ahead for everybody."""
        (before,) = struct.unpack("d", self._ahead[:])
        self._ahead[:] = struct.pack("d", before + seconds)
        return False


def nap(_seconds: float) -> bool:
    """Wait as the add-on does, only shorter."""
    time.sleep(0.02)
    return False


def want_tokens(path: Path) -> None:
    """Be a worker that answers each line with the token it would use."""
    logs.configure()
    settings = Settings.from_environ(os.environ)
    app = create_app(settings, clock=SharedClock(path), sleep=nap)
    outside = app.extensions["outside"]
    print(f"ready {outside.owner}", flush=True)
    for _ in sys.stdin:
        with app.app_context(), within(1):
            try:
                said = access_token(outside, 1)
            except Disconnected:
                said = RECONNECT
            except (QuickBooksError, SQLAlchemyError) as problem:
                said = f"failed: {type(problem).__name__}"
            db.session.remove()
        print(f"token {said}", flush=True)
