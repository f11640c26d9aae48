"""Canonical Turtle: the one way in which a record is written, so that differences are small.

Subjects are sorted by IRI, so the record comes first, then its claims, its thing and the thing's
parts; a subject's type and names come before its other properties; each value stands on a line of
its own. A file in canonical form has no blank nodes and no comments.
Turtle: https://www.w3.org/TR/turtle/
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from therapeia.layout import ONTOLOGY
from therapeia.prefixes import prefix_map

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TH = ONTOLOGY + "#"
_FIRST = [_RDF_TYPE, *(_SKOS + n for n in ("prefLabel", "altLabel", "definition")), _TH + "about", _TH + "aspect"]
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PLAIN = {  # literals that Turtle writes without quotation marks
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}


class FormError(ValueError):
    """A file cannot be put into canonical form; the message says which and why."""


def canonical(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Write triples without blank nodes in canonical form, with those of the prefixes that they use.

    Raises FormError where there is a blank node.
    """
    ordered = sorted(set(triples), key=_order)
    if any(isinstance(term, BlankNode) for triple in ordered for term in triple):
        raise FormError("has blank nodes; give each of them an IRI, such as part:training")
    names = _Names(prefixes)
    blocks = [_block(list(group), names) for _, group in groupby(ordered, key=lambda t: str(t.subject))]
    head = "".join(f"@prefix {p}: <{prefixes[p]}> .\n" for p in sorted(names.used))
    return head + "\n" * bool(head) + "\n".join(blocks)


def _order(triple: Triple) -> tuple[str, int, str, str]:
    predicate = triple.predicate.value
    rank = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
    return str(triple.subject)[1:-1], rank, predicate, str(triple.object).removesuffix(">")


def _block(triples: list[Triple], names: "_Names") -> str:
    """Write all that is said of one subject."""
    properties = []
    for _, group in groupby(triples, key=lambda t: t.predicate.value):
        same = list(group)
        verb = "a" if same[0].predicate.value == _RDF_TYPE else names.iri(same[0].predicate.value)
        properties.append(f"{verb} " + ",\n        ".join(names.term(t.object) for t in same))
    return f"{names.term(triples[0].subject)} " + " ;\n    ".join(properties) + " .\n"


class _Names:
    """Writes terms, and keeps which prefixes it used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._by_length = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self.used: set[str] = set()

    def iri(self, iri: str) -> str:
        """Write an IRI, short if a prefix allows it."""
        for prefix, namespace in self._by_length:
            if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri, len(namespace)):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def term(self, term: object) -> str:
        """Write a term as Turtle does."""
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        if not isinstance(term, Literal):
            raise FormError(f"has a term that Turtle 1.1 cannot hold: {term}")
        datatype = term.datatype.value
        if datatype in _PLAIN and _PLAIN[datatype].fullmatch(term.value):
            return term.value
        tail = f"@{term.language}" if term.language else ""
        if not tail and datatype != _XSD + "string":
            tail = f"^^{self.iri(datatype)}"
        return _quoted(term.value) + tail


def _quoted(text: str) -> str:
    """Put a text into quotation marks: three where it has several lines."""
    escaped = text.replace("\\", "\\\\").replace("\r", "\\r").replace('"', '\\"')
    return f'"""{escaped}"""' if "\n" in text else f'"{escaped}"'.replace("\t", "\\t")


def is_canonical(path: Path) -> bool:
    """Tell whether a Turtle file is in canonical form; FormError where it cannot be."""
    return not format_file(path, write=False)


def format_file(path: Path, write: bool = True) -> bool:
    """Rewrite a Turtle file in canonical form; tell whether that changes it.

    Raises FormError for a file that is not Turtle or has blank nodes.
    """
    before = path.read_bytes()
    try:
        reader = parse(before, format=RdfFormat.TURTLE, base_iri=path.resolve().as_uri())
        triples = [quad.triple for quad in reader]
        after = canonical(triples, {**reader.prefixes, **prefix_map(), **_part_prefix(triples)}).encode()
    except (SyntaxError, ValueError) as error:
        raise FormError(f"{path}: {' '.join(str(error).split())}") from error
    if write and before != after:
        path.write_bytes(after)
    return before != after


def _part_prefix(triples: Iterable[Triple]) -> dict[str, str]:
    """Bind part: to the fragments of the one thing that a record describes."""
    things = [
        t.object.value for t in triples if t.predicate.value == _TH + "describes" and isinstance(t.object, NamedNode)
    ]
    return {"part": things[0] + "#"} if len(things) == 1 else {}
