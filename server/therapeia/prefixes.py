"""The prefix table of `ontology/prefixes.ttl`, and IRIs written short by it."""

import re
from functools import cache, lru_cache
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from therapeia.layout import ROOT

_SH = "http://www.w3.org/ns/shacl#"
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


@cache
def prefix_map(root: Path = ROOT) -> dict[str, str]:
    """Read the prefix table: prefix to namespace."""
    table: dict[str, dict[str, str]] = {}
    for quad in parse(path=root / "ontology" / "prefixes.ttl", format=RdfFormat.TURTLE):
        row = table.setdefault(str(quad.subject), {})
        row[quad.predicate.value.removeprefix(_SH)] = getattr(quad.object, "value", "")
    return {row["prefix"]: row["namespace"] for row in table.values() if "namespace" in row}


@lru_cache(maxsize=65536)
def compress(iri: str) -> str:
    """Write an IRI as a CURIE where the table allows it, else return it unchanged.

    >>> compress("https://w3id.org/therapeia/ontology#family")
    'th:family'
    >>> compress("https://example.org/x")
    'https://example.org/x'
    """
    best = max(
        (item for item in prefix_map().items() if iri.startswith(item[1])),
        key=lambda item: len(item[1]),
        default=None,
    )
    if best and _LOCAL_NAME.fullmatch(local := iri.removeprefix(best[1])):
        return f"{best[0]}:{local}"
    return iri


def expand(curie: str) -> str:
    """Write a CURIE as an IRI; return anything else unchanged.

    >>> expand("th:family")
    'https://w3id.org/therapeia/ontology#family'
    """
    prefix, colon, local = curie.partition(":")
    namespace = prefix_map().get(prefix)
    return namespace + local if colon and namespace and not local.startswith("//") else curie


def used_prefixes(triples: list[Triple]) -> dict[str, str]:
    """Select from the table the prefixes whose namespaces occur in triples."""
    iris = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    return {p: n for p, n in prefix_map().items() if any(iri.startswith(n) for iri in iris)}
