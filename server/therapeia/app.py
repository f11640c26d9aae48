"""The web application: the dataset, the limits, the blueprints, and headers for every answer."""

from flask import Flask, Response, request

from therapeia import __version__, caching, descriptions, errors, formats, observing, pages, sparql
from therapeia.entities import href, local_path, year
from therapeia.evaluating import evaluator
from therapeia.pool import Limits, Pool
from therapeia.prefixes import compress
from therapeia.store import Dataset

_LONGEST = 1024 * 1024  # bytes of a request
# Everything a page needs comes from here, and no script runs.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, X-Request-Id, X-SPARQL-MaxRows",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


def create_app(dataset: Dataset, limits: Limits | None = None, pool: Pool | None = None, cache: int = 0) -> Flask:
    """Make the application that serves a dataset.

    Queries go to a pool of workers or, within limits, to one of its own; `cache` is in MiB, 0 for none.
    """
    app = Flask(__name__)
    app.config.update(DATASET=dataset, MAX_CONTENT_LENGTH=_LONGEST)
    app.extensions["pool"] = pool or Pool.fork(evaluator(dataset), limits or Limits())
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.jinja_env.filters.update(href=href, local_path=local_path, curie=compress, year=year)
    app.jinja_env.globals.update(version=__version__, data_version=dataset.version, downloads=formats.RDF)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    errors.init_app(app)
    observing.init_app(app)
    caching.init_app(app, f"{__version__} {dataset.version}", cache)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(descriptions.blueprint)
    app.after_request(_headers)
    return app


def _headers(response: Response) -> Response:
    for name, value in (_HEADERS | (_PREFLIGHT if request.method == "OPTIONS" else {})).items():
        response.headers.setdefault(name, value)
    return response
