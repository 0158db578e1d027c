"""What the world may know of us: manifest, health and figures."""

import json
from pathlib import Path
from typing import Any

import prometheus_client
from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.exc import SQLAlchemyError

from addon import records
from addon.records import presence
from addon.web import guards
from addon.web.htmx import outside

bp = Blueprint("manifest", __name__)

BESIDE = Path(__file__).parent.parent.parent / "manifest.json"
INSIDE = Path(__file__).parent.parent / "manifest.json"


def manifest() -> dict[str, Any]:
    """Read the manifest as it lies in the project."""
    file = BESIDE if BESIDE.is_file() else INSIDE
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


@bp.get("/manifest.json")
@guards.public
def show() -> Response:
    """Tell Clockify about ourselves, at the address we are reached under."""
    settings = outside().settings
    ours = {"baseUrl": settings.base_url, "key": settings.addon_key}
    return jsonify(manifest() | ours)


@bp.get("/health")
@guards.public
def health() -> tuple[Response, int]:
    """Tell a load balancer whether we can serve."""
    found = {
        "database": _state(records.ping, SQLAlchemyError),
        "queue": _state(
            current_app.extensions["queue"].ping,
            current_app.extensions["queue"].trouble,
        ),
        "version": outside().settings.version,
    }
    is_well = found["database"] == found["queue"] == "ok"
    # Without a worker we can serve all the same, so the status stays what it is.
    found["worker"] = _worker() if found["database"] == "ok" else "unknown"
    return jsonify(found), 200 if is_well else 503


@bp.get("/metrics")
@guards.public
def metrics() -> Response:
    """Give Prometheus its figures; they name no workspace, company or person."""
    return Response(
        prometheus_client.generate_latest() + _figures_of_all(),
        content_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


def _worker() -> str:
    with records.reading():
        is_present = presence.is_present(outside().now())
        records.db.session.rollback()
    return "ok" if is_present else "not seen"


def _figures_of_all() -> bytes:
    """Give what is true of all processes together, as the database knows it."""
    registry = CollectorRegistry()
    seen = Gauge(
        "addon_worker_seen_timestamp_seconds",
        "When a worker last looked for what is owed; 0 where none ever has.",
        registry=registry,
    )
    try:
        with records.reading():
            last = presence.last_seen()
            records.db.session.rollback()
    except SQLAlchemyError:
        return b""
    seen.set(last.timestamp() if last else 0)
    return prometheus_client.generate_latest(registry)


def _state(ping: Any, trouble: Any) -> str:  # noqa: ANN401
    try:
        ping()
    except trouble:
        return "unreachable"
    return "ok"
