"""Check files of the graph, or any RDF file: parse, form, shapes, and rules over the whole graph.

A file that is checked takes the place of the record of the same thing in the built-in graph; all
else is checked together with that graph, so that its links can be followed.
"""

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from therapeia import positions, rules, shacl
from therapeia.findings import LEVELS, Finding, relative
from therapeia.layout import BASE, ONTOLOGY, ROOT, graph_iri, is_canonical_place, turtle_files
from therapeia.prefixes import compress
from therapeia.reading import read, read_once
from therapeia.store import rdf_files
from therapeia.turtle import FormError, is_canonical

_DESCRIBES = NamedNode(ONTOLOGY + "#describes")


def check(paths: Iterable[Path] = (), root: Path = ROOT) -> list[Finding]:
    """Check RDF files or folders, or the whole graph under `root`; return what was found, worst first.

    Raises DataError where a path does not exist or a folder holds no RDF.
    """
    graph = turtle_files(root)
    chosen = rdf_files(paths) or graph
    answers = {path: read(path) for path in chosen}
    findings = [item for item in answers.values() if isinstance(item, Finding)]
    quads = {path: item for path, item in answers.items() if isinstance(item, list)}
    findings += [f for path in quads for f in _form(path, root)]
    findings += [f for path, items in quads.items() for f in _place(path, items, root)]
    findings += _content(quads, root, [] if len(chosen) == len(graph) else graph)
    order = list(LEVELS)
    return sorted(set(findings), key=lambda f: (order.index(f.level), f))


def _form(path: Path, root: Path) -> Iterator[Finding]:
    """Complain of a record that is not in canonical form."""
    if not is_canonical_place(path, root):
        return
    where, why = relative(path), "One form for all records keeps differences small."
    try:
        canonical = is_canonical(path)
    except FormError as error:
        what = str(error).removeprefix(f"{path}: ")
        yield Finding(where, 1, "violation", "", f"{what}.", "A part without an address cannot be cited.",
                      "Replace [ … ] and _: by an IRI of the record's own.", "canonical-form")  # fmt: skip
        return
    if not canonical:
        yield Finding(where, 1, "violation", "", "is not in canonical form.", why,
                      f"Run: therapeia format {where}", "canonical-form")  # fmt: skip


def _place(path: Path, quads: list[Quad], root: Path) -> Iterator[Finding]:
    """Complain of a record in data/ whose name is not that of what it describes."""
    if not path.resolve().is_relative_to((root / "data").resolve()):
        return
    address = graph_iri(path.resolve(), root.resolve())
    thing = address.replace("/data/", "/id/", 1)
    described = [q for q in quads if q.predicate == _DESCRIBES]
    if [(getattr(q.subject, "value", ""), getattr(q.object, "value", "")) for q in described] != [(address, thing)]:
        yield Finding(relative(path), 1, "violation", "", "does not describe the thing that its path names.",
                      "The path of a file is the address of its record.",
                      f"Let it say <{address}> a th:Record ; th:describes <{thing}> – or move the file.",
                      "record-place")  # fmt: skip


def _content(quads: dict[Path, list[Quad]], root: Path, others: list[Path]) -> Iterator[Finding]:
    """Check shapes and rules on the files together with others, the files of the built-in graph."""
    whole, everything = not others, quads | _rest(quads, others)
    store = Store()
    store.bulk_extend(chain.from_iterable(everything.values()))
    homes: dict[str, Path] = {}
    for path, items in everything.items():
        for quad in items:
            homes.setdefault(getattr(quad.subject, "value", ""), path)
    subjects = {s for s, path in homes.items() if path in quads} | _subjects(quads)
    shapes = shacl.shapes_graph(sorted((root / "ontology" / "shapes").glob("*.ttl")))
    nodes = None if whole else sorted(s for s in subjects if ":" in s)
    homes |= {s: path for path, items in quads.items() for s in _subjects({path: items})}
    terms = _terms(store)
    for result in shacl.validate(store, shapes, nodes) if nodes is None or nodes else []:
        yield _from_shape(result, homes)
    for rule in rules.rules(root):
        for breach in rules.breaches(store, rule, nodes):
            yield _from_rule(breach, homes, terms)


def _subjects(quads: dict[Path, list[Quad]]) -> set[str]:
    return {q.subject.value for items in quads.values() for q in items if isinstance(q.subject, NamedNode)}


def _rest(quads: dict[Path, list[Quad]], others: list[Path]) -> dict[Path, list[Quad]]:
    """Read the files of the built-in graph that the checked ones do not replace."""
    described = {q.object for items in quads.values() for q in items if q.predicate == _DESCRIBES}
    checked = {place for path in quads for place in (path.absolute(), path.resolve())}
    rest = {}
    for path in others:
        items = [] if path in checked else read_once(path, path.stat().st_mtime_ns)
        if isinstance(items, list) and not any(q.predicate == _DESCRIBES and q.object in described for q in items):
            rest[path] = items
    return rest


def _terms(store: Store) -> list[str]:
    """List the terms of our namespace, to find the one that was meant."""
    quads = store.quads_for_pattern(None, NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), None)
    return [iri for q in quads if (iri := getattr(q.subject, "value", "")).startswith(ONTOLOGY + "#")]


def _from_shape(result: shacl.Result, homes: dict[str, Path]) -> Finding:
    path = homes.get(result.focus_node)
    what = shacl.WORDS.get(result.component, "does not fit").format(
        value=_quoted(result.value), limit=compress(result.limit)
    )
    place = _line(path, result.focus_node, result.path, result.value)
    name = f"{result.name} ({compress(result.path)})"
    return Finding(*place, result.level, _name(result.focus_node), f"{name} {what}.",
                   result.description, result.message, f"shape/{result.component}")  # fmt: skip


def _from_rule(breach: rules.Breach, homes: dict[str, Path], terms: list[str]) -> Finding:
    rule = breach.rule
    place = _line(homes.get(breach.this), breach.this, breach.path, breach.value)
    fix = breach.words(rule.fix)
    if breach.value.startswith(BASE) and (meant := _meant(breach.value, [*terms, *homes])):
        fix = f"{fix} Did you mean {compress(meant)}?"
    return Finding(*place, rule.level, _name(breach.this), breach.words(rule.what),
                   rule.why, fix, f"rule/{rule.name}")  # fmt: skip


def _meant(iri: str, known: list[str]) -> str | None:
    """Find the known IRI of the same namespace that is nearest to a misspelt one."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    names = {k[cut:]: k for k in known if k[:cut] == iri[:cut] and k != iri}
    near = difflib.get_close_matches(iri[cut:], names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def _name(iri: str) -> str:
    """Name a subject briefly, a part of a profile by its thing and fragment."""
    thing, mark, fragment = iri.partition("#")
    return compress(iri) if compress(iri) != iri else compress(thing) + mark + fragment


def _quoted(value: str) -> str:
    short = compress(value)
    return short if short != value or value.startswith("http") else f"“{value[:80]}”"


def _line(path: Path | None, subject: str, predicate: str, value: str) -> tuple[str, int]:
    if path is None:
        return "(graph)", 0
    return relative(path), positions.find(_lines(path), subject, predicate, value)


@cache
def _lines(path: Path) -> dict[positions.Triple, int]:
    return positions.lines(path) if path.suffix in (".ttl", ".nt") else {}
