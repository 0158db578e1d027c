"""Every way in, and what each of them may do."""

from flask import Flask

from addon.config import Settings
from addon.web import (
    connection,
    doubts,
    entries,
    formats,
    guards,
    headers,
    history,
    lifecycle,
    links,
    manifest,
    notices,
    preferences,
    problems,
    pulse,
    runs,
    settings,
    setup,
    waiting,
    webhooks,
)

BLUEPRINTS = (
    manifest.bp,
    lifecycle.bp,
    webhooks.bp,
    notices.bp,
    connection.bp,
    settings.bp,
    links.bp,
    history.bp,
    pulse.bp,
    setup.bp,
    preferences.bp,
    entries.bp,
    doubts.bp,
    runs.bp,
    waiting.bp,
)


def init_app(app: Flask, chosen: Settings) -> None:
    """Hang every way in, its guard, its headers and its refusals on the application."""
    # Clockify joins its base address and our paths into "//webhooks/...".
    app.url_map.merge_slashes = True
    app.url_map.strict_slashes = False
    app.wsgi_app = guards.MergeSlashes(app.wsgi_app)  # type: ignore[method-assign]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    formats.init_app(app)
    guards.init_app(app)
    headers.init_app(app, chosen)
    problems.init_app(app)
