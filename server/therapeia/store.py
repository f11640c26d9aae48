"""Turtle files into an Oxigraph store.

Each file stands there twice: in the default graph, so that plain patterns find it, and in its own
named graph, so that `FROM`, `GRAPH` and the page of a record can tell it apart. (Oxigraph's union
option is not used: it would make `FROM` in a query ineffective.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
)

from therapeia.layout import ROOT, graph_iri, turtle_files, version

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
_QUERIES = files("therapeia") / "queries"


class DataError(Exception):
    """A file could not be read as RDF; the message says which, where and why."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """All that is served: the store, the files behind each named graph, and a version.

    `files` maps a named graph's IRI to the files it was loaded from; `version` is a hash of their
    contents and changes when any of them does.
    """

    store: Store
    files: Mapping[str, list[Path]] = field(default_factory=dict)
    version: str = ""

    def ask_page(self, name: str, **bindings: str | Literal) -> QuerySolutions:
        """Run one of the server's own queries, `queries/NAME.rq`, with IRIs or literals bound to variables.

        A variable that is bound must be projected by the query: Oxigraph asks for it.
        """
        text = (_QUERIES / f"{name}.rq").read_text("utf-8")
        values: dict[Variable, Term] = {
            Variable(variable): NamedNode(term) if isinstance(term, str) else term
            for variable, term in bindings.items()
        }
        results = self.store.query(text, substitutions=values or None)
        assert isinstance(results, QuerySolutions)  # noqa: S101 (our own queries are SELECT)
        return results

    def construct_page(self, name: str, base: str) -> list[Triple]:
        """Run one of the server's own CONSTRUCT queries; its relative addresses are taken below `base`."""
        results = self.store.query((_QUERIES / f"{name}.rq").read_text("utf-8"), base_iri=base)
        assert isinstance(results, QueryTriples)  # noqa: S101 (our own)
        return list(results)

    def has(self, iri: str) -> bool:
        """Tell whether anything is said of an entity; nothing is of what is no legal IRI."""
        try:
            return next(self.store.quads_for_pattern(NamedNode(iri), None, None), None) is not None
        except ValueError:
            return False


def load(root: Path = ROOT, extra: Iterable[Path] = ()) -> Dataset:
    """Load the graph under `root`, and any RDF files beside it.

    A file's named graph is the address of its record; that of an extra file is its `file:` address.
    Raises DataError for what cannot be read.
    """
    graphs = {path: graph_iri(path, root) for path in turtle_files(root)}
    return _load(graphs | {path: path.resolve().as_uri() for path in rdf_files(extra)})


def load_files(paths: Iterable[Path]) -> Dataset:
    """Load any RDF files instead of the built-in graph; one file alone is the default graph and no other.

    Raises DataError for what cannot be read.
    """
    chosen = rdf_files(paths)
    graphs = {path: path.resolve().as_uri() for path in chosen}
    return _load(graphs, named=len(chosen) > 1)


def rdf_files(paths: Iterable[Path]) -> list[Path]:
    """List the RDF files at paths: a file as it is, and those within a folder, known by their extension."""
    return [file for path in paths for file in _rdf_files(path)]


def _rdf_files(path: Path) -> list[Path]:
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder.")
    if path.is_file():
        return [path]
    found = [file for file in sorted(path.rglob("*")) if file.is_file() and _format(file, None)]
    if not found:
        raise DataError(f"{path}: the folder holds no RDF file (.ttl, .trig, .nt, .nq, .rdf, .jsonld).")
    return found


def _format(path: Path, default: RdfFormat | None = RdfFormat.TURTLE) -> RdfFormat | None:
    return RdfFormat.from_extension(path.suffix.removeprefix(".").lower()) or default


def _load(graphs: Mapping[Path, str], named: bool = True) -> Dataset:
    store = Store()
    by_graph: dict[str, list[Path]] = {}
    for path, graph in graphs.items():
        _load_file(store, path, graph, named)
        by_graph.setdefault(graph, []).append(path)
    if named:  # faster than to read each file twice
        store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }")
    return Dataset(store, by_graph, version(graphs))


def _load_file(store: Store, path: Path, graph: str, named: bool) -> None:
    rdf_format = _format(path)
    try:
        if rdf_format and rdf_format.supports_datasets:
            store.bulk_load(path=path, format=rdf_format)
        else:
            target = NamedNode(graph) if named else DefaultGraph()
            store.bulk_load(path=path, format=rdf_format, base_iri=graph, to_graph=target)
    except (SyntaxError, ValueError, OSError) as error:
        raise DataError(f"{path}: {error}") from error
