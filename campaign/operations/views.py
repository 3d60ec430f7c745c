"""Whether the process lives, whether it can serve, and figures of it."""

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from campaign.operations.health import is_ready
from campaign.operations.queries import figures
from campaign.permissions import public

operations = Blueprint("operations", __name__)


@operations.get("/healthz")
@public
def healthz() -> Response:
    """Answer that the process lives."""
    return jsonify(status="ok")


@operations.get("/readyz")
@public
def readyz() -> Response:
    """Answer 200 if database, migrations and mail queue are well, else 503."""
    if is_ready():
        return jsonify(status="ready")
    response = make_response(jsonify(status="not ready"), 503)
    response.headers["Retry-After"] = "5"
    return response


@operations.get("/metrics")
@public
def metrics() -> Response:
    """Answer figures for Prometheus to whoever has the token; to others there is no such page."""
    token = str(current_app.config["METRICS_TOKEN"]).encode()
    given = request.headers.get("Authorization", "").encode()
    if not token or not hmac.compare_digest(given, b"Bearer " + token):
        abort(404)
    registry = CollectorRegistry()
    for name, (words, value) in figures().items():
        Gauge(name, words, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
