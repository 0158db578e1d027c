"""What the world may know of us: manifest, health and figures."""

import json
from pathlib import Path
from typing import Any

import prometheus_client
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from addon import records
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
    return jsonify(found), 200 if is_well else 503


@bp.get("/metrics")
@guards.public
def metrics() -> Response:
    """Give Prometheus its figures; they name no workspace, company or person."""
    return Response(
        prometheus_client.generate_latest(),
        content_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


def _state(ping: Any, trouble: Any) -> str:  # noqa: ANN401
    try:
        ping()
    except trouble:
        return "unreachable"
    return "ok"
