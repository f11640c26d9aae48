"""Compare this server with `oxigraph serve` in memory and with rdflib-endpoint: same machine, file and queries.

    python tests/bench/bench.py                  # the graph of this repository
    python tests/bench/bench.py --copies 8       # about a million triples of the same shape
    python tests/bench/bench.py --slow           # with rdflib-endpoint

It prints medians, throughput of eight clients, memory and start-up, each as a ratio to `oxigraph serve`,
and fails where two servers give different rows. Needs the extra `bench`.
"""

import argparse
import contextlib
import http.client
import json
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from therapeia import store
from therapeia.prefixes import prefix_map

BIN = Path(sys.executable).parent
RUNS, CLIENTS, SECONDS = 15, 8, 5
QUERIES = {
    "ask": "ASK {}",
    "label": "SELECT ?name { modality:emdr skos:prefLabel ?name }",
    "modalities": "SELECT ?m ?name { ?m a th:Modality ; skos:prefLabel ?name } ORDER BY ?name",
    "everything of one": "SELECT ?p ?o { modality:emdr ?p ?o }",
    "claims of one": "SELECT ?c ?text ?source { ?c a th:EvidenceClaim ; th:about modality:emdr ; th:text ?text ; cito:citesAsEvidence ?source }",
    "narrower": "SELECT ?m ?c { ?c skos:broader* condition:anxiety-disorders . ?m th:indicatedFor ?c }",
    "roots counted": "SELECT ?root (COUNT(?m) AS ?n) { ?m th:philosophicalRoot ?root } GROUP BY ?root ORDER BY DESC(?n) ?root",
    "kin by roots": "SELECT ?other (COUNT(?r) AS ?n) { modality:schema-therapy th:philosophicalRoot ?r . ?other th:philosophicalRoot ?r } GROUP BY ?other",
    "words": 'SELECT ?s { ?s th:text ?t FILTER(CONTAINS(LCASE(?t), "shame")) }',
    "many rows": "SELECT ?s ?o { ?s th:curationStatus ?o } LIMIT 10000",
}


@dataclass
class Server:
    """A server under test: its name, where its endpoint is, how it starts, and what is measured."""

    name: str
    path: str
    start: Callable[[int, Path], list[str]]
    load: Callable[[int, Path], None] | None = None
    rows: dict[str, int] = field(default_factory=dict)
    medians: dict[str, float] = field(default_factory=dict)
    throughput: float = 0.0
    cached: float = 0.0
    startup: float = 0.0
    memory: float = 0.0


