"""Canonical Turtle: the one way in which a record is written, so that differences are small.

Subjects are sorted by IRI, so the record comes first, then its claims, its thing and the thing's
parts; a subject's type and names come before its other properties; each value stands on a line of
its own. A file in canonical form has no blank nodes and no comments.
"""

from io import BytesIO
from pathlib import Path

from rdflib import RDF, SKOS, BNode, Graph, Namespace
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from therapeia.layout import ONTOLOGY
from therapeia.prefixes import prefix_map

TH = Namespace(ONTOLOGY + "#")


class FormError(ValueError):
    """A file cannot be put into canonical form; the message says which and why."""


class _CanonicalSerializer(TurtleSerializer):
    """Turtle with an order of subjects that does not depend on how often each is mentioned."""

    predicateOrder = [  # noqa: N815, RUF012 (rdflib's name and use)
        RDF.type, SKOS.prefLabel, SKOS.altLabel, SKOS.definition, TH.about, TH.aspect,
    ]  # fmt: skip

    def orderSubjects(self) -> list[Node]:  # noqa: N802 (rdflib's name)
        """Sort subjects by IRI."""
        return sorted(self._subjects, key=str)


def canonical(graph: Graph) -> str:
    """Write a graph without blank nodes in canonical form; ValueError if it has any."""
    if any(isinstance(term, BNode) for triple in graph for term in triple):
        raise ValueError("has blank nodes; give each of them an IRI, such as part:training")
    bound = Graph(bind_namespaces="none")
    theirs = {prefix: str(namespace) for prefix, namespace in graph.namespaces()}
    for prefix, namespace in (theirs | prefix_map() | _part_prefix(graph)).items():
        bound.bind(prefix, namespace)
    for triple in graph:
        bound.add(triple)
    _CanonicalSerializer(bound).serialize(stream := BytesIO())
    return stream.getvalue().decode().strip() + "\n"


def _part_prefix(graph: Graph) -> dict[str, str]:
    """Bind part: to the fragments of the one thing that a record describes."""
    things = [str(thing) for thing in graph.objects(None, TH.describes)]
    return {"part": things[0] + "#"} if len(things) == 1 else {}


def is_canonical(path: Path) -> bool:
    """Tell whether a Turtle file is in canonical form; FormError where it cannot be."""
    return not format_file(path, write=False)


def format_file(path: Path, write: bool = True) -> bool:
    """Rewrite a Turtle file in canonical form; tell whether that changes it.

    Raises FormError for a file that is not Turtle or has blank nodes.
    """
    try:
        before = path.read_bytes()
        after = canonical(Graph(bind_namespaces="none").parse(data=before, format="turtle")).encode()
    except (SyntaxError, ValueError) as error:  # rdflib's BadSyntax is a SyntaxError
        raise FormError(f"{path}: {' '.join(str(error).split())}") from error
    if write and before != after:
        path.write_bytes(after)
    return before != after
