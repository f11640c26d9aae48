"""SPARQL 1.1 Protocol, query operation: https://www.w3.org/TR/sparql11-protocol/.

Prefixes of the project's table need not be declared. Updates are refused: the data are read-only.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import NotAcceptable

from therapeia import formats, parameters
from therapeia.descriptions import describe
from therapeia.entities import href
from therapeia.errors import problem
from therapeia.evaluating import Answer, Query
from therapeia.isolation import QueryRefusedError
from therapeia.pool import Limits, Pool, QueryDiedError, QueryTimeoutError, QueueFullError
from therapeia.prefixes import compress, prefix_map

blueprint = Blueprint("sparql", __name__)

_JSON, _TURTLE = "application/sparql-results+json", "text/turtle"
_ROWS_SHOWN = 1000
_MIB = 1024 * 1024


@dataclass
class Failure:
    """Why there is no answer: status, title, detail, and what else a program may want to know."""

    status: int
    title: str
    detail: str
    more: dict[str, Any]


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response | str:
    """Answer a query in the format asked for; show the query page to a browser."""
    given = parameters.read(request)
    if "update" in given:
        return problem(403, "Updates are refused", "The data are read-only here; send a query instead.")
    html = _wants_html(given.get("format"))
    if not set(given) - {"format"}:
        if html:
            return _page("", None)
        return describe("service", formats.choose(request.accept_mimetypes, given.get("format")))
    query = parameters.query(given)
    outcome = _ask(query, given, html)
    if html:
        return _page(query, outcome)
    if isinstance(outcome, Failure):
        return _problem(outcome)
    return _response(outcome)


def _wants_html(name: str | None) -> bool:
    """Tell whether the client is a browser: it likes HTML best and asks for no format by name."""
    liked = (
        formats.negotiate(request.accept_mimetypes, offered, html=True) for offered in (formats.RESULTS, formats.RDF)
    )
    return name == "html" or (name is None and all(media_type == formats.HTML for media_type in liked))


def _ask(query: str, given: parameters.Given, html: bool) -> Answer | Failure:
    """Have a worker answer the query."""
    pool: Pool = current_app.extensions["pool"]
    table, graph = (_JSON, _TURTLE) if html else _media_types(given.get("format"))
    rows = pool.limits.page_rows if html else pool.limits.rows
    question = Query(
        query, request.base_url, tuple(given.getlist("default-graph-uri")), tuple(given.getlist("named-graph-uri")),
        table, graph, parameters.whole(given, "max-rows", rows), pool.limits.size * _MIB,
    )  # fmt: skip
    seconds = parameters.number(given, "timeout", pool.limits.seconds)
    try:
        answer: Answer = pool.ask(question, seconds)
    except (QueryRefusedError, QueryTimeoutError, QueryDiedError, QueueFullError) as error:
        return _failure(error, query, pool.limits, seconds)
    if answer.media_type is None:
        raise _not_acceptable()
    return answer


def _media_types(name: str | None) -> tuple[str | None, str | None]:
    """Choose the media types for a table and for a graph; which of them is needed, the query decides."""
    if name:
        table, graph = formats.by_name(name, formats.RESULTS), formats.by_name(name, formats.RDF)
    else:
        accept = request.accept_mimetypes
        table, graph = formats.negotiate(accept, formats.RESULTS), formats.negotiate(accept, formats.RDF)
    if not (table or graph):
        raise _not_acceptable()
    return table, graph


def _not_acceptable() -> NotAcceptable:
    offered = f"SELECT and ASK: {formats.names(formats.RESULTS)}; CONSTRUCT and DESCRIBE: {formats.names(formats.RDF)}"
    return NotAcceptable(f"Answers can be had as these. {offered}.")


def _failure(error: Exception, query: str, limits: Limits, seconds: float) -> Failure:
    """Say what became of a query that has no answer."""
    if isinstance(error, QueryTimeoutError):
        hint = "Narrow it down, join what belongs together, or add a LIMIT to what is counted or sorted."
        return Failure(504, "The query took too long", f"It was stopped after {seconds:g} s. {hint}", {})
    if isinstance(error, QueryDiedError) and re.search(r"\bSERVICE\b", query, re.IGNORECASE):
        return Failure(400, "The query was refused", _NO_SERVICE, {})
    if isinstance(error, QueryDiedError):
        hint = f"It may have wanted more than {limits.memory} MiB: sort, group or join fewer rows."
        return Failure(503, "The query broke off", hint, {"retry": 1})
    if isinstance(error, QueueFullError):
        return Failure(429, "Too many queries", "Others are being answered. Ask again in a few seconds.", {"retry": 5})
    place = re.search(r"(\d+):(\d+)", str(error))
    where = {"line": int(place[1]), "column": int(place[2])} if place else {}
    return Failure(400, "The query was refused", f"{error}{_hint(str(error))}", where)


_NO_SERVICE = "Queries may not reach other endpoints from here; ask them yourself and join the answers."
_HINTS = (
    ("SERVICE", f" {_NO_SERVICE}"),
    ("open files", f" {_NO_SERVICE}"),
    ("expected INSERT", " Updates are refused: the data are read-only here."),
    ("refix not found", " Declare the prefix, or use one of the table below the query page."),
)


def _hint(message: str) -> str:
    return next((hint for words, hint in _HINTS if words in message), "")


def _problem(failure: Failure) -> Response:
    response = problem(failure.status, failure.title, failure.detail, **failure.more)
    if "retry" in failure.more:
        response.headers["Retry-After"] = str(failure.more["retry"])
    return response


def _response(answer: Answer) -> Response:
    response = Response(answer.body, content_type=f"{answer.media_type}; charset=utf-8", headers={"Vary": "Accept"})
    if answer.cut_after is not None:
        response.headers["X-SPARQL-MaxRows"] = str(answer.cut_after)
    return response


def _shown(answer: Answer) -> dict[str, Any]:
    """Prepare an answer for the page: a table with links and short names, yes or no, or a graph."""
    cut = {"cut_after": answer.cut_after}
    if answer.media_type == _TURTLE:
        return {"turtle": answer.body.decode(), **cut}
    data = json.loads(answer.body)
    if "boolean" in data:
        return {"boolean": data["boolean"]}
    rows, columns = data["results"]["bindings"], data["head"]["vars"]
    table = [[_cell(row.get(column)) for column in columns] for row in rows[:_ROWS_SHOWN]]
    return {"columns": columns, "rows": table, "count": len(rows), **cut}


def _cell(binding: dict[str, str] | None) -> dict[str, str | None]:
    if not binding:
        return {"text": "", "href": None}
    if binding["type"] == "uri":
        return {"text": compress(binding["value"]), "href": href(binding["value"])}
    return {"text": binding["value"], "href": None, "lang": binding.get("xml:lang")}


def _page(query: str, outcome: Answer | Failure | None) -> Response:
    failure = outcome if isinstance(outcome, Failure) else None
    answer = _shown(outcome) if isinstance(outcome, Answer) else None
    page = render_template(
        "sparql.html", query=query, answer=answer, failure=failure, shown=_ROWS_SHOWN, prefixes=prefix_map()
    )
    return Response(page, failure.status if failure else 200, mimetype=formats.HTML, headers={"Vary": "Accept"})
