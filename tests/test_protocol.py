"""The W3C's tests of the SPARQL 1.1 Protocol and of service descriptions, read from their manifests.

They stand in `../shared/conformance`, or in the folder that THERAPEIA_CONFORMANCE names.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from pyoxigraph import parse as parse_rdf
from rdflib import Graph, Namespace, URIRef
from rdflib.collection import Collection

from therapeia.app import create_app
from therapeia.layout import ROOT
from therapeia.store import Dataset

FOLDER = Path(os.environ.get("THERAPEIA_CONFORMANCE", ROOT.parent / "shared" / "conformance"))
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
TABLES = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the W3C tests are not in {FOLDER}")


def manifest(name: str) -> Graph:
    return Graph().parse(FOLDER / name / "manifest.ttl") if FOLDER.is_dir() else Graph()


def entries(graph: Graph) -> list[URIRef]:
    return [entry for head in graph.objects(None, MF.entries) for entry in Collection(graph, head)]


PROTOCOL = manifest("protocol")
QUERIES = [
    entry
    for entry in entries(PROTOCOL)
    if "#query" in entry or "#bad_query" in entry or "#bad_multiple_queries" in entry
]


def client_for(test: URIRef) -> FlaskClient:
    """Serve the data that a test names, each under the name it gives, and all of it where none is asked for."""
    store = Store()
    for data in PROTOCOL.objects(test, UT.graphData):
        file = FOLDER / "protocol" / str(PROTOCOL.value(data, UT.graph)).rpartition("/")[2]
        graph = NamedNode(str(PROTOCOL.value(data, RDFS.label)))
        for target in (graph, DefaultGraph()):
            store.bulk_load(path=file, format=RdfFormat.N_TRIPLES, to_graph=target)
    return create_app(Dataset(store)).test_client()


def send(client: FlaskClient, request: Any) -> Any:
    def value(subject: Any, name: URIRef) -> str:
        return str(PROTOCOL.value(subject, name) or "")

    headers = {}
    for head in PROTOCOL.objects(request, HT.headers):
        headers |= {value(h, HT.fieldName): value(h, HT.fieldValue) for h in Collection(PROTOCOL, head)}
    body = PROTOCOL.value(request, HT.body)
    charset = value(body, CNT.characterEncoding) or "utf-8"
    data = value(body, CNT.chars).encode(charset) if body else None
    path = value(request, HT.absolutePath).replace("/sparql/", "/sparql", 1)
    return client.open(path, method=value(request, HT.methodName), headers=headers, data=data)


def kind(response: Any) -> str:
    if response.mimetype not in TABLES:
        return "RDF"
    return "boolean" if "boolean" in json.loads(response.data) else "tabular"


@pytest.mark.parametrize("test", QUERIES or [URIRef("#absent")], ids=lambda test: test.rpartition("#")[2])
def test_the_endpoint_keeps_the_protocol(test: URIRef) -> None:
    client = client_for(test)
    for head in PROTOCOL.objects(PROTOCOL.value(test, MF.action), HT.requests):
        for request in Collection(PROTOCOL, head):
            response, expected = send(client, request), PROTOCOL.value(request, HT.resp)
            statuses = {str(s).rpartition("StatusCode")[2][0] for s in PROTOCOL.objects(expected, MF.expectedStatus)}
            assert str(response.status_code)[0] in statuses, response.text
            for boolean in PROTOCOL.objects(expected, MF.expectedBoolean):
                assert json.loads(response.data)["boolean"] == boolean.toPython()
            for wanted in PROTOCOL.objects(expected, MF.expectedFormat):
                assert kind(response) == str(wanted)


def test_the_query_half_of_the_manifest_is_all_there() -> None:
    assert len(QUERIES) == 20


def description(client: FlaskClient) -> Graph:
    response = client.get("/sparql")
    assert response.status_code == 200
    return Graph().parse(data=response.data, format=response.mimetype)


def test_a_get_on_the_endpoint_returns_rdf(client: FlaskClient) -> None:
    response = client.get("/sparql")
    assert list(parse_rdf(response.data, format=RdfFormat.from_media_type(response.mimetype)))


def test_the_service_description_has_the_true_endpoint(client: FlaskClient) -> None:
    assert (None, SD.endpoint, URIRef("http://localhost/sparql")) in description(client)


def test_the_service_description_conforms_to_its_schema(client: FlaskClient) -> None:
    graph = description(client)
    services = list(graph.subjects(URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), SD.Service))
    assert len(services) == 1
    for name in (SD.endpoint, SD.supportedLanguage, SD.resultFormat, SD.defaultDataset):
        assert list(graph.objects(services[0], name))
    dataset = graph.value(services[0], SD.defaultDataset)
    named = list(graph.objects(dataset, SD.namedGraph))
    assert len(named) > 1000
    assert all(graph.value(node, SD.name) for node in named)
    assert graph.value(graph.value(dataset, SD.defaultGraph), URIRef("http://rdfs.org/ns/void#triples"))
