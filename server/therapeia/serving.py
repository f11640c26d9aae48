"""The processes of the server: one that answers HTTP, with threads, and one that forks its workers.

The process that was started loads the data, keeps free of threads, and becomes the nursery of the
query workers; it also starts the web process anew should it die.
"""

import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack
from types import FrameType

import click
from flask import Flask
from waitress.server import create_server

from therapeia.app import create_app
from therapeia.evaluating import evaluator
from therapeia.isolation import nurse
from therapeia.pool import Limits, Pool, channel
from therapeia.store import Dataset

_THREADS = 8  # beside those that wait for a query


class PortError(Exception):
    """The address or port cannot be had; the message says why."""


def run(dataset: Dataset, limits: Limits, host: str, port: int, cache: int = 64) -> None:
    """Serve until stopped, with a cache of some MiB. Raises PortError where the address or port cannot be had."""
    listener = _listen(host, port)
    signal.signal(signal.SIGTERM, _stop)
    _say_where(listener)
    while True:
        begun = time.monotonic()
        _serve_once(dataset, limits, listener, cache)
        if time.monotonic() - begun < 1:
            raise PortError("the web process ended as soon as it had begun; what it printed says why.")


def _serve_once(dataset: Dataset, limits: Limits, listener: socket.socket, cache: int) -> None:
    """Fork the web process, and be its nursery until it ends."""
    ours, theirs = channel()
    web = os.fork()
    if web == 0:
        theirs.close()
        _web(create_app(dataset, limits, Pool(ours, limits), cache), limits, listener, ours)
    ours.close()
    try:
        nurse(theirs, evaluator(dataset), limits.memory)
    except (KeyboardInterrupt, SystemExit):
        os.kill(web, signal.SIGTERM)
        raise SystemExit from None


def _web(app: Flask, limits: Limits, listener: socket.socket, nursery: socket.socket) -> None:
    """Answer HTTP until told to stop, or until the nursery is gone."""
    try:
        threading.Thread(target=_end_with, args=(nursery,), daemon=True).start()
        server = create_server(
            app, sockets=[listener], threads=limits.at_once + limits.queue + _THREADS, ident="",
            channel_timeout=30, connection_limit=1000, max_request_header_size=65536,
            trusted_proxy="127.0.0.1", trusted_proxy_headers={"x-forwarded-proto"},
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
            outbuf_overflow=limits.size * 8 * 1024 * 1024,  # rather than a temporary file
        )  # fmt: skip
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        sys.stderr.flush()
        os._exit(0)


def _end_with(nursery: socket.socket) -> None:
    nursery.recv(1)  # it sends nothing: this returns when it is gone
    os._exit(1)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise SystemExit


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as failing:
            listener = failing.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1024)
            failing.pop_all()
    except OSError as error:
        raise PortError(f"cannot listen on {host} port {port}: {error.strerror}. Try --port 0.") from error
    return listener


def _say_where(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    click.echo(f"Therapeia is at http://{f'[{host}]' if ':' in host else host}:{port}/  (Ctrl+C stops it)")
    sys.stdout.flush()
