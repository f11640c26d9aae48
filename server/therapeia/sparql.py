"""SPARQL 1.1 Protocol, query operation: https://www.w3.org/TR/sparql11-protocol/.

Prefixes of the project's table need not be declared. Updates are refused: the data are read-only.
"""

import json
import re
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from pyoxigraph import NamedNode, QueryTriples, serialize

from therapeia import formats
from therapeia.entities import href
from therapeia.errors import problem
from therapeia.isolation import Limits, QueryDiedError, QueryRefusedError, QueryTimeoutError, run
from therapeia.prefixes import compress, prefix_map, used_prefixes
from therapeia.store import Dataset

blueprint = Blueprint("sparql", __name__)

_JSON, _TURTLE = "application/sparql-results+json", "text/turtle"
_ROWS_SHOWN = 1000


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response | str:
    """Answer a query in the format asked for; show the query page to a browser."""
    wants_html = _wants_html()
    if "update" in request.values or request.mimetype == "application/sparql-update":
        return problem(403, "Updates are refused", "The data are read-only here; send a query instead.")
    if request.method == "POST" and request.mimetype not in _POST_TYPES:
        return problem(415, "Unsupported media type", f"Send the query as {' or '.join(_POST_TYPES)}.")
    queries = _queries()
    if not queries and wants_html:
        return _page("", None)
    if len(queries) != 1:
        return problem(400, "No query" if not queries else "More than one query", _HOW)
    results_type, rdf_type = _media_types(wants_html)
    if not (results_type or rdf_type):
        return _not_acceptable()
    prefix_map()  # read before the fork, in which no file can be opened
    try:
        body = run(lambda: _evaluate(queries[0], results_type, rdf_type), current_app.config["LIMITS"])
    except (QueryRefusedError, QueryTimeoutError, QueryDiedError) as error:
        status, title, detail, more = _failure(error)
        if wants_html:
            return _page(queries[0], {"status": status, "title": title, "detail": detail, **more}, status)
        return problem(status, title, detail, **more)
    media_type, _, result = body.partition(b"\n")
    if not media_type:
        return _not_acceptable()
    if wants_html:
        return _page(queries[0], _shown(media_type.decode(), result))
    return Response(result, content_type=f"{media_type.decode()}; charset=utf-8", headers={"Vary": "Accept"})


_POST_TYPES = ("application/x-www-form-urlencoded", "application/sparql-query", "multipart/form-data")
_HOW = (
    "Send exactly one query: as ?query= in the address, as the form field query, "
    "or as the body with Content-Type: application/sparql-query."
)


def _wants_html() -> bool:
    """Tell whether the client is a browser: it likes HTML best and asks for no format by name."""
    liked = (
        formats.negotiate(request.accept_mimetypes, offered, html=True) for offered in (formats.RESULTS, formats.RDF)
    )
    return "format" not in request.values and all(media_type == formats.HTML for media_type in liked)


def _queries() -> list[str]:
    if request.mimetype == "application/sparql-query":
        return [request.get_data(as_text=True), *request.args.getlist("query")]
    return [text for text in request.values.getlist("query") if text.strip()]


def _media_types(wants_html: bool) -> tuple[str | None, str | None]:
    """Choose the media types for a table and for a graph; which of them is needed, the query decides."""
    if wants_html:
        return _JSON, _TURTLE
    name = request.values.get("format")
    if name:
        return formats.by_name(name, formats.RESULTS), formats.by_name(name, formats.RDF)
    accept = request.accept_mimetypes
    return formats.negotiate(accept, formats.RESULTS), formats.negotiate(accept, formats.RDF)


def _evaluate(query: str, results_type: str | None, rdf_type: str | None) -> bytes:
    """Return the media type, a line break and the serialised answer; no type where none was acceptable."""
    dataset: Dataset = current_app.config["DATASET"]
    default, named = request.values.getlist("default-graph-uri"), request.values.getlist("named-graph-uri")
    results = dataset.store.query(
        query,
        base_iri=request.base_url,
        prefixes=dict(prefix_map()),
        default_graph=[NamedNode(iri) for iri in default] if default or named else None,
        named_graphs=[NamedNode(iri) for iri in named] if default or named else None,
    )
    if isinstance(results, QueryTriples):
        if not rdf_type:
            return b"\n"
        triples = list(results)
        rdf_format = formats.RDF[rdf_type][0]
        body = serialize(triples, format=rdf_format, prefixes=used_prefixes(triples)) or b""
        return rdf_type.encode() + b"\n" + body
    if not results_type:
        return b"\n"
    return results_type.encode() + b"\n" + (results.serialize(format=formats.RESULTS[results_type][0]) or b"")


def _not_acceptable() -> Response:
    offered = f"Tables: {formats.names(formats.RESULTS)}. Graphs: {formats.names(formats.RDF)}."
    return problem(406, "Not acceptable", f"The answer to this query cannot be written so. {offered}")


def _failure(error: Exception) -> tuple[int, str, str, dict[str, Any]]:
    limits: Limits = current_app.config["LIMITS"]
    if isinstance(error, QueryTimeoutError):
        hint = "Make the patterns more selective, or add a LIMIT."
        return 504, "The query took too long", f"It was stopped after {limits.seconds:g} s. {hint}", {}
    if isinstance(error, QueryDiedError):
        hint = "Sorting, grouping or joining fewer rows takes less."
        return 503, "The query needed too much memory", f"More than {limits.memory} MiB. {hint}", {}
    place = re.search(r"(\d+):(\d+)", str(error))
    where = {"line": int(place[1]), "column": int(place[2])} if place else {}
    return 400, "The query was refused", str(error), where


def _shown(media_type: str, result: bytes) -> dict[str, Any]:
    """Prepare an answer for the page: a table with links and short names, yes or no, or a graph."""
    if media_type == _TURTLE:
        return {"turtle": result.decode()}
    data = json.loads(result)
    if "boolean" in data:
        return {"boolean": data["boolean"]}
    rows = data["results"]["bindings"]
    columns = data["head"]["vars"]
    table = [[_cell(row.get(column)) for column in columns] for row in rows[:_ROWS_SHOWN]]
    return {"columns": columns, "rows": table, "count": len(rows)}


def _cell(binding: dict[str, str] | None) -> dict[str, str | None]:
    if not binding:
        return {"text": "", "href": None}
    if binding["type"] == "uri":
        return {"text": compress(binding["value"]), "href": href(binding["value"])}
    return {"text": binding["value"], "href": None, "lang": binding.get("xml:lang")}


def _page(query: str, answer: dict[str, Any] | None, status: int = 200) -> Response:
    page = render_template("sparql.html", query=query, answer=answer, shown=_ROWS_SHOWN, prefixes=prefix_map())
    return Response(page, status, mimetype=formats.HTML, headers={"Vary": "Accept"})
