"""The WSGI server: processes without threads, so that each query can be run in a fork of its own."""

import socket
import sys
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from therapeia.app import create_app
from therapeia.isolation import Limits
from therapeia.store import Dataset


class PortError(Exception):
    """The address or port cannot be had; the message says why."""


class _Server(BaseApplication):
    """Gunicorn with an application that is made before the processes are forked."""

    def __init__(self, app: Flask, **settings: Any) -> None:  # noqa: ANN401 (gunicorn's own settings)
        self._app, self._settings = app, settings
        super().__init__()

    def load_config(self) -> None:
        """Take over the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 (a WSGI application)
        """Return the application."""
        return self._app


def run(dataset: Dataset, limits: Limits, host: str, port: int, workers: int) -> None:
    """Serve until stopped. Raises PortError where the address or port cannot be had."""
    _try_port(host, port)
    app = create_app(dataset, limits)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    settings: dict[str, Any] = {
        "bind": bind, "workers": workers, "worker_class": "sync", "preload_app": True, "loglevel": "error",
        "timeout": int(limits.seconds) + 20, "control_socket_disable": True, "proc_name": "therapeia",
        "when_ready": _say_where,
    }  # fmt: skip
    _Server(app, **settings).run()


def _try_port(host: str, port: int) -> None:
    """Find out whether the port is free, since gunicorn would try again and again."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortError(f"cannot listen on {host} port {port}: {error.strerror}. Try --port 0.") from error


def _say_where(server: Any) -> None:  # noqa: ANN401 (gunicorn's arbiter)
    for listener in server.LISTENERS:
        host, port = listener.sock.getsockname()[:2]
        click.echo(f"Therapeia is at http://{f'[{host}]' if ':' in host else host}:{port}/  (Ctrl+C stops it)")
    sys.stdout.flush()
