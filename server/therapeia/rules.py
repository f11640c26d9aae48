"""Rules over the whole graph: SPARQL queries in `ontology/rules/` that must return nothing.

A rule begins with comment lines `# what:`, `# why:`, `# fix:` and, unless it is a violation,
`# level:`. It returns `$this`, and may return `?path` and `?value`, which fill {this}, {path} and
{value} in the words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolution, QuerySolutions, Store

from therapeia.layout import ROOT
from therapeia.prefixes import compress, prefix_map


@dataclass(frozen=True)
class Rule:
    """A query that must return nothing, and what to say where it does."""

    name: str
    level: str
    what: str
    why: str
    fix: str
    query: str


@dataclass(frozen=True)
class Breach:
    """A row that a rule returned."""

    rule: Rule
    this: str
    path: str
    value: str

    def words(self, template: str) -> str:
        """Fill the names of this breach into a sentence of its rule."""
        fields = {"this": self.this, "path": self.path, "value": self.value}
        return re.sub(r"\{(this|path|value)\}", lambda m: compress(fields[m[1]]), template)


def rules(root: Path = ROOT) -> list[Rule]:
    """Read all rules, sorted by name."""
    return [read(path) for path in sorted((root / "ontology" / "rules").glob("*.rq"))]


def read(path: Path) -> Rule:
    """Read one rule from its file."""
    text = path.read_text("utf-8")
    head = dict(re.findall(r"^# (level|what|why|fix): (.+)$", text, re.MULTILINE))
    return Rule(path.stem, head.get("level", "violation"), head["what"], head["why"], head["fix"], text)


def breaches(store: Store, rule: Rule, subjects: Iterable[str] | None = None) -> Iterator[Breach]:
    """Run a rule on a store, for all subjects or for some, and yield what it returns."""
    query = rule.query
    if subjects is not None:  # to look at a few takes a tenth of the time
        values = " ".join(f"<{subject}>" for subject in subjects)
        query = re.sub(r"WHERE\s*\{", lambda m: f"{m[0]} VALUES $this {{ {values} }}", query, count=1)
    solutions = store.query(query, prefixes=dict(prefix_map()))
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 (rules are SELECT)
    names = [variable.value for variable in solutions.variables]
    for row in solutions:
        parts = {name: _text(row, name) if name in names else "" for name in ("this", "path", "value")}
        yield Breach(rule, **parts)


def _text(row: QuerySolution, name: str) -> str:
    term = row[name]
    if term is None:
        return ""
    return term.value if isinstance(term, NamedNode) else getattr(term, "value", str(term))
