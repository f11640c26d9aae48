"""The commands: serve, check, format, query, stats."""

import sys
from pathlib import Path

import click

from therapeia import __version__

EXISTING = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Serve, check and query Therapeia, an open knowledge graph of psychotherapy."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--data", multiple=True, type=EXISTING, metavar="PATH", help="Serve these RDF files or folders instead of the built-in graph.")
@click.option("--with", "extra", multiple=True, type=EXISTING, metavar="PATH", help="Serve these RDF files or folders beside the built-in graph.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Server processes.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(min=0.1), help="Seconds after which a query is stopped.")
@click.option("--memory", default=1024, show_default=True, type=click.IntRange(16), help="MiB that a query may use beside the data.")
def serve(host: str, port: int, data: tuple[Path, ...], extra: tuple[Path, ...], workers: int, timeout: float, memory: int) -> None:
    """Serve pages, data and SPARQL.

    \b
    therapeia serve
    therapeia serve --port 8080 --with my-extension/
    therapeia serve --data dump.nt --timeout 30
    """
    from therapeia import serving
    from therapeia.isolation import Limits

    serving.run(_dataset(data, extra), Limits(timeout, memory), host, port, workers)


def _dataset(data=(), extra=()):
    from therapeia import store

    try:
        return store.load_files(data) if data else store.load(extra=extra)
    except store.DataError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
