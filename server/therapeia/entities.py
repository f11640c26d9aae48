"""What a page shows of one thing: its properties with their values, and the parts of its profile."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from therapeia.layout import BASE
from therapeia.prefixes import compress

# Shown beside each statement, not among its properties.
PROVENANCE = (
    "th:curationStatus", "cito:citesAsEvidence", "cito:citesAsAuthority",
    "cito:obtainsBackgroundFrom", "dcterms:source", "th:readingBasis", "th:editorNote",
)  # fmt: skip


def local_path(iri: str) -> str | None:
    """Return the path of the page that shows an IRI of ours; None for others.

    >>> local_path("https://w3id.org/therapeia/id/modality/emdr#training")
    '/page/modality/emdr#training'
    """
    if not iri.startswith(BASE):
        return None
    path = iri.removeprefix(BASE)
    if path.startswith(("concept/", "query/")):
        return "/page/" + path
    if path.startswith("id/"):
        return "/page/" + path.removeprefix("id/")
    return "/" + path


def href(iri: str) -> str | None:
    """Return where a link to an IRI leads: a page here, or the web; None for any other scheme."""
    return local_path(iri) or (iri if iri.startswith(("http://", "https://")) else None)


def short_citation(authors: str, year: str) -> str:
    """Name a source as a running text does.

    >>> short_citation("Kirby JN; Tellegen CL; Steindl SR", "2017")
    'Kirby et al. (2017)'
    """
    surnames = [re.sub(r"\s+[A-Z][A-Z.-]*( \(eds?\.\))?$", "", name.strip()) for name in authors.split(";")]
    names = surnames[0] + {1: "", 2: f" and {surnames[-1]}"}.get(len(surnames), " et al.")
    return f"{names} ({year})"


def year(text: str) -> str:
    """Write a year of XML Schema as people do.

    >>> year("-0450")
    '450 BCE'
    """
    if not re.fullmatch(r"-?[0-9]+", text):
        return text  # no year, or one with a time zone: shown as it stands
    number = int(text)
    return f"{-number} BCE" if number < 0 else str(number)


def plain(iri: str) -> str:
    """Make words of the last part of an IRI that has no label."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1].replace("-", " ") or iri


@dataclass
class Value:
    """One value of a property: a literal, or a link with its label; and what is said of the link."""

    text: str
    iri: str | None = None
    language: str | None = None
    datatype: str = ""
    citation: str = ""
    of: str = ""
    rank: int = 0
    annotations: list["Node"] = field(default_factory=list)

    @property
    def href(self) -> str | None:
        """Where the link leads, if it is one."""
        return href(self.iri) if self.iri else None

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it another value; a thing with several labels is one value, by its first."""
        return (self.iri,) if self.iri else (self.text, self.language or "", self.datatype)


@dataclass
class Property:
    """A property of a node with its values, its heading and its place."""

    name: str
    iri: str
    heading: str
    order: float
    section: str | None
    values: list[Value] = field(default_factory=list)


@dataclass
class Node:
    """A subject: the thing itself, a part of its profile, or the annotation of one triple."""

    iri: str
    shown_in: str | None = None
    properties: dict[str, Property] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Value]:
        """Return the values of a property named by its CURIE, such as `th:text`."""
        found = self.properties.get(name)
        return found.values if found else []

    def one(self, name: str) -> Value | None:
        """Return the English value of a property, else any."""
        return next((v for v in self[name] if v.language == "en"), next(iter(self[name]), None))

    def iris(self, name: str) -> list[str]:
        """Return the IRIs among the values of a property."""
        return [value.iri for value in self[name] if value.iri]

    @cached_property
    def types(self) -> list[str]:
        """The CURIEs of its classes."""
        return [compress(iri) for iri in self.iris("rdf:type")]

    @property
    def section(self) -> str | None:
        """The section of the profile in which it stands."""
        return next(iter(self.iris("th:aspect")), self.shown_in)

    @property
    def label(self) -> str:
        """Its name, or words made of its address."""
        name = self.one("skos:prefLabel") or self.one("dcterms:title") or self.one("rdfs:label")
        return name.text if name else plain(self.iri)

    @property
    def fragment(self) -> str:
        """The part of its IRI by which it is anchored in a page."""
        return self.iri.partition("#")[2] or self.iri.removeprefix(BASE + "id/").replace("/", "-")

    def shown(self, *hidden: str) -> list[Property]:
        """List the properties for a table: in order, without type, provenance and those named."""
        skip = {"rdf:type", "th:about", "th:aspect", *PROVENANCE, *hidden}
        return sorted((p for name, p in self.properties.items() if name not in skip), key=lambda p: p.order)


def _reading_order(part: Node) -> tuple[bool, str, str, int]:
    year, design = part.one("th:year"), part.one("th:studyDesign")
    return ("th:Statement" not in part.types, min(part.types, default=""),
            year.text if year else "", -design.rank if design else 0)  # fmt: skip


@dataclass
class Entity(Node):
    """A thing with the parts of its profile, the readings behind it, and its record."""

    parts: list[Node] = field(default_factory=list)

    @property
    def record(self) -> Node | None:
        """The record that describes it, if it has one of its own."""
        return next((part for part in self.parts if "th:Record" in part.types), None)

    def parts_of_type(self, name: str) -> list[Node]:
        """List the parts of a class named by its CURIE."""
        return [part for part in self.parts if name in part.types]

    def parts_in(self, section: str) -> list[Node]:
        """List the parts that stand in a section: prose first, then by year, then by rank of study design."""
        return sorted((part for part in self.parts if part.section == section), key=_reading_order)

    def properties_in(self, section: str) -> list[Property]:
        """List the thing's own properties that stand in a section, in order."""
        own = (p for p in self.properties.values() if p.section == section)
        return sorted(own, key=lambda p: p.order)

    def replies_to(self, node: Node) -> list[Node]:
        """List the parts that qualify or dispute another."""
        links = ("cito:qualifies", "cito:disputes")
        return [part for part in self.parts if any(node.iri in part.iris(link) for link in links)]

    @property
    def matches(self) -> list[Property]:
        """List the links to the same or nearly the same thing in other registers."""
        names = ("skos:exactMatch", "skos:closeMatch", "rdfs:seeAlso")
        return [prop for name in names if (prop := self.properties.get(name))]

    @property
    def sources(self) -> dict[str, Value]:
        """All sources that the thing and its parts name, by IRI, ordered by author and year."""
        names = [n for n in PROVENANCE if n.startswith(("cito:", "dcterms:"))] + ["th:keyText"]
        nodes = [
            self,
            *self.parts,
            *(n for p in self.properties.values() for v in p.values for n in v.annotations),
        ]
        values = {v.iri: v for node in nodes for name in names for v in node[name] if v.iri}
        return dict(sorted(values.items(), key=lambda item: (item[1].citation or item[1].text).lower()))
