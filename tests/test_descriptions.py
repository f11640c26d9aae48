"""What the server tells programs of itself: VoID, the catalogue, the dumps; each true and in form."""

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store, parse, serialize
from rdflib import DCAT, RDF, VOID, Graph, Literal, URIRef

from therapeia import formats, shacl
from therapeia.layout import ROOT
from therapeia.store import Dataset

HOST = "http://localhost/"
OURS = URIRef("https://w3id.org/therapeia/id/dataset/therapeia")


def described(client: FlaskClient, path: str) -> Graph:
    response = client.get(path)
    assert response.status_code == 200
    quads = parse(response.data, format=RdfFormat.from_media_type(response.mimetype))
    triples = serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b""
    return Graph().parse(data=triples, format="nt")


def test_void_counts_what_is_there(client: FlaskClient, dataset: Dataset) -> None:
    graph = described(client, "/void")
    triples = sum(1 for quad in dataset.store if quad.graph_name.__class__.__name__ == "DefaultGraph")
    assert (OURS, VOID.triples, Literal(triples)) in graph
    parts = list(graph.subject_objects(VOID["class"]))
    assert (None, VOID["class"], URIRef("https://w3id.org/therapeia/ontology#Modality")) in graph
    assert all(int(graph.value(part, VOID.entities)) > 0 for part, _ in parts)
    assert client.get("/.well-known/void").headers["Location"] == "/void"


@pytest.mark.parametrize("path", ["/catalog", "/catalog.jsonld", "/void.nt", "/void?format=rdf"])
def test_a_description_can_be_had_in_other_formats(client: FlaskClient, path: str) -> None:
    assert len(described(client, path)) > 20


def test_the_catalogue_conforms_to_the_shapes_and_an_entry_without_a_licence_does_not(client: FlaskClient) -> None:
    shapes = shacl.shapes_graph([ROOT / "ontology" / "shapes" / "dataset.ttl"])

    def faults(graph: Graph) -> list[str]:
        store = Store()
        store.load(graph.serialize(format="nt").encode(), format=RdfFormat.N_TRIPLES)
        return [result.name for result in shacl.validate(store, shapes)]

    graph = described(client, "/catalog")
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) > 1
    assert faults(graph) == []
    graph.remove((OURS, URIRef("http://purl.org/dc/terms/license"), None))
    graph.remove((None, DCAT.endpointURL, None))
    assert sorted(faults(graph)) == ["endpoint", "licence"]


def test_each_format_of_ours_is_in_the_catalogue_and_can_be_downloaded(client: FlaskClient) -> None:
    named = {str(url).removeprefix(HOST) for url in described(client, "/catalog").objects(None, DCAT.downloadURL)}
    assert named == {f"dump.{names[0]}" for _, names in formats.RDF.values()}
    for file in described(client, "/void").objects(OURS, VOID.dataDump):
        assert str(file).removeprefix(HOST) in named
    for name in ("dump.nt", "dump.nq"):
        response = client.get(f"/{name}")
        wire = RdfFormat.from_extension(name.rpartition(".")[2])
        assert sum(1 for _ in parse(response.data, format=wire)) > 100_000
        assert name.rpartition(".")[2] in response.headers["Content-Disposition"]


def test_a_reader_finds_the_downloads_from_any_page(client: FlaskClient) -> None:
    assert 'href="/page/dataset"' in client.get("/").text
    page = client.get("/page/dataset/therapeia").text
    assert all(f'href="/dump.{names[0]}"' in page for _, names in formats.RDF.values())


def test_a_dump_in_no_format_of_ours_is_told_in_words(client: FlaskClient) -> None:
    response = client.get("/dump.docx")
    assert (response.status_code, "text/turtle (ttl)" in response.text) == (404, True)
