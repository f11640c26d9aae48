"""The running server: caching, what operators see, and how it bears slow, broken and hostile clients."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from therapeia.app import create_app
from therapeia.store import Dataset

SELECT = "SELECT ?name { modality:emdr skos:prefLabel ?name }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def kept(dataset: Dataset) -> FlaskClient:
    return create_app(dataset, cache=4).test_client()


@pytest.mark.parametrize(
    "path", ["/", "/page/modality/emdr", "/data/modality/emdr.ttl", f"/sparql?query={quote(SELECT)}", "/void"]
)
def test_a_client_that_has_an_answer_is_told_so(kept: FlaskClient, path: str) -> None:
    first = kept.get(path)
    again = kept.get(path)
    assert (first.status_code, again.data, again.headers["ETag"]) == (200, first.data, first.headers["ETag"])
    known = kept.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert "max-age" in known.headers["Cache-Control"]
    assert kept.get(path, headers={"If-None-Match": f"W/{first.headers['ETag']}"}).status_code == 304  # by way of gzip
    assert kept.get(path, headers={"If-None-Match": "*"}).status_code == 200


def test_each_format_and_each_state_of_the_data_has_its_own_tag(dataset: Dataset, kept: FlaskClient) -> None:
    path = "/data/modality/emdr"
    tags = {kept.get(path, headers={"Accept": kind}).headers["ETag"] for kind in ("text/turtle", "application/ld+json")}
    other = create_app(Dataset(dataset.store, dataset.files, "another"), cache=4).test_client()
    tags.add(other.get(path, headers={"Accept": "text/turtle"}).headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    "query",
    ["SELECT (RAND() AS ?x) {}", "SELECT (NOW() AS ?x) {}", "SELECT (uuid() AS ?x) {}", "SELECT (STRUUID() AS ?x) {}"],
)
def test_what_changes_from_time_to_time_is_not_kept(kept: FlaskClient, query: str) -> None:
    answers = [kept.get("/sparql", query_string={"query": query}) for _ in range(2)]
    assert "ETag" not in answers[0].headers
    assert answers[0].data != answers[1].data


def test_a_function_that_hides_behind_escapes_is_not_kept_either(kept: FlaskClient) -> None:
    assert "ETag" not in kept.get("/sparql?query=SELECT%20(%52AND()%20AS%20%3Fx)%20%7B%7D").headers


def test_errors_are_not_kept_and_the_cache_keeps_to_its_size(dataset: Dataset) -> None:
    app = create_app(dataset, cache=1)
    client = app.test_client()
    assert "ETag" not in client.get("/sparql?query=nonsense").headers
    for number in range(700):
        client.get("/sparql", query_string={"query": f"SELECT ({number} AS ?x) {{ }}"})
    cache = app.extensions["cache"]
    assert 100 < len(cache._kept) < 700
    assert sum(answer.weight for answer in cache._kept.values()) <= 1024 * 1024


def test_health_metrics_and_request_ids(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "therapeia.requests"):
        answer = client.get(
            "/sparql", query_string={"query": "nonsense", "q": "my secret"}, headers={"X-Request-Id": "abc-1"}
        )
    assert (answer.headers["X-Request-Id"], answer.json["request_id"]) == ("abc-1", "abc-1")
    line = json.loads(caplog.messages[-1])
    assert (line["path"], line["status"], line["id"]) == ("/sparql", 400, "abc-1")
    assert "secret" not in caplog.text and "nonsense" not in caplog.text
    assert client.get("/", headers={"X-Request-Id": "a\tb" * 99}).headers["X-Request-Id"] != "a"
    assert client.get("/health").json["status"] == "ok"
    assert 'therapeia_requests_total{endpoint="sparql.sparql",status="400"}' in client.get("/metrics").text


def test_a_preflight_allows_what_programs_send(client: FlaskClient) -> None:
    answer = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Accept" in answer.headers["Access-Control-Allow-Headers"]


class Server:
    """A server that was started as a user would, on a free port."""

    def __init__(self, *options: str) -> None:
        command = [str(Path(sys.executable).parent / "therapeia"), "serve", "--port", "0", "--timeout", "2", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stdout
        self.port = int(self.process.stdout.readline().split("/  (")[0].rpartition(":")[2])

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path, headers=headers or JSON)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def ask(self, query: str) -> int:
        return self.get(f"/sparql?query={quote(query)}")[0]

    def raw(self, data: bytes, pause: float = 0) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            time.sleep(pause)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def processes(self) -> list[int]:
        tree = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in tree.splitlines()[1:]]
        return [pid for pid, parent in pairs if parent == self.process.pid]

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=10)[1]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    assert "Traceback" not in running.stop()


def test_a_web_process_that_is_killed_is_replaced(server: Server) -> None:
    assert server.ask(SELECT) == 200
    time.sleep(1.1)
    os.kill(min(server.processes()), signal.SIGKILL)  # the web process is the first that was forked
    time.sleep(0.5)
    assert server.ask(SELECT) == 200


def test_when_the_server_is_stopped_nothing_is_left() -> None:
    server = Server()
    assert server.ask(SELECT) == 200
    left = server.processes()
    server.stop()
    time.sleep(0.3)
    assert [
        pid
        for pid in left
        if Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    ] == []


def test_a_slow_client_keeps_nobody_waiting(server: Server) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    for connection in slow:
        connection.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    begun = time.monotonic()
    assert server.ask(SELECT) == 200
    assert time.monotonic() - begun < 1
    for connection in slow:
        connection.close()


RAW = [
    (b"NONSENSE\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", b"HTTP/1.1"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
    (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1."),
    (b"GET /page/\x00\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1"),
    (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 10000000\r\n\r\n"
        + b"a" * 2_000_000,
        b"413",
    ),
    (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
    (b"GET /static/../../../pyproject.toml HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
    (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
    (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"HTTP/1."),
]


@pytest.mark.parametrize(("data", "expected"), RAW, ids=lambda v: v[:40].decode("latin-1") if len(v) > 8 else "")
def test_what_is_no_proper_request_is_refused(server: Server, data: bytes, expected: bytes) -> None:
    try:
        answer = server.raw(data)
    except OSError:
        answer = expected  # the server hung up while it was still being talked to
    status = answer.split(b"\r\n")[0]
    assert expected in status and b" 500 " not in status, status
    assert b"Traceback" not in answer
    assert server.ask("ASK {}") == 200
