"""The vocabulary and the shapes: every term explained, every message a sentence, and all of it consistent."""

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions
from pyshacl import validate
from rdflib import Graph

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


PROFILES = ("compassionate-mind-training", "emdr", "dialectical-behaviour-therapy", "paul-gilbert", "kirby-2017")


@pytest.mark.skipif(shutil.which("java") is None, reason="needs Java, for the HermiT reasoner")
@pytest.mark.filterwarnings("ignore")
def test_hermit_finds_ontology_schemes_and_full_profiles_consistent(tmp_path: Path) -> None:
    # Over all the data it takes minutes; there the rules disjoint-classes, one-value and wrong-kind stand in.
    import owlready2

    def reason(*more: str) -> list[object]:
        graph = Graph()
        for path in turtle_files():
            folder = path.relative_to(ROOT).parts
            if folder[1] not in ("shapes", "questions") and (folder[0] == "ontology" or path.stem in PROFILES):
                graph.parse(path)
        for text in more:
            graph.parse(data=text, format="turtle")
        file = tmp_path / "all.nt"
        file.write_bytes(graph.serialize(format="nt", encoding="utf-8"))
        world = owlready2.World()
        world.get_ontology(file.as_uri()).load()
        owlready2.sync_reasoner_hermit(world, ignore_unsupported_datatypes=True, debug=0)
        return list(world.inconsistent_classes())

    assert reason() == []
    clash = "<https://w3id.org/therapeia/id/person/paul-gilbert> a <https://w3id.org/therapeia/ontology#Source> ."
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason(clash)
