"""The records: each parses everywhere, is in form, and the whole graph is free of violations."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from therapeia.checking import check
from therapeia.layout import ROOT, turtle_files

FILES = turtle_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_means_the_same_to_both_libraries(path: Path) -> None:
    by_rdflib = Graph().parse(path, format="turtle")
    by_oxigraph = {quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)}
    assert len(by_rdflib) == len(by_oxigraph) > 0


def test_the_whole_graph_has_no_violation() -> None:
    assert [finding for finding in check() if finding.level == "violation"] == []
