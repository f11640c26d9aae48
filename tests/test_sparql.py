"""The endpoint: formats, ways of asking, refusals, and a query that would not end."""

import csv
import io
import json
import socket
import time
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from therapeia.app import create_app
from therapeia.isolation import Limits
from therapeia.store import Dataset

SELECT = "SELECT ?name { modality:compassionate-mind-training skos:prefLabel ?name }"
CONSTRUCT = "CONSTRUCT WHERE { modality:compassionate-mind-training skos:prefLabel ?name }"
FORMATS = [
    (SELECT, "application/sparql-results+json", "json", b'"Compassionate Mind Training"'),
    (SELECT, "application/sparql-results+xml", "xml", b"<literal"),
    (SELECT, "text/csv", "csv", b"name\r\nCompassionate Mind Training"),
    (SELECT, "text/tab-separated-values", "tsv", b"?name\n"),
    ("ASK { ?s ?p ?o }", "application/sparql-results+json", "json", b"true"),
    (CONSTRUCT, "text/turtle", "ttl", b"@prefix modality:"),
    (CONSTRUCT, "application/ld+json", "jsonld", b'"@value"'),
    (CONSTRUCT, "application/n-triples", "nt", b'"Compassionate Mind Training"@en .'),
    (CONSTRUCT, "application/rdf+xml", "rdf", b"<rdf:RDF"),
]


@pytest.mark.parametrize(("query", "media_type", "name", "part"), FORMATS, ids=lambda v: str(v)[:24])
def test_each_format_by_accept_by_name_and_by_every_method(
    client: FlaskClient, query: str, media_type: str, name: str, part: bytes
) -> None:
    accept = {"Accept": media_type}
    asked = [
        client.get("/sparql", query_string={"query": query}, headers=accept),
        client.get("/sparql", query_string={"query": query, "format": name}),
        client.post("/sparql", data={"query": query}, headers=accept),
        client.post("/sparql", data=query, content_type="application/sparql-query", headers=accept),
    ]
    for response in asked:
        assert (response.status_code, response.mimetype) == (200, media_type)
        assert part in response.data


def test_a_program_that_says_nothing_gets_json(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT})
    assert json.loads(response.data)["results"]["bindings"][0]["name"]["value"] == "Compassionate Mind Training"


def test_from_and_graph_see_the_record_of_a_file(client: FlaskClient) -> None:
    graph = "https://w3id.org/therapeia/data/person/paul-gilbert"
    for query, more in [
        (f"SELECT ?s FROM <{graph}> {{ ?s a ?c }}", {}),
        (f"SELECT ?s {{ GRAPH <{graph}> {{ ?s a ?c }} }}", {}),
        ("SELECT ?s { ?s a ?c }", {"default-graph-uri": graph}),
    ]:
        body = client.get("/sparql", query_string={"query": query, "format": "csv", **more}).text
        assert len(list(csv.reader(io.StringIO(body)))) == 3, query


REFUSALS = [
    ({"query_string": {"query": "SELECT ?s WHERE { ?s ?p }"}}, 400, "line"),
    ({"query_string": {"query": "DELETE WHERE { ?s ?p ?o }"}}, 400, "expected"),
    ({"query_string": {"update": "DELETE WHERE { ?s ?p ?o }"}}, 403, "read-only"),
    ({"query_string": {}}, 400, "exactly one query"),
    ({"query_string": {"query": [SELECT, SELECT]}}, 400, "exactly one query"),
    ({"query_string": {"query": SELECT, "format": "docx"}}, 406, "text/csv (csv)"),
    ({"query_string": {"query": CONSTRUCT, "format": "csv"}}, 406, "text/turtle (ttl)"),
    ({"query_string": {"query": SELECT}, "headers": {"Accept": "image/png"}}, 406, "text/csv (csv)"),
    ({"query_string": {"query": SELECT, "default-graph-uri": "not an iri"}}, 400, "IRI"),
    ({"query_string": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}, 400, ""),
]


@pytest.mark.parametrize(("request_", "status", "words"), REFUSALS, ids=lambda v: str(v)[:60])
def test_a_bad_request_is_refused_with_a_reason(client: FlaskClient, request_: dict, status: int, words: str) -> None:
    response = client.get("/sparql", **request_)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert words in response.text


@pytest.mark.parametrize(("method", "kind", "status"), [("post", "text/plain", 415), ("put", "text/plain", 405)])
def test_other_bodies_and_methods_are_refused(client: FlaskClient, method: str, kind: str, status: int) -> None:
    assert getattr(client, method)("/sparql", data=SELECT, content_type=kind).status_code == status


def test_a_browser_gets_a_table_with_links(client: FlaskClient) -> None:
    query = "SELECT ?m ?name { ?m a th:Modality ; skos:prefLabel ?name } ORDER BY ?name"
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select_one('td a[href="/page/modality/compassionate-mind-training"]')
    assert (page.select_one("textarea") or page).get_text() == query
    assert "rows" in (page.select_one("[role=status]") or page).get_text()


def test_a_browser_is_told_line_and_column_of_an_error(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT ?s {\n ?s ?p }"}, headers={"Accept": "text/html"})
    assert response.status_code == 400
    assert "Line 2, column" in BeautifulSoup(response.text, "html.parser").get_text()


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"


def test_a_query_that_would_not_end_is_stopped_and_the_next_is_answered(dataset: Dataset) -> None:
    client = create_app(dataset, Limits(seconds=0.5)).test_client()
    start = time.monotonic()
    assert client.get("/sparql", query_string={"query": ENDLESS}).status_code == 504
    assert time.monotonic() - start < 1.5
    assert client.get("/sparql", query_string={"query": SELECT}).status_code == 200


def test_a_query_that_eats_memory_costs_only_itself(dataset: Dataset) -> None:
    client = create_app(dataset, Limits(seconds=20, memory=100)).test_client()
    assert client.get("/sparql", query_string={"query": GREEDY}).status_code == 503
    assert client.get("/sparql", query_string={"query": SELECT}).status_code == 200


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize("word", ["SERVICE", "\\u0053ERVICE", "SERVICE SILENT"])
def test_no_query_reaches_the_network(client: FlaskClient, listener: socket.socket, word: str) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
    client.get("/sparql", query_string={"query": f"SELECT * {{ {word} <{address}> {{ ?s ?p ?o }} }}"})
    with pytest.raises(TimeoutError):
        listener.accept()
