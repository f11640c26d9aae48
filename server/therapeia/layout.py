"""Where the files of the graph lie, and which named graph each of them is.

A file's named graph is the address of its record: `data/modality/emdr.ttl` is the graph
`https://w3id.org/therapeia/data/modality/emdr`, and the path at which a server hands it out.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

BASE = "https://w3id.org/therapeia/"
ONTOLOGY = BASE + "ontology"
SHAPES = BASE + "shapes"


def find_root(package: Path = Path(__file__).parent) -> Path:
    """Return the folder that holds `ontology/` and `data/`: the checkout, or the installed package."""
    return next(folder for folder in (package.parents[1], package) if (folder / "ontology").is_dir())


ROOT = find_root()


def turtle_files(root: Path = ROOT) -> list[Path]:
    """List every Turtle file of the graph under `root`, ontology first, in a fixed order."""
    return [path for part in ("ontology", "data") for path in sorted((root / part).rglob("*.ttl"), key=str)]


def graph_iri(path: Path, root: Path = ROOT) -> str:
    """Name the graph that a file of the graph is loaded into.

    >>> graph_iri(Path("/x/data/modality/emdr.ttl"), Path("/x"))
    'https://w3id.org/therapeia/data/modality/emdr'
    >>> graph_iri(Path("/x/ontology/schemes/family.ttl"), Path("/x"))
    'https://w3id.org/therapeia/data/concept/family'
    """
    match path.relative_to(root).with_suffix("").parts:
        case ("ontology", "shapes", *_):
            return SHAPES
        case ("ontology", "schemes", name):
            return f"{BASE}data/concept/{name}"
        case ("ontology", "questions", name):
            return f"{BASE}data/query/{name}"
        case ("ontology", *_):
            return ONTOLOGY
        case parts:
            return BASE + "/".join(parts)


def is_canonical_place(path: Path, root: Path = ROOT) -> bool:
    """Tell whether a file must be in canonical form: records, schemes and stored queries, not hand-set files."""
    folders = (root / "data", root / "ontology" / "schemes", root / "ontology" / "questions")
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def version(paths: Iterable[Path]) -> str:
    """Return a short hash of the contents of files: the version of a dataset."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
