"""Looks for words that must not be found, in files and in tables."""

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from addon.records import db


def found_in(text: bytes, words: Iterable[str]) -> set[str]:
    """Say which of the words stand in these bytes."""
    return {word for word in words if word and word.encode() in text}


def found_in_files(folder: Path, words: Iterable[str]) -> set[str]:
    """Say which of the words stand in any file below a folder, journals included."""
    wanted = list(words)
    found: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found |= found_in(path.read_bytes(), wanted)
    return found


def found_in_database(words: Iterable[str]) -> set[str]:
    """Say which of the words stand in any row; needs an app context."""
    wanted = list(words)
    found: set[str] = set()
    with db.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
            found |= found_in("\n".join(map(str, rows)).encode(), wanted)
    return found
