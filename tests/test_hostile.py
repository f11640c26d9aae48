"""A catalogue of requests that nobody honest sends, each with what must come back; and random ones."""

import os
import resource
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from therapeia.app import create_app
from therapeia.pool import Limits
from therapeia.store import Dataset

ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
STOPPED, REFUSED, CALM = {503, 504}, {400}, {200}
DEEP = 20_000

# Queries that would take for ever, or all memory.
GREEDY = [
    f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}",
    f"SELECT (COUNT(DISTINCT ?a) AS ?n) {{ {ALL} }}",
    f"SELECT * {{ {ALL} }} ORDER BY ?a ?d ?g",
    f"SELECT DISTINCT ?a ?d ?g {{ {ALL} }}",
    f"SELECT ?a (COUNT(*) AS ?n) {{ {ALL} }} GROUP BY ?a",
    f"SELECT (SUM(STRLEN(STR(?a))) AS ?n) {{ {ALL} }}",
    f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) {{ {ALL} }}",
    f"SELECT * {{ {ALL} FILTER(STR(?a) = CONCAT(STR(?d), STR(?g))) }}",
    f"SELECT * {{ {ALL} FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), '^(a+)+$')) }}",
    f"SELECT * {{ {ALL} MINUS {{ ?a ?x ?g . ?d ?y ?c }} FILTER(1 = 0) }}",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>)+ ?b . ?c (!<x:y>)+ ?d . ?e (!<x:y>)+ ?f }",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?c (!<x:y>|^!<x:y>)* ?d }",
    "SELECT (COUNT(*) AS ?n) { ?a ((!<x:y>)*/(!<x:y>)*)* ?b . ?b ((!<x:y>)*)* ?c }",
    f"SELECT * {{ {{ SELECT * {{ {ALL} }} ORDER BY ?i }} }} ORDER BY ?c LIMIT 1",
    f"SELECT * {{ {ALL} }} ORDER BY RAND() LIMIT 1",
    f"SELECT * {{ {ALL} }} OFFSET 1000000000000",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i } }",
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"OPTIONAL {{ ?s{i} ?p{i} ?o{i} }}" for i in range(6)) + " }",
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ ?s{i} ?p{i} ?o{i} }} UNION {{ ?o{i} ?p{i} ?s{i} }}" for i in range(6)) + " }",
]  # fmt: skip

# Queries that are large or deep, or only odd: an answer or a refusal will do, but nothing else.
ODD = [
    f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {ALL} FILTER(?a = ?f && ?c = ?i && ?b != ?b) }}",
    f"ASK {{ {ALL} FILTER(?a != ?a) }}",
    f"DESCRIBE ?a {{ {ALL} FILTER(STRLEN(STR(?a)) > 10000) }}",
    "SELECT * { " + "{ " * DEEP + "?s ?p ?o" + " }" * DEEP + " } LIMIT 1",
    "SELECT (" + "(" * DEEP + "1" + ")" * DEEP + " AS ?x) {}",
    "SELECT (" + "!" * DEEP + "true AS ?x) {}",
    "SELECT (" + "+".join(["1"] * DEEP) + " AS ?x) {}",
    "ASK { FILTER(" + " || ".join(["false"] * DEEP) + ") }",
    "SELECT * { VALUES ?x { " + '"a" ' * 100_000 + "} } LIMIT 1",
    "SELECT * { ?s " + "/".join(["<x:y>"] * DEEP) + " ?o }",
    "SELECT * { ?s ?p " + ", ".join(["?o"] * DEEP) + " } LIMIT 1",
    "SELECT " + " ".join(f"?v{i}" for i in range(DEEP)) + " { } LIMIT 1",
    'SELECT (REPLACE("' + "a" * 5000 + '", "(a*)*b", "c") AS ?x) {}',
    'SELECT (REGEX("' + "a" * 5000 + '", "^(a|a)*$") AS ?x) {}',
    'SELECT ("' + "x" * 900_000 + '" AS ?x) {}',
    "#" * 900_000 + "\nASK {}",
    "PREFIX a: <b:>" * DEEP + " ASK {}",
    "BASE <http://x/>" * DEEP + " ASK {}",
    "SELECT * FROM <http://x/> FROM NAMED <http://y/> { ?s ?p ?o }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT (<http://www.w3.org/2001/XMLSchema#integer>('9999999999999999999999') AS ?x) {}",
    "SELECT (1/0 AS ?x) {}",
    "SELECT (STRDT('x', <javascript:alert(1)>) AS ?x) {}",
    "ASK { <<( ?s ?p ?o )>> ?q ?r }",
    "ask {} # \u202e\u0000",
]  # fmt: skip

