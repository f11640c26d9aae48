"""Addresses of things: 303 to a page or to data, pages by class, and records as their files.

Cool URIs for the Semantic Web: https://www.w3.org/TR/cooluris/
"""

from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request
from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse, serialize
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from therapeia import formats
from therapeia.describing import concept_tree, describe, described_by, expand_kind, incoming
from therapeia.entities import Entity, local_path
from therapeia.layout import BASE, ONTOLOGY, SHAPES
from therapeia.prefixes import compress, used_prefixes
from therapeia.store import Dataset

blueprint = Blueprint("pages", __name__)

KINDS = ("modality", "person", "organization", "source", "technique", "harmful-practice", "trial", "dataset")


def _dataset() -> Dataset:
    dataset: Dataset = current_app.config["DATASET"]
    return dataset


def _iri(path: str) -> str:
    """Return the IRI of the thing shown at a path below /page/ and described at one below /data/."""
    return BASE + (path if path.startswith(("concept/", "query/")) else "id/" + path)


def _split(path: str) -> tuple[str, str | None]:
    """Part a path from a suffix that names a format; a suffix wins over ?format=."""
    suffix = PurePosixPath(path).suffix.removeprefix(".")
    if suffix == "html" or formats.by_name(suffix, formats.RDF):
        return path.removesuffix("." + suffix), suffix
    return path, request.args.get("format")


@blueprint.route("/<any(id,concept,query):kind>/<path:rest>")
def thing(kind: str, rest: str) -> WerkzeugResponse:
    """Send a client from the address of a thing to its page or its data, by what it accepts."""
    rest, name = _split(rest)
    iri = f"{BASE}{kind}/{rest}"
    if not _dataset().has(iri):
        raise _unknown(iri)
    media_type = formats.choose(request.accept_mimetypes, name, html=True)
    path = (local_path(iri) or "").removeprefix("/page/")
    if media_type == formats.HTML:
        target = f"/page/{path}"
    elif name or request.accept_mimetypes.quality(media_type) > 0:
        target = f"/data/{path}.{formats.RDF[media_type][1][0]}"
    else:
        target = f"/data/{path}"
    response = redirect(target, 303)
    response.headers["Vary"] = "Accept"
    return response


def _unknown(iri: str) -> NotFound:
    return NotFound(f"Nothing is known of {iri} here. Check the spelling, or look it up in the lists.")


@blueprint.route("/data/<path:path>")
def data(path: str) -> Response:
    """Hand out a record, byte for byte as it stands in its file, or converted; or describe a thing."""
    path, name = _split(path)
    media_type = formats.choose(request.accept_mimetypes, name)
    files = _dataset().files.get(f"{BASE}data/{path}", [])
    if len(files) == 1 and media_type == "text/turtle":
        return _rdf(files[0].read_bytes(), path, media_type)
    if files:
        triples = [quad.triple for file in files for quad in parse(path=file, format=RdfFormat.TURTLE)]
    else:
        triples = _description(_iri(path))
    return _rdf(_serialize(triples, media_type), path, media_type)


def _description(iri: str) -> list[Triple]:
    """List what is said of a thing that has no file of its own: a concept, a claim."""
    if not _dataset().has(iri):
        raise _unknown(iri)
    quads = _dataset().store.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())
    return sorted((quad.triple for quad in quads), key=str)


def _serialize(triples: list[Triple], media_type: str) -> bytes:
    rdf_format = formats.RDF[media_type][0]
    return serialize(triples, format=rdf_format, prefixes=used_prefixes(triples)) or b""


def _rdf(body: bytes, path: str, media_type: str) -> Response:
    content_type = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    response = Response(body, content_type=content_type, headers={"Vary": "Accept"})
    suffix = formats.RDF[media_type][1][0]
    response.headers["Content-Location"] = f"{request.script_root}/data/{path}.{suffix}"
    response.headers["Link"] = f'<{_iri(path)}>; rel="describes"'
    return response


