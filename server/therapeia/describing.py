"""Collect from the store what a page shows of a thing, and what points to it.

Headings, order and sections come from the shapes, labels from the data: see `queries/entity.rq`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, QuerySolution

from therapeia.entities import Entity, Node, Property, Value, plain, short_citation
from therapeia.prefixes import compress, expand
from therapeia.store import Dataset


def _text(solution: QuerySolution, variable: str) -> str:
    term = solution[variable]
    return term.value if isinstance(term, Literal | NamedNode) else ""


def describe(dataset: Dataset, iri: str) -> Entity | None:
    """Collect what is said of a thing; None where nothing is."""
    nodes: dict[str, Node] = {}
    for row in dataset.ask_page("entity", this=iri):
        _add(nodes, row, iri)
    entity = nodes.pop(iri, None)
    if not isinstance(entity, Entity):
        return None
    for node in nodes.values():
        if "owl:Axiom" in node.types:
            _annotate(entity, node)
        else:
            entity.parts.append(node)
    return entity


def _add(nodes: dict[str, Node], row: QuerySolution, this: str) -> None:
    """Add the value in a row to the property of its subject."""
    subject, name = _text(row, "subject"), compress(_text(row, "property"))
    kind = Entity if subject == this else Node
    node = nodes.setdefault(subject, kind(subject, _text(row, "shownIn") or None))
    prop = node.properties.setdefault(name, _property(row, name))
    value = _value(row)
    if value.key not in {other.key for other in prop.values}:
        prop.values.append(value)


def _property(row: QuerySolution, name: str) -> Property:
    iri = _text(row, "property")
    heading, order = _text(row, "heading") or plain(iri), float(_text(row, "order") or 99)
    return Property(name, iri, heading, order, _text(row, "section") or None)


def _value(row: QuerySolution) -> Value:
    term = row["value"]
    if isinstance(term, Literal):
        return Value(term.value, language=term.language, datatype=compress(term.datatype.value))
    iri = term.value if isinstance(term, NamedNode) else str(term)
    citation = short_citation(_text(row, "authors"), _text(row, "issued")) if row["authors"] else ""
    label, whole, rank = _text(row, "label") or plain(iri), _text(row, "ofLabel"), _text(row, "rank")
    return Value(label, iri, citation=citation, of=whole, rank=int(rank or 0))


def _annotate(entity: Entity, axiom: Node) -> None:
    """Hang the annotation of a triple on the value that it annotates."""
    name = compress(next(iter(axiom.iris("owl:annotatedProperty")), ""))
    targets = [(v.iri, v.text) for v in axiom["owl:annotatedTarget"]]
    for value in entity[name]:
        if any(value.iri == iri if iri else value.text == text for iri, text in targets):
            value.annotations.append(axiom)


@dataclass
class Incoming:
    """The things that point to one by the same property."""

    name: str
    iri: str
    heading: str
    links: list[Value] = field(default_factory=list)


def incoming(dataset: Dataset, iri: str) -> list[Incoming]:
    """Collect what points to a thing, by property, read backwards."""
    groups: dict[str, Incoming] = {}
    for row in dataset.ask_page("incoming", this=iri):
        prop = _text(row, "property")
        heading = _text(row, "backwards") or f"{_text(row, 'forwards') or plain(prop)} of"
        group = groups.setdefault(prop, Incoming(compress(prop), prop, heading))
        link = _incoming_link(row)
        if link.iri not in [other.iri for other in group.links]:
            group.links.append(link)
    return list(groups.values())


def _incoming_link(row: QuerySolution) -> Value:
    subject = _text(row, "subject")
    label = _text(row, "label") or _text(row, "partLabel") or plain(subject)
    citation = short_citation(_text(row, "authors"), _text(row, "issued")) if row["authors"] else ""
    return Value(label, subject, citation=citation, of=_text(row, "wholeLabel"))


def described_by(dataset: Dataset, iri: str) -> Iterable[str]:
    """Name the graphs in which a thing is a subject."""
    quads = dataset.store.quads_for_pattern(NamedNode(iri), None, None)
    return sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)})


def expand_kind(kind: str) -> str:
    """Return the class behind a kind as it stands in addresses: `modality` is `th:Modality`."""
    if kind == "query":
        return expand("sh:SPARQLExecutable")
    return expand("th:" + "".join(word.capitalize() for word in kind.split("-")))
