"""The vocabulary and the shapes: every term explained, every message a sentence, and all of it consistent."""

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse, serialize
from pyshacl import validate
from rdflib import OWL, RDF, Graph

from therapeia.layout import ROOT, turtle_files
from therapeia.prefixes import prefix_map
from therapeia.shacl import shapes_graph
from therapeia.store import Dataset

TERM = "VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } ?term a ?kind . FILTER(STRSTARTS(STR(?term), STR(th:)))"
NOTHING = {
    "a definition that is no sentence": f'{TERM} ?term skos:definition ?d FILTER(!REGEX(?d, "^[A-Z].*\\\\.$"))',
    "a property that takes values from no scheme there is": "?term th:valuesFrom ?s FILTER NOT EXISTS { ?s a skos:ConceptScheme }",
    "a link to concepts without a scheme": f"{TERM} ?term rdfs:range skos:Concept FILTER NOT EXISTS {{ ?term th:valuesFrom ?s }} "
    "FILTER(?term != th:classifiedAs)",
    "a concept without definition": "?term a skos:Concept FILTER NOT EXISTS { ?term skos:definition ?d }",
    "a property shape that does not say what, why and how": "?term sh:property ?p FILTER(!EXISTS { ?p sh:name ?n } "
    "|| !EXISTS { ?p sh:message ?m } || !EXISTS { ?p sh:description ?d } || !EXISTS { ?p sh:order ?o })",
    "a message that is no sentence": 'VALUES ?k { sh:message sh:description } ?term ?k ?m FILTER(!REGEX(?m, "^[A-Z].*[.?]$"))',
    "a property used by records and shown under no heading": "{ SELECT DISTINCT ?class ?term { ?thing a ?class ; ?term ?v } } "
    "?class a owl:Class . FILTER(STRSTARTS(STR(?class), STR(th:))) FILTER(?term != rdf:type) "
    "FILTER NOT EXISTS { ?class rdfs:subClassOf* ?any . ?shape sh:targetClass ?any ; sh:property/sh:path ?term }",
}  # fmt: skip


@pytest.mark.parametrize("pattern", NOTHING.values(), ids=NOTHING.keys())
def test_there_is_not(dataset: Dataset, pattern: str) -> None:
    rows = dataset.store.query(f"SELECT DISTINCT ?term WHERE {{ {pattern} }}", prefixes=dict(prefix_map()))
    assert isinstance(rows, QuerySolutions)
    assert [row["term"] for row in rows] == []


def test_the_profile_has_twenty_sections_in_order(dataset: Dataset) -> None:
    orders = [int(float(row["order"].value)) for row in dataset.ask_page("sections")]
    assert orders == list(range(21))  # 0 is the name, which is the heading of the page


def test_the_shapes_are_valid_shacl() -> None:
    shapes = shapes_graph((ROOT / "ontology" / "shapes").glob("*.ttl"))
    conforms, _, text = validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_every_file_uses_the_prefixes_of_the_table() -> None:
    for path in turtle_files():
        declared = re.findall(r"(?im)^@?prefix\s+([\w-]+):\s*<([^>]+)>", path.read_text("utf-8"))
        assert {p: n for p, n in declared if p != "part" and prefix_map().get(p) != n} == {}, path


def axioms() -> list[Triple]:
    """The ontology, and of schemes and data what classes things have and how they are linked.

    Literals are left out: over them HermiT takes minutes, and the shapes and the rule one-value look at them.
    """
    known = Store()
    known.bulk_load(path=ROOT / "ontology" / "therapeia.ttl", format=RdfFormat.TURTLE)
    a, kind, axiom = (NamedNode(str(term)) for term in (RDF.type, OWL.ObjectProperty, OWL.Axiom))
    links = {quad.subject for quad in known.quads_for_pattern(None, a, kind)}
    kept = [quad.triple for quad in known]
    for path in turtle_files():
        if path.parent.name == "schemes" or path.is_relative_to(ROOT / "data"):
            triples = [quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)]
            kept += [t for t in triples if t.predicate in links or (t.predicate == a and t.object != axiom)]
    return kept


@pytest.mark.skipif(shutil.which("java") is None, reason="needs Java, for the HermiT reasoner")
@pytest.mark.filterwarnings("ignore")
def test_hermit_finds_ontology_schemes_and_data_consistent(tmp_path: Path) -> None:
    import owlready2

    def reason(more: str = "") -> list[object]:
        file = tmp_path / "all.nt"
        file.write_bytes((serialize(axioms(), format=RdfFormat.N_TRIPLES) or b"") + more.encode())
        world = owlready2.World()
        world.get_ontology(file.as_uri()).load()
        owlready2.sync_reasoner_hermit(world, ignore_unsupported_datatypes=True, debug=0)
        return list(world.inconsistent_classes())

    assert reason() == []
    person, source = "https://w3id.org/therapeia/id/person/paul-gilbert", "https://w3id.org/therapeia/ontology#Source"
    clash = f"<{person}> <{RDF.type}> <{source}> .\n"
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(clash)
