"""Which serializations there are, under which media types and names: the only table of formats.

Media types follow the IANA registry; the short names are those of `?format=` and of file suffixes.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from pyoxigraph import QueryResultsFormat, RdfFormat
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

HTML = "text/html"

# The first name of a format is its file suffix.
RDF: Mapping[str, tuple[RdfFormat, tuple[str, ...]]] = {
    "text/turtle": (RdfFormat.TURTLE, ("ttl", "turtle")),
    "application/ld+json": (RdfFormat.JSON_LD, ("jsonld", "json-ld")),
    "application/n-triples": (RdfFormat.N_TRIPLES, ("nt", "ntriples")),
    "application/rdf+xml": (RdfFormat.RDF_XML, ("rdf", "rdfxml")),
    "application/trig": (RdfFormat.TRIG, ("trig",)),
    "application/n-quads": (RdfFormat.N_QUADS, ("nq", "nquads")),
}
RESULTS: Mapping[str, tuple[QueryResultsFormat, tuple[str, ...]]] = {
    "application/sparql-results+json": (QueryResultsFormat.JSON, ("json", "srj")),
    "application/sparql-results+xml": (QueryResultsFormat.XML, ("xml", "srx")),
    "text/csv": (QueryResultsFormat.CSV, ("csv",)),
    "text/tab-separated-values": (QueryResultsFormat.TSV, ("tsv",)),
}
# What clients also send, and what they mean by it.
ALIASES: Mapping[str, str] = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "application/x-turtle": "text/turtle",
    "application/turtle": "text/turtle",
    "text/plain": "application/n-triples",
    "text/rdf+n3": "text/turtle",
}

Offered: TypeAlias = (
    Mapping[str, tuple[RdfFormat, tuple[str, ...]]] | Mapping[str, tuple[QueryResultsFormat, tuple[str, ...]]]
)


def by_name(name: str, offered: Offered) -> str | None:
    """Find the media type that a short name (or a media type itself) stands for among those offered.

    >>> by_name("ttl", RDF)
    'text/turtle'
    """
    names = {n: media_type for media_type, (_, short) in offered.items() for n in short}
    name = name.lower()
    if "/" in name:
        name = ALIASES.get(name, name)
        return name if name in offered else None
    return names.get(name)


def negotiate(accept: MIMEAccept, offered: Offered, html: bool = False) -> str | None:
    """Choose the media type that an Accept header likes best; None when it likes none.

    Without a header, or with `*/*`, the first one offered is chosen; HTML, where `html` says it is
    offered, comes first only for a client that names it.
    """
    return _negotiate(accept.to_header(), tuple(offered), html)


@lru_cache(maxsize=1024)
def _negotiate(header: str, offered: tuple[str, ...], html: bool) -> str | None:
    accept = parse_accept_header(header, MIMEAccept)
    if not accept:
        return offered[0]
    candidates = [*offered, *(alias for alias, target in ALIASES.items() if target in offered)]
    if html and accept.quality(HTML) > 0 and _names(accept, HTML):
        candidates.insert(0, HTML)
    best = accept.best_match(candidates)
    return ALIASES.get(best, best) if best else None


def choose(accept: MIMEAccept, name: str | None, html: bool = False) -> str:
    """Choose among the RDF formats, and HTML where offered, by name or else by Accept; 406 says what there is."""
    if html and name == "html":
        return HTML
    chosen = by_name(name, RDF) if name else negotiate(accept, RDF, html)
    if chosen is None:
        offered = ("text/html (html), " if html else "") + names(RDF)
        raise NotAcceptable(f"This can be had as {offered}.")
    return chosen


def _names(accept: MIMEAccept, media_type: str) -> bool:
    return any(value.split(";")[0] in (media_type, "application/xhtml+xml") for value, _ in accept)


def names(offered: Offered) -> str:
    """List what is offered, for a message."""
    return ", ".join(f"{media_type} ({short[0]})" for media_type, (_, short) in offered.items())
