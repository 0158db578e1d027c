"""The web process: gunicorn with threads, and the worker inside where files serve."""

import gc
import logging
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from addon.config import Settings
from addon.logs import RequestLog

THREADS = 8
# How long one thread may keep the others of its process waiting; Python's own 5 ms
# are paid at each of the many steps of an answer.
SWITCH_SECONDS = 0.002
_MOST_PROCESSES = 64


class Server(BaseApplication):  # type: ignore[misc]
    """One add-on behind gunicorn; `run()` returns when it was asked to stop."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        """Keep the settings; the application is built in each process of its own."""
        self._settings = settings
        self._options = options(settings, environ)
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn our options; its own files and variables stay unread."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> RequestLog:
        """Build the application inside the process that will use it."""
        from addon import create_app, records

        self._settings.make_folders()
        self.flask: Flask = create_app(self._settings)
        if self._settings.database_url.startswith("sqlite:"):
            records.migrate(self.flask)
        return RequestLog(self.flask)


def options(settings: Settings, environ: Mapping[str, str]) -> dict[str, Any]:
    """Choose gunicorn's options; with a SQLite file there is exactly one process."""
    embedded = settings.queue_url.startswith("sqlite:")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "workers": 1 if settings.uses_sqlite else _processes(environ),
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": 60,
        "graceful_timeout": 30,
        "keepalive": 5,
        # A panel's address carries a signed token, so the line is a long one.
        "limit_request_line": 8190,
        "limit_request_fields": 100,
        "limit_request_field_size": 8190,
        "forwarded_allow_ips": environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),
        "control_socket_disable": True,
        "accesslog": None,
        "logger_class": _Log,
        "post_worker_init": _start_with_queue if embedded else _start,
        "worker_exit": _stop_queue if embedded else _do_nothing_at_exit,
    }


def _processes(environ: Mapping[str, str]) -> int:
    wanted = environ.get("WEB_CONCURRENCY", "")
    if wanted.isascii() and wanted.isdigit():
        return min(max(int(wanted), 1), _MOST_PROCESSES)
    return 2


class _Log(Logger):  # type: ignore[misc]
    """Gunicorn's own lines, sent to our log so that they are redacted too."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)


# Gunicorn looks at how many arguments a hook takes, so each has its exact shape.
def _start(_worker: Any) -> None:  # noqa: ANN401
    # What is there now stays until the end. Looking it through for garbage again and
    # again would hold up all that answer, for a tenth of a second each time.
    gc.collect()
    gc.freeze()


def _start_with_queue(worker: Any) -> None:  # noqa: ANN401
    _start(worker)
    # A thread that works out links must let those that answer go first, soon.
    sys.setswitchinterval(SWITCH_SECONDS)
    worker.app.flask.extensions["queue"].start_worker_threads()


def _stop_queue(_arbiter: Any, worker: Any) -> None:  # noqa: ANN401
    flask = getattr(worker.app, "flask", None)
    if flask is not None:  # absent when the application could not be built
        flask.extensions["queue"].stop()


def _do_nothing_at_exit(_arbiter: Any, _worker: Any) -> None:  # noqa: ANN401
    pass
