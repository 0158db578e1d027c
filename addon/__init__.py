"""Hours to Books: the whole wiring on one screen."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests
from flask import Flask
from requests.adapters import HTTPAdapter

from addon.clockify.tokens import Verifier
from addon.config import Settings
from addon.quickbooks.oauth import Intuit

__all__ = ["create_app"]

# A page posts a few thousand entry ids at most; Clockify's bodies are small.
LARGEST_BODY = 2 * 1024 * 1024


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    sleep: Callable[[float], object] | None = None,
) -> Flask:
    """Put the application together from its settings; starts nothing."""
    from addon import jobs, records, web
    from addon.records.pace import common_now
    from addon.records.sealed import Vault
    from addon.transfer.outside import Outside

    # A clock that somebody moves is the only time there is.
    steady = (lambda: clock().timestamp()) if clock else time.monotonic
    app = _flask(settings)
    halt = threading.Event()
    app.extensions["halt"] = halt
    app.extensions["vault"] = Vault(settings.secret_keys)
    records.init_app(app)
    queue = jobs.Queue(app, settings.queue_url)
    http = _http(settings)
    app.extensions["queue"] = queue
    app.extensions["outside"] = Outside(
        settings=settings,
        http=http,
        verifier=Verifier(settings.clockify_keys, settings.addon_key),
        intuit=_intuit(http, settings),
        clock=clock or utc_now,
        common_clock=None if clock else common_now,
        steady=steady,
        sleep=sleep or halt.wait,
        ring=queue.ring,
        halt=halt,
    )
    web.init_app(app, settings)
    return app


def _flask(settings: Settings) -> Flask:
    app = Flask(
        "addon",
        template_folder=_folder("templates"),
        static_folder=_folder("static"),
        static_url_path="/static",
    )
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # A database that was away must not cost the first caller who comes after; a
        # file is never away.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.uses_sqlite},
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=50_000,
    )
    return app


def _folder(name: str) -> str:
    """Find a folder beside the package, or inside it where it was installed."""
    beside = Path(__file__).parent.parent / name
    return str(beside if beside.is_dir() else Path(__file__).parent / f"_{name}")


def _http(settings: Settings) -> requests.Session:
    """Make the one door to the network: pooled, without cookies or proxy surprises."""
    http = requests.Session()
    http.trust_env = False
    http.headers["User-Agent"] = f"hours-to-books/{settings.version}"
    # Cookies of one company's call must never travel with another's.
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=16, pool_maxsize=32)
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    return http


def _intuit(http: requests.Session, settings: Settings) -> Intuit:
    return Intuit(
        http,
        client_id=settings.intuit_client_id,
        client_secret=settings.intuit_client_secret,
        authorize_url=settings.authorize_url,
        token_url=settings.token_url,
        revoke_url=settings.revoke_url,
        redirect_uri=f"{settings.base_url}/quickbooks/callback",
    )