@blueprint.route("/page/<path:path>")
def page(path: str) -> str:
    """Show a thing by the template of its class, a list of a kind, or any thing by the general one."""
    if path in KINDS:
        return _list(path)
    if path == "concept":
        return render_template("schemes.html", schemes=list(_dataset().ask_page("schemes")))
    if path == "query":
        return _list(path)
    path = path.removesuffix(".html")
    entity = describe(_dataset(), _iri(path)) if _dataset().has(_iri(path)) else None
    if entity is None:
        raise _unknown(_iri(path))
    return _render_entity(entity, path)


def _render_entity(entity: Entity, path: str) -> str:
    graphs = [g.removeprefix(BASE + "data/") for g in described_by(_dataset(), entity.iri)]
    known: dict[str, Any] = {
        "entity": entity, "path": path, "graphs": graphs, "incoming": incoming(_dataset(), entity.iri),
        "sections": list(_dataset().ask_page("sections")), "query": f"DESCRIBE <{entity.iri}>",
    }  # fmt: skip
    if "skos:ConceptScheme" in entity.types:
        children = concept_tree(_dataset(), entity.iri)
        known |= {"children": children, "size": len({row["concept"] for rows in children.values() for row in rows})}
    names = [f"{t.partition(':')[2].lower()}.html" for t in entity.types]
    return render_template([*names, "entity.html"], **known)


def _list(kind: str) -> str:
    rows = list(_dataset().ask_page("list", **{"class": expand_kind(kind)}))
    initials = groupby(rows, key=lambda row: (row["label"].value if row["label"] else "?")[:1].upper())
    groups = [(initial, list(members)) for initial, members in initials]
    return render_template("list.html", kind=kind, groups=groups, count=len(rows))


@blueprint.route("/search")
def search() -> str:
    """Find things by a name or an acronym, or a part of one; things that share it stand together."""
    words = " ".join(request.args.get("q", "").split())
    rows = list(_dataset().ask_page("search", text=Literal(words.lower()))) if words else []
    return render_template("search.html", words=words, rows=rows)


@blueprint.route("/")
def home() -> str:
    """Say what this is, and open the doors."""
    dataset = _dataset()
    kinds = {expand_kind(kind): kind for kind in KINDS}
    classes = list(dataset.ask_page("classes"))
    return render_template(
        "home.html", classes=classes, kinds=kinds, schemes=list(dataset.ask_page("schemes")),
        triples=sum(1 for _ in dataset.store.quads_for_pattern(None, None, None, DefaultGraph())),
    )  # fmt: skip


@blueprint.route("/<any(ontology,shapes):name>")
@blueprint.route("/<any(ontology,shapes):name>.<suffix>")
def vocabulary(name: str, suffix: str | None = None) -> Response:
    """Show the ontology term by term, or hand it out, or the shapes, as RDF."""
    media_type = formats.choose(request.accept_mimetypes, suffix or request.args.get("format"), html=name == "ontology")
    graph = ONTOLOGY if name == "ontology" else SHAPES
    if media_type == formats.HTML:
        text = render_template("ontology.html", kinds=_terms())
        return Response(text, mimetype=formats.HTML, headers={"Vary": "Accept"})
    quads = _dataset().store.quads_for_pattern(None, None, None, NamedNode(graph))
    body = _serialize([quad.triple for quad in quads], media_type)
    response = _rdf(body, name, media_type)
    response.headers["Content-Location"] = f"/{name}.{formats.RDF[media_type][1][0]}"
    response.headers["Link"] = f'<{graph}>; rel="describes"'
    return response


def _terms() -> dict[str, dict[str, list[Any]]]:
    """Group the rows of the terms by kind and term."""
    kinds: dict[str, dict[str, list[Any]]] = {}
    for row in _dataset().ask_page("terms"):
        term = compress(row["term"].value)
        if term.startswith("th:"):
            kinds.setdefault(row["kind"].value.rpartition("#")[2], {}).setdefault(term, []).append(row)
    return kinds
