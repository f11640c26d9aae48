"""The other commands, as they are typed; and the server as a process of its own."""

import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import Variable

from therapeia.__main__ import main
from therapeia.asking import Question, answer, defaults, find, stored_query
from therapeia.layout import BASE, ROOT
from therapeia.store import Dataset


def run(*arguments: str, **more: str) -> Result:
    return CliRunner().invoke(main, arguments, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["serve", "check", "format", "query", "stats"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"therapeia {command}" in result.output


QUESTIONS = sorted((ROOT / "ontology" / "questions").glob("*.ttl"))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_stored_query_returns_at_least_what_it_promises(dataset: Dataset, path: Path) -> None:
    asked = Question(f"SELECT ?n {{ query:{path.stem} th:expectedMinRows ?n }}")
    promised = int(answer(dataset, asked, "csv", {}).split()[-1])
    rows = re.search(r"\((\d+) rows\)", answer(dataset, find(dataset, path.stem), "table", {}))
    assert rows
    assert int(rows[1]) >= promised


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_stored_query_declares_its_prefixes_so_that_it_runs_anywhere(dataset: Dataset, path: Path) -> None:
    text = stored_query(dataset, f"{BASE}query/{path.stem}")
    assert text
    values = {Variable(name): term for name, term in defaults(dataset, f"{BASE}query/{path.stem}").items()}
    dataset.store.query(text, substitutions=values or None)


def test_a_question_may_be_text_a_file_or_standard_input(tmp_path: Path) -> None:
    text = "SELECT ?n { modality:compassionate-mind-training skos:prefLabel ?n }"
    file = tmp_path / "question.rq"
    file.write_text(text)
    answers = {
        run("query", text).output,
        run("query", str(file)).output,
        run("query", "-", input=text).output,
    }
    assert len(answers) == 1
    assert "Compassionate Mind Training" in answers.pop()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-question"], "no stored query of this name"),
        (["SELECT {"], "refused"),
        (["ASK { ?s ?p ?o }", "--format", "ttl"], "cannot be written as ttl"),
        (["CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"], "cannot be written as csv"),
        (["quiz", "--param", "modality"], "NAME=VALUE"),
        (["quiz", "--data", "/no/such/file.ttl"], "no such file"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_in_words(arguments: list[str], words: str) -> None:
    result = run("query", *arguments)
    assert (result.exit_code, words in result.output) == (1, True), result.output


def test_other_rdf_can_be_asked_instead(tmp_path: Path) -> None:
    file = tmp_path / "other.nt"
    file.write_text('<https://example.org/a> <https://example.org/p> "one" .\n')
    assert "one" in run("query", "SELECT ?o { ?s ?p ?o }", "--data", str(file)).output


def test_stats_counts_things_by_status() -> None:
    assert re.search(r"modality\s+seed-derived\s+1\n", run("stats").output)


def test_format_writes_a_record_in_order_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "record.ttl"
    file.write_text("@prefix x: <https://example.org/> . x:b x:p x:z, x:a . x:a a x:C .")
    assert run("format", "--check", str(file)).exit_code == 1
    assert "1 of 1 files changed" in run("format", str(file)).output
    lines = [line for line in file.read_text().splitlines() if line]
    assert lines == ["@prefix x: <https://example.org/> .", "x:a a x:C .", "x:b x:p x:a,", "        x:z ."]
    assert run("format", "--check", str(file)).exit_code == 0


@pytest.mark.parametrize("text", ["nonsense", "[] a [] ."])
def test_format_refuses_what_it_would_spoil(tmp_path: Path, text: str) -> None:
    file = tmp_path / "record.ttl"
    file.write_text(text)
    result = run("format", str(file))
    assert (result.exit_code, file.read_text()) == (2, text)
    assert str(file) in result.output.replace("\n", "")


def test_the_server_answers_within_two_seconds_of_its_start_and_stops_when_told() -> None:
    start = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "therapeia", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address
            question = "sparql?query=ASK%20%7B%20%3Fx%20a%20th%3AModality%20%7D"
            with urllib.request.urlopen(address[0] + question, timeout=2) as response:  # noqa: S310
                assert b"true" in response.read()
            assert time.monotonic() - start < 2
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0


def test_a_taken_port_is_told_in_words() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert (result.exit_code, "cannot listen" in result.output) == (1, True)
