"""The records: each parses everywhere, is in form, and the whole graph is free of violations."""

from itertools import groupby
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from therapeia.checking import check
from therapeia.layout import ROOT, turtle_files


def folder(path: Path) -> str:
    return "/".join(path.relative_to(ROOT).parts[:2])


FOLDERS = {name: list(paths) for name, paths in groupby(sorted(turtle_files()), folder)}


def by_rdflib(paths: list[Path]) -> int:
    """Parse files as one text, for each file alone costs rdflib more than what is in it."""
    return len(Graph().parse(data="\n".join(path.read_text("utf-8") for path in paths), format="turtle"))


@pytest.mark.parametrize("name", FOLDERS)
def test_all_files_mean_the_same_to_both_libraries(name: str) -> None:
    paths = FOLDERS[name]
    by_oxigraph = {quad.triple for path in paths for quad in parse(path=path, format=RdfFormat.TURTLE)}
    if by_rdflib(paths) != len(by_oxigraph) or not by_oxigraph:
        differing = [
            p for p in paths if by_rdflib([p]) != len({q.triple for q in parse(path=p, format=RdfFormat.TURTLE)})
        ]
        assert differing == []


def test_the_whole_graph_has_no_violation() -> None:
    assert [finding for finding in check() if finding.level == "violation"] == []
