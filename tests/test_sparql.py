"""The endpoint: formats, ways of asking, refusals, and a query that would not end."""

import csv
import io
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import parse_query_results

from therapeia import formats
from therapeia.app import create_app
from therapeia.pool import Limits
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
    ({"query_string": {"query": " "}}, 400, "exactly one query"),
    ({"query_string": {"default-graph-uri": "http://example.org/"}}, 400, "exactly one query"),
    ({"query_string": {"query": SELECT, "timeout": "soon"}}, 400, "timeout=soon"),
    ({"query_string": {"query": SELECT, "max-rows": "-1"}}, 400, "max-rows=-1"),
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


ROWS = "SELECT * { ?s ?p ?o } LIMIT 100"


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_a_long_answer_is_cut_off_after_whole_rows_and_says_so(client: FlaskClient, name: str) -> None:
    response = client.get("/sparql", query_string={"query": ROWS, "format": name, "max-rows": "7"})
    assert (response.status_code, response.headers["X-SPARQL-MaxRows"]) == (200, "7")
    if name == "csv":
        assert len(list(csv.reader(io.StringIO(response.text)))) == 8
    else:
        results = parse_query_results(response.data, format=formats.RESULTS[response.mimetype][0])
        assert len(list(results)) == 7


def test_what_is_not_utf_8_is_refused(client: FlaskClient) -> None:
    assert client.get("/sparql?query=ASK%7B%7D%ff").status_code == 400
    for body, kind, status in [(b"ASK {} #\xff", "", 400), ("ASK {}".encode("utf-16"), "; charset=utf-16", 415)]:
        response = client.post("/sparql", data=body, content_type=f"application/sparql-query{kind}")
        assert (response.status_code, "UTF-8" in response.text) == (status, True)


@pytest.mark.parametrize("limits", [Limits(rows=100), Limits(rows=10**6, size=1)])
def test_an_answer_at_its_limit_is_whole(dataset: Dataset, limits: Limits) -> None:
    response = create_app(dataset, limits).test_client().get("/sparql", query_string={"query": ROWS})
    assert "X-SPARQL-MaxRows" not in response.headers
    assert len(json.loads(response.data)["results"]["bindings"]) == 100


def test_an_answer_of_too_many_bytes_or_triples_is_cut_off(dataset: Dataset) -> None:
    client = create_app(dataset, Limits(rows=50_000, size=1)).test_client()
    table = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"})
    assert 1000 < int(table.headers["X-SPARQL-MaxRows"]) < 50_000
    graph = client.get(
        "/sparql", query_string={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "max-rows": "5", "format": "nt"}
    )
    assert (graph.headers["X-SPARQL-MaxRows"], len(graph.text.splitlines())) == ("5", 5)


def test_a_literal_that_looks_like_the_end_of_a_row_is_no_row(client: FlaskClient) -> None:
    query = 'SELECT ?x { VALUES ?x { "},{ </result>\\n},{" "b" } }'
    for name in ("json", "xml", "csv", "tsv"):
        response = client.get("/sparql", query_string={"query": query, "format": name, "max-rows": "2"})
        assert "X-SPARQL-MaxRows" not in response.headers


def test_the_page_says_when_it_shows_less_than_all(dataset: Dataset) -> None:
    client = create_app(dataset, Limits(page_rows=10)).test_client()
    page = client.get("/sparql", query_string={"query": ROWS}, headers={"Accept": "text/html"}).text
    assert "cut off after 10 rows" in page


def test_a_request_may_ask_for_less_time(client: FlaskClient) -> None:
    start = time.monotonic()
    response = client.get("/sparql", query_string={"query": ENDLESS, "timeout": "0.3"})
    assert (response.status_code, time.monotonic() - start < 1) == (504, True)
    assert "0.3 s" in response.json["detail"]


def test_a_killed_worker_costs_its_own_request_only(client: FlaskClient, app: Flask) -> None:
    assert client.get("/sparql", query_string={"query": SELECT}).status_code == 200
    killer = threading.Timer(0.3, lambda: [os.kill(pid, signal.SIGKILL) for pid in workers_of(app)])
    killer.start()
    assert client.get("/sparql", query_string={"query": ENDLESS}).status_code == 503
    assert client.get("/sparql", query_string={"query": SELECT}).status_code == 200


def workers_of(app: Flask) -> list[int]:
    """The processes that this one's nurseries have forked."""
    tree = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in tree.splitlines()[1:]]
    nurseries = {pid for pid, parent in pairs if parent == os.getpid()}
    return [pid for pid, parent in pairs if parent in nurseries]


def test_too_many_queries_are_told_to_come_again(dataset: Dataset) -> None:
    client = create_app(dataset, Limits(seconds=1, at_once=1, queue=1, patience=0.1)).test_client()
    busy = threading.Thread(target=client.get, args=("/sparql",), kwargs={"query_string": {"query": ENDLESS}})
    busy.start()
    time.sleep(0.2)
    response = client.get("/sparql", query_string={"query": SELECT})
    busy.join()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "5")
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
