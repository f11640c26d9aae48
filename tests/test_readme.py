"""What the README promises: its paths exist, its query gives the printed answer."""

import re
import shlex

import pytest
from click.testing import CliRunner

from therapeia.__main__ import main
from therapeia.layout import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PATHS = sorted(set(re.findall(r"`((?:ontology|data|server|tests)/[\w./-]*)`", README)))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_in_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_first_query_gives_the_printed_answer() -> None:
    command = re.search(r"<!-- query -->\s+```sh\n(.+?)\n```", README, re.DOTALL)
    answer = re.search(r"<!-- answer -->\s+```\n(.+?)\n```", README, re.DOTALL)
    assert command
    assert answer
    arguments = shlex.split(command[1])[1:]
    assert CliRunner().invoke(main, arguments).output.strip() == answer[1].strip()


def test_every_command_in_the_readme_exists() -> None:
    used = set(re.findall(r"therapeia (\w+)", README)) - {"is"}
    assert used <= set(main.commands)
