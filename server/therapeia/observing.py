"""What operators see: health, metrics in the Prometheus text format, a log line for each request, request ids.

Nothing that a person wrote is logged: of an address only the path, and neither queries nor search words.
"""

import json
import logging
import re
import time
import uuid

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from therapeia import __version__
from therapeia.evaluating import Query
from therapeia.pool import Pool, QueryDiedError, QueryTimeoutError, QueueFullError

blueprint = Blueprint("observing", __name__)
log = logging.getLogger("therapeia.requests")

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def init_app(app: Flask) -> None:
    """Count and log the requests of an application."""
    registry = CollectorRegistry()
    app.extensions["metrics"] = registry
    app.extensions["requests"] = Counter(
        "therapeia_requests", "Requests answered.", ["endpoint", "status"], registry=registry
    )
    app.extensions["seconds"] = Histogram(
        "therapeia_request_seconds", "Time to answer a request.", ["endpoint"], registry=registry
    )
    pool: Pool = app.extensions["pool"]
    for name, words, value in (
        ("running", "Queries that run.", lambda: pool.running),
        ("waiting", "Queries that wait for a worker.", lambda: pool.waiting),
    ):
        Gauge(f"therapeia_queries_{name}", words, registry=registry).set_function(value)
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(blueprint)


def _begin() -> None:
    g.begun = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex[:16]


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.begun
    endpoint = request.endpoint or "none"
    response.headers["X-Request-Id"] = g.request_id
    current_app.extensions["requests"].labels(endpoint, response.status_code).inc()
    current_app.extensions["seconds"].labels(endpoint).observe(seconds)
    log.info(json.dumps({
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "id": g.request_id, "method": request.method,
        "path": request.path, "status": response.status_code, "ms": round(seconds * 1000, 1),
        "bytes": response.content_length,
    }))  # fmt: skip
    return response


@blueprint.route("/health")
def health() -> tuple[dict[str, str], int]:
    """Tell whether a query is answered."""
    pool: Pool = current_app.extensions["pool"]
    known = {"version": __version__, "data": current_app.config["DATASET"].version}
    try:
        pool.ask(Query("ASK {}", request.base_url, table="application/sparql-results+json"), 2)
    except (QueryDiedError, QueryTimeoutError, QueueFullError) as error:
        return {"status": "failing", "reason": type(error).__name__, **known}, 503
    return {"status": "ok", **known}, 200


@blueprint.route("/metrics")
def metrics() -> Response:
    """Hand out the counts."""
    return Response(generate_latest(current_app.extensions["metrics"]), content_type=CONTENT_TYPE_LATEST)
