"""SHACL validation by pySHACL on an Oxigraph store: https://www.w3.org/TR/shacl/.

Only SHACL Core is used in the shapes; rules over the whole graph are queries (see `rules.py`).
Nothing is inferred first: a dangling link would otherwise make its target valid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyshacl
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse, serialize
from pyshacl import graph_abstraction
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

# Without a truth value of its own the adapter is asked for its length, which counts the whole store
# each time (seen in pySHACL 0.40; harmless where it is mended).
if "__bool__" not in vars(graph_abstraction.OxigraphDataGraph):
    graph_abstraction.OxigraphDataGraph.__bool__ = lambda self: True  # type: ignore[attr-defined]

# What each constraint found, in plain words; {value} and {limit} are filled in.
WORDS: Mapping[str, str] = {
    "MinCount": "is missing",
    "MaxCount": "is given more than once",
    "Datatype": "has the value {value}, which is not of the type {limit}",
    "Class": "points to {value}, which has no record as {limit}",
    "NodeKind": "has the value {value}, which is not a link",
    "Pattern": "has the value {value}, which is not written as it must be",
    "UniqueLang": "is given more than once in one language",
    "MinLength": "has the value {value}, which is too short",
    "MinInclusive": "has the value {value}, which is below {limit}",
    "MinExclusive": "has the value {value}, which is not above {limit}",
    "LessThanOrEquals": "has the value {value}, which is above that of {limit}",
}
_LIMITS = {
    "Datatype": SH.datatype, "Class": SH["class"], "MinInclusive": SH.minInclusive,
    "MinExclusive": SH.minExclusive, "LessThanOrEquals": SH.lessThanOrEquals,
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One validation result: at which node and property, which value, and what the shape says."""

    focus_node: str
    path: str
    value: str
    component: str
    limit: str
    name: str
    level: str
    description: str
    message: str


def shapes_graph(paths: Iterable[Path]) -> Graph:
    """Read the shapes from Turtle files."""
    # by way of N-Triples, which rdflib reads ten times as fast as Turtle
    triples = [quad.triple for path in paths for quad in parse(path=path, format=RdfFormat.TURTLE)]
    graph = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES) or b"", format="nt")
    _flatten(graph)
    return graph


def _flatten(graph: Graph) -> None:
    """Give property shapes the targets of their node shapes, which says the same.

    pySHACL goes through a property shape once for all of its own targets, but through one that hangs on a
    node shape once for each node.
    """
    for shape in set(graph.subjects(RDF.type, SH.NodeShape)):
        targets = list(graph.objects(shape, SH.targetClass))
        if not targets or next(graph.subjects(None, shape), None):
            continue
        for prop in list(graph.objects(shape, SH.property)):
            graph.remove((shape, SH.property, prop))
            graph.add((prop, RDF.type, SH.PropertyShape))
            for target in targets:
                graph.add((prop, SH.targetClass, target))


def validate(store: Store, shapes: Graph, focus_nodes: list[str] | None = None) -> list[Result]:
    """Validate what is in a store's default graph, or only some of its nodes."""
    if focus_nodes is not None:
        shapes = _aimed(shapes, store, focus_nodes)
    _, report, _ = pyshacl.validate(store, shacl_graph=shapes, inference="none")  # type: ignore[arg-type]
    assert isinstance(report, Graph)  # noqa: S101 (a failure would have been raised)
    return [_result(report, shapes, node) for node in report.subjects(RDF.type, SH.ValidationResult)]


def _aimed(shapes: Graph, store: Store, nodes: list[str]) -> Graph:
    """Copy the shapes with some nodes as targets, each by its classes, instead of all nodes of a class.

    (The parameter `focus_nodes` of pySHACL looks each node up in the list of all, for every shape.)
    """
    by_class: dict[str, set[str]] = {}
    values = " ".join(str(NamedNode(node)) for node in nodes)
    rows = store.query(f"SELECT ?node ?class {{ VALUES ?node {{ {values} }} ?node a/<{RDFS.subClassOf}>* ?class }}")
    for row in cast("QuerySolutions", rows):
        by_class.setdefault(row["class"].value, set()).add(row["node"].value)
    aimed = Graph() + shapes
    for shape, target in shapes.subject_objects(SH.targetClass):
        aimed.remove((shape, SH.targetClass, target))
        for node in by_class.get(str(target), ()):
            aimed.add((shape, SH.targetNode, URIRef(node)))
    return aimed


def _result(report: Graph, shapes: Graph, node: Node) -> Result:
    def text(graph: Graph, subject: Node | None, predicate: Node) -> str:
        value = graph.value(subject, predicate) if subject is not None else None
        return "" if value is None else str(value)

    shape = report.value(node, SH.sourceShape)
    component = text(report, node, SH.sourceConstraintComponent).removeprefix(str(SH))
    component = component.removesuffix("ConstraintComponent")
    severity = text(report, node, SH.resultSeverity).removeprefix(str(SH)).lower()
    return Result(
        focus_node=text(report, node, SH.focusNode),
        path=text(report, node, SH.resultPath),
        value=text(report, node, SH.value),
        component=component,
        limit=text(shapes, shape, _LIMITS[component]) if component in _LIMITS else "",
        name=text(shapes, shape, SH.name),
        level=severity,
        description=text(shapes, shape, SH.description),
        message=text(report, node, SH.resultMessage),
    )
