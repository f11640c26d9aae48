"""The graph, loaded once and never written to, and the application that serves it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from therapeia import store
from therapeia.app import create_app
from therapeia.store import Dataset


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return store.load()


@pytest.fixture(scope="session")
def app(dataset: Dataset) -> Flask:
    return create_app(dataset)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
