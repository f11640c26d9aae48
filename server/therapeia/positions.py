"""In which line of a Turtle file each triple stands.

rdflib's Turtle parser counts lines while it reads; a sink that looks at the counter keeps them.
"""

from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef
from rdflib.plugins.parsers import notation3
from rdflib.term import Node

Triple = tuple[Node, Node, Node]


class _Sink(notation3.RDFSink):
    """Collects the line of each statement as it is made."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.lines: dict[Triple, int] = {}
        self.parser: notation3.SinkParser

    def makeStatement(self, quadruple: Any, why: Any = None) -> None:  # noqa: ANN401, N802 (rdflib's name)
        """Keep the line of a statement beside the statement."""
        super().makeStatement(quadruple, why)
        formula, predicate, subject, value = quadruple
        subject, predicate, value = (self.normalise(formula, term) for term in (subject, predicate, value))
        self.lines.setdefault((subject, predicate, value), self.parser.lines + 1)


def lines(path: Path) -> dict[Triple, int]:
    """Map each triple of a Turtle file to the line in which its value stands, from 1."""
    sink = _Sink(Graph())
    sink.parser = notation3.SinkParser(sink, baseURI=path.resolve().as_uri(), turtle=True)
    sink.parser.loadBuf(path.read_bytes())
    return sink.lines


def find(table: dict[Triple, int], subject: str, predicate: str = "", value: str = "") -> int:
    """Find the line of the triple that fits best: all given parts, else the subject, else 0.

    Values are compared by their text without quotation marks, since an engine may write numbers anew.
    """
    of_subject = [(t, line) for t, line in table.items() if t[0] == URIRef(subject)]
    of_property = [(t, line) for t, line in of_subject if str(t[1]) == predicate]
    of_value = [line for t, line in of_property if value and _same(str(t[2]), value)]
    return min(of_value or [line for _, line in of_property] or [line for _, line in of_subject], default=0)


def _same(written: str, value: str) -> bool:
    try:
        return written == value or float(written) == float(value)
    except ValueError:
        return False
