"""Read an RDF file for a check, or say in words why it cannot be read: encoding, emptiness, syntax."""

import re
from functools import cache
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from therapeia.findings import Finding, relative


def read(path: Path) -> list[Quad] | Finding:
    """Parse a file, all of it into the default graph, or say why it cannot be parsed."""

    def problem(line: int, what: str, why: str, fix: str) -> Finding:
        return Finding(relative(path), line, "violation", "", what, why, fix, "parse")

    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return problem(line, "is not UTF-8.", "Turtle is always UTF-8.", "Save the file in the encoding UTF-8.")
    except OSError as error:
        return problem(0, f"cannot be read: {error.strerror}.", "", "Check the path and its permissions.")
    if text.startswith("\ufeff"):
        return problem(1, "begins with a byte order mark.", "Some readers choke on it.", "Save as UTF-8 without BOM.")
    if not text.strip():
        return problem(1, "is empty.", "A record must say something.", "Remove the file, or fill it.")
    rdf_format = RdfFormat.from_extension(path.suffix.removeprefix(".").lower()) or RdfFormat.TURTLE
    try:
        quads = list(parse(text, format=rdf_format, base_iri=path.absolute().as_uri()))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        fix = f"Mend the {rdf_format.name} near this line; often a full stop, semicolon or quotation mark is missing."
        return problem(line, f"does not parse: {_sentence(str(error))}", "", fix)
    if rdf_format.supports_datasets:
        quads = [Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads]
    if not quads:
        return problem(1, "holds no statement.", "A record must say something.", "Remove the file, or fill it.")
    return quads


@cache
def read_once(path: Path, changed: int) -> list[Quad] | Finding:
    """Read a file of the built-in graph, again only when it has changed."""
    return read(path)


def _sentence(text: str) -> str:
    text = re.sub(r"^Parser error at line \d+ (between )?", "", text).strip()
    return text if text.endswith(".") else text + "."
