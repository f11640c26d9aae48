"""Collect from the store what a page shows of a thing, and what points to it.

Labels come with the values in one query for each page (`queries/entity.rq`); headings, order and
sections come from the shapes, which are read once (`queries/headings.rq`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, QuerySolution

from therapeia.entities import Entity, Node, Property, Value, local_path, plain, short_citation
from therapeia.prefixes import compress, expand
from therapeia.store import Dataset


def _text(solution: QuerySolution, variable: str) -> str:
    term = solution[variable]
    return term.value if isinstance(term, Literal | NamedNode) else ""


class Place(NamedTuple):
    """Where the shapes place a property: heading, order, and the section of the profile."""

    heading: str
    order: float
    section: str | None


@cache
def _places(dataset: Dataset) -> dict[tuple[str, str], Place]:
    """Read from the shapes the place of each property of each class."""
    return {
        (_text(row, "class"), _text(row, "property")): Place(
            _text(row, "heading"), float(_text(row, "order")), _text(row, "section") or None
        )
        for row in dataset.ask_page("headings")
    }


def describe(dataset: Dataset, iri: str) -> Entity | None:
    """Collect what is said of a thing; None where nothing is."""
    nodes: dict[str, Node] = {}
    for row in dataset.ask_page("entity", this=iri):
        _add(nodes, row, iri)
    for node in nodes.values():
        _put_in_place(node, _places(dataset))
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
    subject, iri = _text(row, "subject"), _text(row, "property")
    kind = Entity if subject == this else Node
    node = nodes.setdefault(subject, kind(subject, _text(row, "shownIn") or None))
    prop = node.properties.setdefault(compress(iri), Property(compress(iri), iri, plain(iri), 99, None))
    value = _value(row)
    if value.key not in {other.key for other in prop.values}:
        prop.values.append(value)


def _put_in_place(node: Node, places: dict[tuple[str, str], Place]) -> None:
    """Give the properties of a node the heading, order and section that the shapes of its classes have."""
    for prop in node.properties.values():
        place = next((places[key] for c in node.iris("rdf:type") if (key := (c, prop.iri)) in places), None)
        if place:
            prop.heading, prop.order, prop.section = place


def _value(row: QuerySolution) -> Value:
    term = row["value"]
    if isinstance(term, Literal):
        return Value(term.value, language=term.language, datatype=compress(term.datatype.value))
    iri = term.value if isinstance(term, NamedNode) else str(term)
    citation = short_citation(_text(row, "authors"), _text(row, "issued")) if row["authors"] else ""
    label, rank = _text(row, "label"), _text(row, "rank")
    whole = _text(row, "ofLabel") or ("" if label or local_path(iri) else urlsplit(iri).hostname or "")
    return Value(label or plain(iri), iri, citation=citation, of=whole, rank=int(rank or 0))


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


def concept_tree(dataset: Dataset, scheme: str) -> dict[str | None, list[QuerySolution]]:
    """Group the concepts of a scheme by their parent; those at the top are under None."""
    children: dict[str | None, list[QuerySolution]] = defaultdict(list)
    for row in dataset.ask_page("tree", scheme=scheme):
        children[_text(row, "parent") or None].append(row)
    return children


def described_by(dataset: Dataset, iri: str) -> Iterable[str]:
    """Name the graphs in which a thing is a subject."""
    quads = dataset.store.quads_for_pattern(NamedNode(iri), None, None)
    return sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)})


def expand_kind(kind: str) -> str:
    """Return the class behind a kind as it stands in addresses: `modality` is `th:Modality`."""
    if kind == "query":
        return expand("sh:SPARQLExecutable")
    return expand("th:" + "".join(word.capitalize() for word in kind.split("-")))
