"""What the server offers, told to programs: the service, the data set in numbers, the catalogue, and dumps.

SPARQL 1.1 Service Description, VoID and DCAT 3; their facts come from the data by `queries/*.rq`, and
addresses that the queries write without a scheme are relative to the server.
"""

from flask import Blueprint, Response, current_app, redirect, request
from pyoxigraph import DefaultGraph, NamedNode, Triple, serialize
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from therapeia import formats
from therapeia.prefixes import expand, prefix_map, used_prefixes
from therapeia.store import Dataset

blueprint = Blueprint("descriptions", __name__)


def describe(name: str, media_type: str) -> Response:
    """Answer with one of the server's descriptions of itself."""
    dataset: Dataset = current_app.config["DATASET"]
    triples = dataset.construct_page(name, request.url_root)
    if name == "service":
        triples += _result_formats()
    triples.sort(key=str)
    body = serialize(triples, format=formats.RDF[media_type][0], prefixes=used_prefixes(triples)) or b""
    return Response(body, content_type=f"{media_type}; charset=utf-8", headers={"Vary": "Accept"})


def _result_formats() -> list[Triple]:
    """Name the formats of answers by the addresses that the W3C gave them."""
    known = [wire.iri for wire, _ in formats.RESULTS.values()] + [wire.iri for wire, _ in formats.RDF.values()]
    service, prop = NamedNode(request.url_root + "sparql"), NamedNode(expand("sd:resultFormat"))
    return [Triple(service, prop, NamedNode(iri)) for iri in known]


@blueprint.route("/<any(void,catalog):name>")
@blueprint.route("/<any(void,catalog):name>.<suffix>")
def description(name: str, suffix: str | None = None) -> Response:
    """Describe the data set in numbers, or the catalogue with its distributions."""
    return describe(name, formats.choose(request.accept_mimetypes, suffix or request.args.get("format")))


@blueprint.route("/.well-known/void")
def well_known() -> WerkzeugResponse:
    """Lead to the description of the data set, as VoID recommends."""
    return redirect("/void")


@blueprint.route("/dump.<suffix>")
def dump(suffix: str) -> Response:
    """Hand out everything: as triples, or by named graph where the format knows graphs."""
    media_type = formats.by_name(suffix, formats.RDF)
    if media_type is None:
        raise NotFound(f"There is no dump.{suffix}; there are {formats.names(formats.RDF)}.")
    wire = formats.RDF[media_type][0]
    dataset: Dataset = current_app.config["DATASET"]
    graph = None if wire.supports_datasets and media_type != "application/ld+json" else DefaultGraph()
    body = dataset.store.dump(format=wire, from_graph=graph, prefixes=prefix_map())
    name = f"therapeia-{dataset.version}.{suffix}"
    return Response(body, mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
