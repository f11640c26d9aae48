"""The full profiles: complete, cited, and each in words of its own."""

import re
from collections import defaultdict

import pytest
from pyoxigraph import Literal

from therapeia.asking import stored_query
from therapeia.prefixes import expand
from therapeia.store import Dataset

# Text of our own in the parts of a profile; titles of sources and passages quoted from the seed page are not.
TEXTS = """SELECT ?modality ?text {
  ?voice a th:IllustrativeStatement ; th:about ?modality .
  { ?modality skos:definition ?text }
  UNION {
    ?part th:about|owl:annotatedSource ?modality ;
      th:text|th:scope|th:note|th:idea|th:rationale|th:qualifier|th:question|th:answer ?text
  } }"""
RUN = 10


@pytest.fixture(scope="module")
def rows(dataset: Dataset) -> list[dict[str, str]]:
    results = dataset.store.query(stored_query(dataset, expand("query:profile-completeness")) or "")
    names = [variable.value for variable in results.variables]  # type: ignore[union-attr]
    return [{name: row[name].value for name in names} for row in results]  # type: ignore[union-attr]


def test_each_full_profile_has_something_in_every_section(rows: list[dict[str, str]]) -> None:
    assert [row["modality"] for row in rows if row["filled"] != row["sections"]] == []


def test_nine_parts_in_ten_of_the_full_profiles_carry_a_citation(rows: list[dict[str, str]]) -> None:
    assert sum(int(row["cited"]) for row in rows) >= 0.9 * sum(int(row["parts"]) for row in rows)


def runs(text: str) -> set[str]:
    """The runs of words in a text, without what it quotes."""
    words = re.findall(r"[\w’'-]+", re.sub(r"“[^”]*”", " ", text).lower())
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_no_two_profiles_share_a_run_of_ten_words(dataset: Dataset) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    prefixes = {prefix: expand(f"{prefix}:") for prefix in ("th", "owl", "skos")}
    for row in dataset.store.query(TEXTS, prefixes=prefixes):  # type: ignore[union-attr]
        assert isinstance(row["text"], Literal)
        for run in runs(row["text"].value):
            found[run].add(row["modality"].value.rpartition("/")[2])
    assert {run: sorted(names) for run, names in found.items() if len(names) > 1} == {}


def test_the_search_for_shared_runs_finds_one() -> None:
    one = "Here a person tells the same story twice, once slowly and once with the ending changed."
    other = "In groups a person tells the same story twice, once slowly and once to everybody."
    assert runs(one) & runs(other) == {
        "a person tells the same story twice once slowly and",
        "person tells the same story twice once slowly and once",
    }
