"""`therapeia check`: each rule catches the mistake it is for, and says file, line, what, why and how to fix it."""

import json
import time
from collections import defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mistakes import MISTAKES, SHAPES, SOUND, Mistake
from therapeia import rules
from therapeia.__main__ import main
from therapeia.checking import check
from therapeia.findings import Finding
from therapeia.layout import ROOT
from therapeia.shacl import WORDS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def write(folder: Path, content: str | bytes, name: str = "test-therapy.ttl") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_a_sound_record_passes(tmp_path: Path) -> None:
    result = run(write(tmp_path, SOUND))
    assert (result.exit_code, result.output.strip()) == (0, "0 violations, 0 warnings, 0 notes")


def test_what_only_looks_like_a_mistake_passes(tmp_path: Path) -> None:
    right = ", ".join(f"<https://orcid.org/0000-000{n}>" for n in ("1-5109-3700", "2-1694-233X", "2-1825-0097"))
    content = f"""{SOUND}
<https://w3id.org/therapeia/id/person/paul-gilbert> skos:exactMatch {right} .
<https://w3id.org/therapeia/id/modality/test-therapy#x> a th:Statement ; th:note "As retracted: Kirby et al. (2017)."@en ;
    <http://purl.org/spar/cito/citesAsEvidence> <https://w3id.org/therapeia/id/source/kirby-2017> .
<https://w3id.org/therapeia/id/source/kirby-2017> th:retraction "Withdrawn in 2018."@en .
"""
    found = {f.rule for f in check([Path(write(tmp_path, content))])}
    assert found & {"rule/orcid-check-digit", "rule/citation-in-prose", "rule/retracted-source"} == set()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What one check finds in all the mistakes together, by file: each is a record with a name of its own."""
    folder = tmp_path_factory.mktemp("mistakes")
    for number, mistake in enumerate(MISTAKES):
        write(folder, mistake.record(number), f"mistake-{number}.ttl")
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in check([folder]):
        findings[Path(finding.file).stem].append(finding)
    return findings


@pytest.mark.parametrize(("number", "mistake"), list(enumerate(MISTAKES)), ids=lambda m: getattr(m, "rule", m))
def test_a_planted_mistake_is_found_with_its_line_reason_and_cure(
    tmp_path: Path, found: dict[str, list[Finding]], number: int, mistake: Mistake
) -> None:
    def fitting(findings: list[Finding]) -> list[Finding]:
        return [f for f in findings if f.rule == mistake.rule and mistake.words in f.what + f.fix]

    # A few share the thing of which they speak, and are told apart only alone.
    caught = fitting(found[f"mistake-{number}"]) or fitting(check([Path(write(tmp_path, mistake.text()))]))
    assert caught
    assert all(f.level == mistake.level and f.line > 0 and f.why and f.fix.endswith((".", "?", ">")) for f in caught)


def test_every_rule_and_every_kind_of_constraint_has_a_planted_mistake() -> None:
    planted = {m.rule for m in MISTAKES}
    assert {f"rule/{rule.name}" for rule in rules.rules()} | {f"shape/{word}" for word in WORDS} == planted


def test_ten_mistakes_in_one_file_are_all_named(tmp_path: Path) -> None:
    text = (
        SOUND.replace('"Test Therapy"@en', '"Test Therapy"')
        .replace('dcterms:identifier "test-therapy"', 'dcterms:identifier "Test Therapy"')
        .replace(
            "th:family family:psychodynamic",
            'th:family family:psychodinamic ;\n    th:focus family:couple ;\n    th:keytext "A" ;\n'
            '    th:introducedYear "ca. 2005" ;\n    th:originator "Somebody" ;\n    th:epistemology "Empiricistevol" ;\n'
            "    th:derivedFrom modality:test-therapy, modality:shema-therapy ;\n    th:yearKind th:nonsense",
        )
        .replace("curation-status:stub", "curation-status:finished")
    )
    result = run(write(tmp_path, text))
    expected = [
        "name (skos:prefLabel)", "identifier (dcterms:identifier)", "psychodinamic", "focus", "keytext",
        "ca. 2005", "Somebody", "Empiricistevol", "comes back to itself", "schema-therapy?", "finished",
    ]  # fmt: skip
    assert result.exit_code == 1
    assert [word for word in expected if word not in result.output] == []
    assert result.output.count("test-therapy.ttl:") == result.output.count("    fix: ")


BAD_FILES = {
    "does not parse": ("modality:x a th:Modality ; .", "does not parse", 1),
    "no full stop": (SOUND + "\nmodality:x a th:Modality", "does not parse", 19),
    "latin-1": (SOUND.replace("Test Therapy", "Thérapie").encode("latin-1"), "is not UTF-8", 14),
    "byte order mark": (b"\xef\xbb\xbf" + SOUND.encode(), "begins with a byte order mark", 1),
    "empty": ("", "is empty", 1),
    "only a comment": ("# nothing\n", "holds no statement", 1),
    "binary": (bytes(range(256)), "is not UTF-8", 2),
}


@pytest.mark.parametrize(("content", "words", "line"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_file_that_cannot_be_read_is_answered_in_words(
    tmp_path: Path, content: str | bytes, words: str, line: int
) -> None:
    result = run(write(tmp_path, content))
    assert result.exit_code == 1
    assert f"test-therapy.ttl:{line}: violation: {words}" in result.output
    assert "    fix: " in result.output


def test_a_folder_is_checked_file_by_file(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    triples = "".join(f'<https://example.org/{n}> <https://example.org/p> "{n}" .\n' for n in range(10_000))
    write(tmp_path, triples, "many.nt")
    write(tmp_path, "nonsense", "bad.ttl")
    result = run(str(tmp_path))
    assert (result.exit_code, result.output.count("violation: ")) == (1, 1)


@pytest.mark.parametrize("place", ["missing.ttl", "."])
def test_a_path_without_rdf_is_a_wrong_call(tmp_path: Path, place: str) -> None:
    result = run(str(tmp_path / place))
    assert (result.exit_code, "no" in result.output) == (2, True)


def test_a_record_out_of_form_or_place_is_told_how_to_mend_it(tmp_path: Path) -> None:
    root = tmp_path / "graph"
    (root / "data" / "modality").mkdir(parents=True)
    (root / "ontology").symlink_to(ROOT / "ontology")
    path = root / "data" / "modality" / "other.ttl"
    path.write_text(SOUND.replace("    skos", "  skos"))
    found = {f.rule: f.fix for f in check([path], root)}
    assert "therapeia format" in found["canonical-form"]
    assert "data/modality/other" in found["record-place"]


def test_findings_can_be_had_as_json_and_sarif(tmp_path: Path) -> None:
    file = write(tmp_path, SHAPES[0].text())
    as_json = json.loads(CliRunner().invoke(main, ["check", "--format", "json", file]).stdout)
    sarif = json.loads(CliRunner().invoke(main, ["check", "--format", "sarif", file]).stdout)
    assert {"file", "line", "what", "why", "fix", "rule"} <= set(as_json[0])
    assert sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] > 0


def test_the_whole_graph_is_checked_in_fifteen_seconds() -> None:
    start = time.perf_counter()
    assert run().exit_code == 0
    assert time.perf_counter() - start < 15
