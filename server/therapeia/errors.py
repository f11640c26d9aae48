"""What goes wrong, said to a person in HTML and to a program as a problem document.

Problem Details for HTTP APIs: https://www.rfc-editor.org/rfc/rfc9457
"""

from typing import Any

from flask import Flask, Response, g, json, make_response, render_template, request
from werkzeug.exceptions import HTTPException

PROBLEM_JSON = "application/problem+json"


def problem(status: int, title: str, detail: str, **more: Any) -> Response:  # noqa: ANN401 (any JSON)
    """Answer with an error: what happened, why, and how to mend it, in the form the client reads."""
    if request.accept_mimetypes.best_match([PROBLEM_JSON, "application/json", "text/html"]) == "text/html":
        page = render_template("error.html", status=status, title=title, detail=detail, more=more)
        response = make_response(page, status)
    else:
        body = {"title": title, "status": status, "detail": detail, "instance": request.path, **more}
        body["request_id"] = g.get("request_id")
        response = Response(json.dumps(body), status, mimetype=PROBLEM_JSON)
    response.headers["Vary"] = "Accept"
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return Response(status=error.code or 500, headers=list(error.get_headers()))
    response = problem(error.code, error.name, error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Location"):
            response.headers[name] = value
    return response


def init_app(app: Flask) -> None:
    """Let the application answer its errors so."""
    app.register_error_handler(HTTPException, _http_error)
