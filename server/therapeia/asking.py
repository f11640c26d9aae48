"""Questions from the command line: SPARQL text, a file, or a stored query with parameters.

A stored query is a `sh:SPARQLExecutable` (as in the SIB collection of examples); a parameter is a
variable of the query, described by a `sh:parameter`.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Variable,
    serialize,
)  # fmt: skip

from therapeia import formats
from therapeia.layout import BASE
from therapeia.prefixes import compress, expand, prefix_map, used_prefixes
from therapeia.store import Dataset, Term

_SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True)
class Question:
    """SPARQL text with the values its parameters have unless others are given."""

    text: str
    defaults: Mapping[str, Term] = field(default_factory=dict)


class QuestionError(Exception):
    """A question cannot be asked; the message says why."""


def find(dataset: Dataset, text: str) -> Question:
    """Return the question behind an argument: standard input, a file, a stored query, or the text itself."""
    if text == "-":
        return Question(sys.stdin.read())
    if any(mark in text for mark in "{ \n"):
        return Question(text)
    if Path(text).is_file():
        return Question(Path(text).read_text("utf-8"))
    if stored := stored_query(dataset, f"{BASE}query/{text}"):
        return Question(stored, defaults(dataset, f"{BASE}query/{text}"))
    raise QuestionError(f"{text}: no file and no stored query of this name; SPARQL text has a {{.")


def stored_query(dataset: Dataset, iri: str) -> str | None:
    """Return the text of a stored query."""
    for form in ("select", "ask", "construct"):
        for quad in dataset.store.quads_for_pattern(NamedNode(iri), NamedNode(_SH + form), None):
            return getattr(quad.object, "value", None)
    return None


def defaults(dataset: Dataset, iri: str) -> dict[str, Term]:
    """Return the default values of the parameters of a stored query, by name."""
    rows = dataset.ask_page("parameters", this=iri)
    return {row["name"].value: row["default"] for row in rows}


def bindings(parameters: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=VALUE pairs. Raises QuestionError for anything else."""
    for parameter in parameters:
        if "=" not in parameter:
            raise QuestionError(f"--param {parameter}: write it as NAME=VALUE.")
    return dict(parameter.split("=", 1) for parameter in parameters)


def answer(dataset: Dataset, question: Question, form: str, parameters: dict[str, str]) -> str:
    """Ask, and write the answer as a table or in a wire format. Raises QuestionError if refused."""
    given = {name: _term(name, value) for name, value in parameters.items()}
    values: dict[Variable, Term] = {Variable(n): term for n, term in {**question.defaults, **given}.items()}
    try:
        results = dataset.store.query(
            question.text, prefixes=dict(prefix_map()),
            substitutions=values or None,
        )  # fmt: skip
        return _write(results, form)
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise QuestionError(f"the query was refused: {error}") from error


def _term(name: str, value: str) -> NamedNode | Literal:
    """Read a value: an IRI, a CURIE, the slug of a thing of the kind that the parameter is called, or text."""
    iri = expand(value)
    if iri.startswith(("http://", "https://")):
        return NamedNode(iri)
    if name in prefix_map():
        return NamedNode(prefix_map()[name] + value)
    return Literal(value)


def _write(results: QuerySolutions | QueryBoolean | QueryTriples, form: str) -> str:
    if form == "table":
        if isinstance(results, QuerySolutions):
            return table(results)
        form = "ttl" if isinstance(results, QueryTriples) else "csv"
    if isinstance(results, QueryBoolean) and form == "csv":
        return "yes" if results else "no"
    if isinstance(results, QueryTriples):
        media_type = formats.by_name(form, formats.RDF)
        if media_type is None:
            raise QuestionError(f"a graph cannot be written as {form}; use ttl, nt, jsonld or rdf.")
        triples = list(results)
        rdf_format = formats.RDF[media_type][0]
        return (serialize(triples, format=rdf_format, prefixes=used_prefixes(triples)) or b"").decode()
    media_type = formats.by_name(form, formats.RESULTS)
    if media_type is None:
        raise QuestionError(f"a table cannot be written as {form}; use table, csv, tsv, json or xml.")
    return (results.serialize(format=formats.RESULTS[media_type][0]) or b"").decode()


def table(solutions: QuerySolutions) -> str:
    """Write an answer as a table for the eye, with short names."""
    head = [variable.value for variable in solutions.variables]
    rows = [[_short(term) for term in row] for row in solutions]
    widths = [min(60, max(len(cell) for cell in column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in [head, ["-" * width for width in widths], *rows]]  # fmt: skip
    return "\n".join([*lines, f"({len(rows)} rows)"])


def _short(term: object) -> str:
    if term is None:
        return ""
    return compress(term.value) if isinstance(term, NamedNode) else str(getattr(term, "value", term))
