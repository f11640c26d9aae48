"""The examples in docstrings run, and the layers hold."""

import doctest
import importlib
import subprocess
import sys

import pytest

from therapeia.layout import ROOT


@pytest.mark.parametrize("name", ["layout", "prefixes", "formats", "entities"])
def test_the_examples_in_a_docstring_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"therapeia.{name}"))
    assert (result.failed, result.attempted > 0) == (0, True)


COMMANDS = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["importlinter.cli"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command))
def test_the_code_keeps_its_rules(command: list[str]) -> None:
    call = [sys.executable, "-m", *command]
    if command == ["importlinter.cli"]:
        call = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    result = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
