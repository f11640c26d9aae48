"""The commands: serve, check, format, query, stats."""

import sys
from pathlib import Path

import click

from therapeia import __version__

# Each command imports what it needs when it is called, so that serving starts without rdflib.

PATH = click.Path(path_type=Path)
LEVEL = click.Choice(["violation", "warning", "info"])


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Serve, check and query Therapeia, an open knowledge graph of psychotherapy."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--data", multiple=True, type=PATH, help="RDF files or folders to serve instead of the graph.")
@click.option("--with", "extra", multiple=True, type=PATH, help="RDF files or folders to serve beside it.")
@click.option(
    "--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1), help="Seconds a query may take."
)
@click.option("--memory", default=1024, show_default=True, type=click.IntRange(16), help="MiB a query may use.")
@click.option("--max-rows", default=1_000_000, show_default=True, type=click.IntRange(1), help="Rows of an answer.")
@click.option("--cache/--no-cache", default=True, show_default=True, help="Keep answers to send them again.")
@click.option("--log/--no-log", default=False, show_default=True, help="Write a line of JSON for each request.")
@click.option("--queries", default=8, show_default=True, type=click.IntRange(1), help="Queries at one time.")
def serve(
    host: str, port: int, data: tuple[Path, ...], extra: tuple[Path, ...],
    timeout: float, memory: int, max_rows: int, queries: int, cache: bool, log: bool,
) -> None:  # fmt: skip
    r"""Serve pages, data and SPARQL.

    \b
    therapeia serve
    therapeia serve --port 8080 --with my-extension/
    therapeia serve --data dump.nt --timeout 30
    """
    import logging

    from therapeia import serving, store
    from therapeia.pool import Limits

    try:
        dataset = store.load_files(data) if data else store.load(extra=extra)
        limits = Limits(timeout, memory, rows=max_rows, page_rows=min(10_000, max_rows), at_once=queries)
        if log:
            logging.basicConfig(level=logging.INFO, format="%(message)s")
        serving.run(dataset, limits, host, port, 64 if cache else 0)
    except (store.DataError, serving.PortError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--fail-on", type=LEVEL, default="violation", show_default=True,
              help="Mildest level that makes the exit code 1.")  # fmt: skip
@click.option("--level", type=LEVEL, default="warning", show_default=True,
              help="Mildest level that is shown.")  # fmt: skip
def check(paths: tuple[Path, ...], form: str, fail_on: str, level: str) -> None:
    r"""Check RDF files, folders, or (without PATHS) the whole graph.

    A file is checked together with the graph, in which it takes the place of the record of the same
    thing. The exit code is 0 where nothing was found, 1 where something was, 2 for a wrong call.

    \b
    therapeia check
    therapeia check data/modality/emdr.ttl
    therapeia check --format sarif my-extension/ > findings.sarif
    """
    import gc

    from therapeia import checking, findings, store

    gc.disable()  # nothing is thrown away before the end, and looking for it takes a tenth of the time
    try:
        found = checking.check(paths)
    except store.DataError as error:
        raise click.UsageError(str(error)) from error
    finally:
        gc.enable()
    order = list(findings.LEVELS)
    shown = [f for f in found if order.index(f.level) <= order.index(level)]
    if shown or form != "text":
        click.echo(findings.WRITERS[form](shown))
    if form == "text":
        click.echo(findings.summary(found), err=True)
    sys.exit(any(order.index(f.level) <= order.index(fail_on) for f in found))


@main.command("format")
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change.")
def format_(paths: tuple[Path, ...], only_check: bool) -> None:
    r"""Write records in canonical form: those at PATHS, or all.

    \b
    therapeia format
    therapeia format data/modality/emdr.ttl
    """
    from therapeia import layout, store, turtle

    try:
        chosen = store.rdf_files(paths) or [p for p in layout.turtle_files() if layout.is_canonical_place(p)]
        changed = [path for path in chosen if turtle.format_file(path, write=not only_check)]
    except (store.DataError, turtle.FormError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{len(changed)} of {len(chosen)} files {'would be ' if only_check else ''}changed.", err=True)
    sys.exit(only_check and bool(changed))


@main.command()
@click.argument("query")
@click.option("--data", multiple=True, type=PATH, help="RDF files or folders to ask instead of the graph.")
@click.option("--format", "form", default="table", show_default=True,
              type=click.Choice(["table", "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "rdf"]))  # fmt: skip
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a parameter of a stored query.",
)
def query(query: str, data: tuple[Path, ...], form: str, parameters: tuple[str, ...]) -> None:
    r"""Ask a QUERY: SPARQL text, a file with it, the name of a stored query, or - for standard input.

    Prefixes of the project need not be declared.

    \b
    therapeia query 'SELECT ?name { ?m a th:Modality ; skos:prefLabel ?name }'
    therapeia query contraindications-of --param modality=compassionate-mind-training
    therapeia query --format csv my-question.rq > answer.csv
    """
    from therapeia import asking, store

    try:
        dataset = store.load_files(data) if data else store.load()
        click.echo(asking.answer(dataset, asking.find(dataset, query), form, asking.bindings(parameters)))
    except (store.DataError, asking.QuestionError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--data", multiple=True, type=PATH, help="RDF files or folders to count instead of the graph.")
def stats(data: tuple[Path, ...]) -> None:
    r"""Count what is in the graph: things by class and status.

    \b
    therapeia stats
    """
    from therapeia import asking, store

    try:
        dataset = store.load_files(data) if data else store.load()
    except store.DataError as error:
        raise click.ClickException(str(error)) from error
    for name in ("totals", "counts"):
        click.echo(asking.table(dataset.ask_page(name)) + "\n")


if __name__ == "__main__":
    main()
