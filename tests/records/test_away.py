"""A PostgreSQL that does not answer, and machines that stop in the middle."""

import socket
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from addon import create_app
from addon.config import Settings
from addon.records import db

ENOUGH = 10.0


def app_at(address: str, folder: Path) -> Flask:
    """Build the add-on for a database at this address."""
    return create_app(
        Settings.from_environ(
            {
                "ADDON_BASE_URL": "https://hours.example.com",
                "ADDON_SECRET_KEYS": Fernet.generate_key().decode(),
                "INTUIT_CLIENT_ID": "client-id",
                "INTUIT_CLIENT_SECRET": "client-secret",
                "DATABASE_URL": address,
                "QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
            }
        )
    )


def test_a_database_that_says_nothing_is_told_within_seconds(tmp_path: Path) -> None:
    """A load balancer learns soon that a silent database cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        app = app_at(f"postgresql://me@127.0.0.1:{port}/hours", tmp_path)
        began = time.monotonic()
        answer = app.test_client().get("/health")
        took = time.monotonic() - began
    app.extensions["outside"].http.close()
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
    assert took < ENOUGH


@pytest.mark.postgres
def test_what_a_frozen_machine_holds_is_set_free(
    tmp_path: Path, postgres_url: str
) -> None:
    """PostgreSQL itself ends a transaction in which nothing happens any more."""
    app = app_at(postgres_url, tmp_path)
    with app.app_context():
        asked = "SHOW idle_in_transaction_session_timeout"
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql(asked).scalar() == "3min"
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql(asked).scalar() == "3min"
        db.engine.dispose()
    app.extensions["outside"].http.close()
