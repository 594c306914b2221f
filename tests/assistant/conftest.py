"""A real assistant over the shipped procedures, built once for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant, build_assistant
from ingest.pipeline import ingest
from ingest.sources import SOURCES
from knowledge.catalog import Catalog
from knowledge.embedding import load_embedder
from knowledge.index import IndexStore
from knowledge.phrasebook import read_phrasebook
from knowledge.settings import KnowledgeSettings


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Answers from the starter corpus alone."""
    settings = KnowledgeSettings(data_dir=tmp_path_factory.mktemp("starter"), _env_file=None)
    yield from _built(settings, "starter", None)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Assistant]:
    """Answers from the whole snapshot with the starter corpus over it."""
    settings = KnowledgeSettings(data_dir=tmp_path_factory.mktemp("whole"), _env_file=None)
    catalog = Catalog.open(settings.sql_url)
    ingest(SOURCES["starter"], None, catalog, settings.data_dir)
    catalog.close()
    yield from _built(settings, "snapshot", shared / "portal")


def _built(settings: KnowledgeSettings, source: str, path: Path | None) -> Iterator[Assistant]:
    catalog = Catalog.open(settings.sql_url)
    ingest(SOURCES[source], path, catalog, settings.data_dir)
    store = IndexStore(settings.index_dir)
    store.build(catalog, read_phrasebook(), load_embedder(settings.model_path))
    catalog.close()
    assistant = build_assistant(settings)
    yield assistant
    assistant.close()