def post_to_oxigraph(port: int, file: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    with file.open("rb") as body:
        connection.request("POST", "/store?default", body, {"Content-Type": "application/n-triples"})
        assert connection.getresponse().status < 300


SERVERS = [
    Server(
        "oxigraph serve",
        "/query",
        lambda port, file: [str(BIN / "oxigraph"), "serve", "--bind", f"127.0.0.1:{port}"],
        post_to_oxigraph,
    ),
    Server(
        "therapeia, no cache",
        "/sparql",
        lambda port, file: [str(BIN / "therapeia"), "serve", "--port", str(port), "--data", str(file), "--no-cache"],
    ),
    Server(
        "therapeia",
        "/sparql",
        lambda port, file: [str(BIN / "therapeia"), "serve", "--port", str(port), "--data", str(file)],
    ),
]
SLOW = Server(
    "rdflib-endpoint",
    "/",
    lambda port, file: [str(BIN / "rdflib-endpoint"), "serve", "--port", str(port), "--host", "127.0.0.1", str(file)],
)


def address(server: Server, query: str) -> str:
    prefixes = "".join(f"PREFIX {p}: <{n}>\n" for p, n in prefix_map().items() if re.search(rf"\b{p}:", query))
    return f"{server.path}?{urllib.parse.urlencode({'query': prefixes + query})}"


def ask(connection: http.client.HTTPConnection, url: str) -> bytes:
    connection.request("GET", url, headers={"Accept": "application/sparql-results+json"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, (response.status, body[:500])
    return body


@contextlib.contextmanager
def running(server: Server, file: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    process = subprocess.Popen(
        server.start(port, file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                http.client.HTTPConnection("127.0.0.1", port, timeout=600).connect()
                break
            time.sleep(0.01)
        if server.load:
            server.load(port, file)
        ask(http.client.HTTPConnection("127.0.0.1", port, timeout=600), address(server, QUERIES["ask"]))
        server.startup = time.perf_counter() - begun
        yield port
        server.memory = memory(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def memory(pid: int) -> float:
    """The memory of a process and its children in MiB, shared pages counted once (PSS)."""
    pids = [pid, *children(pid)]
    rollups = (Path(f"/proc/{p}/smaps_rollup").read_text() for p in pids)
    return sum(int(match[1]) for text in rollups if (match := re.search(r"^Pss:\s+(\d+)", text, re.M))) / 1024


def children(pid: int) -> list[int]:
    direct = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return direct + [c for child in direct for c in children(child)]


def count(body: bytes) -> int:
    answer = json.loads(body)
    return int(answer["boolean"]) if "boolean" in answer else len(answer["results"]["bindings"])


def measure(server: Server, file: Path, runs: int) -> None:
    with running(server, file) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        for name, query in QUERIES.items():
            url = address(server, query)
            server.rows[name] = count(ask(connection, url))
            times = []
            for _ in range(runs):
                begun = time.perf_counter()
                ask(connection, url)
                times.append(time.perf_counter() - begun)
            server.medians[name] = statistics.median(times) * 1000
        server.throughput = throughput(server, port)


def throughput(server: Server, port: int) -> float:
    """Requests a second of eight clients that go through the queries again and again."""
    urls = [address(server, query) for query in QUERIES.values()]
    counts = [0] * CLIENTS
    end = time.perf_counter() + SECONDS

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        while time.perf_counter() < end:
            ask(connection, urls[(number + counts[number]) % len(urls)])
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def data(folder: Path, copies: int) -> tuple[Path, int]:
    """Write the graph, and copies of it under other names, as N-Triples."""
    from pyoxigraph import DefaultGraph, RdfFormat

    text = store.load().store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()).decode()
    file = folder / "graph.nt"
    with file.open("w") as out:
        out.write(text)
        for number in range(1, copies):
            out.write(re.sub(r"(<https://w3id\.org/therapeia/id/[a-z-]+/)", rf"\1copy{number}-", text))
    return file, text.count("\n") * copies


def report(servers: list[Server]) -> None:
    base = servers[0]
    print(f"{'':22}" + "".join(f"{s.name:>22}" for s in servers))
    for name in QUERIES:
        print(
            f"{name:22}"
            + "".join(f"{s.medians[name]:>14.2f} ms {ratio(s.medians[name], base.medians[name])}" for s in servers)
        )
    for title, value, unit in (
        ("sum of medians", lambda s: sum(s.medians.values()), "ms"), ("8 clients", lambda s: s.throughput, "/s"),
        ("start and load", lambda s: s.startup, "s "), ("memory (PSS)", lambda s: s.memory, "MB"),
    ):  # fmt: skip
        print(f"{title:22}" + "".join(f"{value(s):>14.2f} {unit} {ratio(value(s), value(base))}" for s in servers))
    for server in servers[1:]:
        assert server.rows == base.rows, (server.name, server.rows, base.rows)
    print("All servers gave the same numbers of rows:", base.rows)


def ratio(value: float, base: float) -> str:
    return f"{value / base:4.2f}" if base else "    "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1, help="how often the graph is repeated")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--slow", action="store_true", help="measure rdflib-endpoint as well")
    options = parser.parse_args()
    servers = SERVERS + ([SLOW] if options.slow else [])
    with tempfile.TemporaryDirectory() as folder:
        file, size = data(Path(folder), options.copies)
        print(f"{size:,} triples, medians of {options.runs} runs, ratios to {servers[0].name}")
        for server in servers:
            measure(server, file, options.runs)
    report(servers)


if __name__ == "__main__":
    main()