WRONG = [
    "DELETE WHERE { ?s ?p ?o }", "INSERT DATA { <x:a> <x:b> <x:c> }", "LOAD <http://127.0.0.1:1/>", "CLEAR ALL", "DROP ALL",
    "SELECT * { ?s ?p", "SELECT", "{}", "\x00", "ＳＥＬＥＣＴ * {}", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?x { ?s ?p ?o } VALUES ?x { <http://127.0.0.1:1/> } }", "SELECT (<http://x/f>(1) AS ?x) { ", "ASK {}; ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT -1", "SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }", "SELECT ?x { ?x ?p ?o } GROUP BY ?o",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile_app(dataset: Dataset) -> Flask:
    return create_app(dataset, Limits(seconds=0.5, memory=300, rows=10_000, size=4))


@pytest.fixture(scope="module")
def hostile(hostile_app: Flask) -> FlaskClient:
    return hostile_app.test_client()


def post(client: FlaskClient, query: str, **headers: str) -> Any:
    return client.post("/sparql", data=query.encode(), content_type="application/sparql-query", headers=headers)


def calm(response: Any, statuses: set[int]) -> None:
    assert response.status_code in statuses, response.text[:300]
    assert "Traceback" not in response.text and "panicked" not in response.text
    if response.status_code >= 400:
        assert response.json["title"] and response.json["detail"]


@pytest.mark.parametrize("query", GREEDY, ids=lambda q: q[:40])
def test_a_greedy_query_is_stopped(hostile: FlaskClient, query: str) -> None:
    calm(post(hostile, query), STOPPED)


@pytest.mark.parametrize("query", ODD, ids=lambda q: q[:40].encode("ascii", "replace").decode())
def test_an_odd_query_is_answered_or_refused(hostile: FlaskClient, query: str) -> None:
    calm(post(hostile, query), CALM | REFUSED | STOPPED | {413})


@pytest.mark.parametrize("query", WRONG, ids=lambda q: q[:40].encode("ascii", "replace").decode())
def test_a_wrong_query_is_refused(hostile: FlaskClient, query: str) -> None:
    calm(post(hostile, query), REFUSED)


REQUESTS: list[tuple[str, dict[str, Any], int]] = [
    ("/sparql", {"method": "PUT"}, 405),
    ("/sparql", {"method": "DELETE"}, 405),
    ("/sparql", {"method": "POST", "data": b"a" * 2_000_000, "content_type": "application/sparql-query"}, 413),
    ("/sparql", {"method": "POST", "data": b"\xff\xfe", "content_type": "application/sparql-query"}, 400),
    ("/sparql", {"method": "POST", "data": b"ASK {}", "content_type": "application/json"}, 415),
    ("/sparql", {"method": "POST", "data": b"", "content_type": "application/sparql-query"}, 400),
    ("/sparql", {"method": "POST", "data": b"--x", "content_type": "multipart/form-data; boundary=x"}, 415),
    ("/sparql?" + "&".join(f"a{i}=1" for i in range(200)), {}, 400),
    ("/sparql?query=ASK%7B%7D&timeout=nan", {}, 400),
    ("/sparql?query=ASK%7B%7D&timeout=-1", {}, 400),
    ("/sparql?query=ASK%7B%7D&timeout=1e308", {}, 200),
    ("/sparql?query=ASK%7B%7D&max-rows=0.5", {}, 200),
    ("/sparql?query=ASK%7B%7D&format=../../etc/passwd", {}, 406),
    ("/sparql?query=ASK%7B%7D&default-graph-uri=%00", {}, 400),
    ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, 400),
    ("/page/modality/" + "a" * 50_000, {}, 404),
    ("/page/%2e%2e%2f%2e%2e%2fetc%2fpasswd", {}, 404),
    ("/data/..%2f..%2fpyproject.toml", {}, 404),
    ("/id/modality/%3Cscript%3E", {}, 404),
    ("/id/modality/%00", {}, 404),
    ("/search?q=" + "%25" * 5000, {}, 200),
    ("/search?q=%27%22%5C%3Bdrop", {}, 200),
    ("/dump.%2e%2e", {}, 404),
    ("/", {"headers": {"Accept": "*/*;q=" + "9" * 5000}}, 200),
    ("/", {"headers": {"Accept": ",".join(["a/b"] * 5000)}}, 200),
    ("/", {"headers": {"Host": "evil.example\\@"}}, 200),
    ("/", {"headers": {"If-None-Match": '"' * 5000}}, 200),
    ("/sparql?query=ASK%7B%7D", {"headers": {"X-Request-Id": "'; drop"}}, 200),
]


@pytest.mark.parametrize(("path", "more", "status"), REQUESTS, ids=lambda v: str(v)[:40])
def test_a_broken_request_is_answered_in_order(
    hostile: FlaskClient, path: str, more: dict[str, Any], status: int
) -> None:
    response = hostile.open(path, **more)
    assert (response.status_code, "Traceback" in response.text) == (status, False), response.text[:300]


def test_the_catalogue_is_long_enough() -> None:
    assert len(GREEDY) + len(ODD) + len(WRONG) + len(REQUESTS) >= 60


PIECES = st.sampled_from(
    ["SELECT", "ASK", "WHERE", "{", "}", "(", ")", "?s", "?p", "?o", "*", "FILTER", "OPTIONAL", "UNION", "<http://x/y>",
     "th:about", '"a"@en', "'", "1", ".", ";", ",", "^", "/", "+", "|", "BIND", "AS", "VALUES", "GROUP BY", "ORDER BY",
     "LIMIT", "\\u0053", "\n", "#", "<<(", ")>>", "COUNT", "SERVICE", "GRAPH"]
)  # fmt: skip
QUERIES = st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60)
CALMLY = settings(
    max_examples=int(os.environ.get("THERAPEIA_EXAMPLES", "150")), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@CALMLY
@given(query=QUERIES, accept=st.sampled_from(["text/html", "text/csv", "*/*", "application/json", "text/turtle"]))
def test_random_queries_are_answered_refused_or_stopped(hostile: FlaskClient, query: str, accept: str) -> None:
    response = hostile.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert response.status_code in {200, 400, 406, 503, 504}, (query, response.text[:200])


@CALMLY
@given(path=st.text(string.ascii_letters + string.punctuation + "é\u202e%", max_size=40), name=st.text(max_size=10))
def test_random_addresses_are_answered(hostile: FlaskClient, path: str, name: str) -> None:
    response = hostile.get(quote("/" + path), query_string={"format": name})
    assert response.status_code in {200, 303, 308, 400, 404, 405, 406}, (path, response.status_code)


def test_after_all_this_nothing_has_leaked(hostile_app: Flask, hostile: FlaskClient) -> None:
    def state() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for query in ("ASK {}", GREEDY[0], "nonsense"):
        post(hostile, query)
    files, memory = state()
    for _ in range(30):
        for query in ("ASK {}", "nonsense", "SELECT * { ?s ?p ?o } LIMIT 1000"):
            post(hostile, query)
    post(hostile, GREEDY[0])
    assert state()[0] <= files + 1
    assert state()[1] <= memory * 1.1
