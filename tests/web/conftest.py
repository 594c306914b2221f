"""The application around a fake assistant."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

# The packages are importable without being installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from bots.web.app import create_app
from tests.web.fakes import FakeAssistant, catalog_at


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[FakeAssistant]:
    catalog = catalog_at(tmp_path)
    yield FakeAssistant(catalog)
    catalog.close()


@pytest.fixture
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant)) as client:
        yield client
