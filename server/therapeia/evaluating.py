"""A question in SPARQL, and its answer in a wire format, cut off at a number of rows or bytes.

Results are serialised by the engine as they come. One that grows too long is asked for again as
tab-separated values, in which each row is a line, and cut after a whole one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    parse_query_results,
    serialize,
)  # fmt: skip

from therapeia import formats
from therapeia.prefixes import prefix_map, used_prefixes
from therapeia.store import Dataset

# What stands between or after rows, and how many more of it there are than rows.
_ROW_END = {
    QueryResultsFormat.JSON: (b"},{", -1),
    QueryResultsFormat.XML: (b"</result>", 0),
    QueryResultsFormat.CSV: (b"\n", 1),
    QueryResultsFormat.TSV: (b"\n", 1),
}


@dataclass(frozen=True)
class Query:
    """A query with the dataset of the protocol, and the wire formats that will do for each kind of answer."""

    query: str
    base: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    table: str | None = None
    graph: str | None = None
    rows: int = 1_000_000
    size: int = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """The body of an answer; no media type where none was acceptable; after how many rows it was cut off."""

    media_type: str | None
    body: bytes
    cut_after: int | None = None


class _FullError(Exception):
    """The answer is longer than it may be."""


class _Sink(BytesIO):
    """Collect what the engine writes, counting the ends of rows, until it is too much.

    Rows may be counted that are none (a literal may hold such a mark), never fewer than there are.
    """

    def __init__(self, wire: QueryResultsFormat, rows: int, size: int) -> None:
        """Take up to a number of rows and of bytes."""
        super().__init__()
        self._mark, more = _ROW_END[wire]
        self._rows, self._size = rows + more, size
        self._tail = b""

    def write(self, chunk: bytes) -> int:  # type: ignore[override]  # the engine sends bytes
        """Take a chunk. Raises _FullError at the limits."""
        self._rows -= (self._tail + chunk).count(self._mark)
        self._tail = chunk[1 - len(self._mark) :] if len(self._mark) > 1 else b""
        self._size -= len(chunk)
        written = super().write(chunk)
        if self._rows < 0 or self._size < 0:
            raise _FullError
        return written


def evaluator(dataset: Dataset) -> Callable[[Query], Answer]:
    """Make the task of a query worker; what it needs from files is read now, for workers can open none."""
    prefix_map()
    return partial(evaluate, dataset)


def evaluate(dataset: Dataset, question: Query) -> Answer:
    """Answer a question. Raises SyntaxError, ValueError or OSError for what the engine refuses."""
    results = _ask(dataset, question)
    if isinstance(results, QueryTriples):
        return _graph(results, question) if question.graph else Answer(None, b"")
    if not question.table:
        return Answer(None, b"")
    wire = formats.RESULTS[question.table][0]
    if isinstance(results, QueryBoolean):
        return Answer(question.table, results.serialize(format=wire) or b"")
    sink = _Sink(wire, question.rows, question.size)
    try:
        results.serialize(sink, format=wire)
    except _FullError:
        return _cut(dataset, question)
    return Answer(question.table, sink.getvalue())


def _ask(dataset: Dataset, question: Query) -> QuerySolutions | QueryBoolean | QueryTriples:
    chosen = bool(question.default_graphs or question.named_graphs)
    return dataset.store.query(
        question.query,
        base_iri=question.base,
        prefixes=dict(prefix_map()),
        default_graph=[NamedNode(iri) for iri in question.default_graphs] if chosen else None,
        named_graphs=[NamedNode(iri) for iri in question.named_graphs] if chosen else None,
    )


def _graph(results: QueryTriples, question: Query) -> Answer:
    """Serialise a graph with the prefixes that it needs; a triple counts as a row."""
    triples = list(islice(results, question.rows))
    cut_after = question.rows if next(results, None) is not None else None
    assert question.graph  # noqa: S101 (asked for by the caller)
    wire = formats.RDF[question.graph][0]
    return Answer(question.graph, serialize(triples, format=wire, prefixes=used_prefixes(triples)) or b"", cut_after)


def _cut(dataset: Dataset, question: Query) -> Answer:
    """Ask again, and keep as many whole rows as rows and size allow."""
    results = _ask(dataset, question)
    sink = _Sink(QueryResultsFormat.TSV, question.rows, question.size)
    whole = False
    try:
        assert isinstance(results, QuerySolutions)  # noqa: S101 (it was a table before)
        results.serialize(sink, format=QueryResultsFormat.TSV)
        whole = True
    except _FullError:
        pass
    head, *rows = sink.getvalue().splitlines(keepends=True)
    kept = [row for row in rows[: question.rows] if row.endswith(b"\n")]
    assert question.table  # noqa: S101 (it was asked for before)
    table = parse_query_results(head + b"".join(kept), format=QueryResultsFormat.TSV)
    body = table.serialize(format=formats.RESULTS[question.table][0]) or b""
    return Answer(question.table, body, None if whole and len(kept) == len(rows) else len(kept))
