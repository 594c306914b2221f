"""Readers move to a new generation under load and never see an error."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from knowledge.catalog import Catalog, Origin
from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import IndexUnavailable
from knowledge.finder import Finder
from knowledge.generation import Generation
from knowledge.index import IndexStore
from knowledge.phrasebook import Phrasebook
from knowledge.reader import IndexReader, begin_reading
from knowledge.search import Weights
from knowledge.settings import KnowledgeSettings
from tests.fakes import FakeEmbedder, code, procedure

EMBEDDER = FakeEmbedder()
# Chroma writes its files only when a thousand vectors are in.
BOOK = Phrasebook({code(1): tuple(f"câu {n}" for n in range(1100))})


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


def publish(store: IndexStore, catalog: Catalog) -> str:
    built = store.build(catalog, BOOK, EMBEDDER, rebuild=True)
    assert built is not None
    return built


def test_a_reader_moves_to_what_is_published(store: IndexStore, catalog: Catalog) -> None:
    reader = IndexReader(store, EMBEDDER)

    seen = [reader.health().generation]
    expected = [None]
    for _ in range(2):
        expected.append(publish(store, catalog))
        seen.append(reader.health().generation)

    assert seen == expected
    reader.close()


def test_a_question_asked_before_is_answered_from_what_is_published_now(
    store: IndexStore, catalog: Catalog
) -> None:
    publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)
    finder = Finder(reader, catalog, Weights())
    before = finder.find("thả diều")
    catalog.add([procedure(9, name="Thả diều")], Origin.CURATED)
    unpublished = finder.find("thả diều")
    publish(store, catalog)

    after = finder.find("thả diều")

    assert unpublished is before
    assert code(9) not in {hit.code for hit in before.hits}
    assert code(9) in {hit.code for hit in after.hits}
    reader.close()


def test_a_search_under_way_keeps_its_generation(store: IndexStore, catalog: Catalog) -> None:
    first = publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)

    with reader.generation() as old:
        for _ in range(2):
            publish(store, catalog)
        with reader.generation() as new:
            assert new.manifest.id != first
        assert store.path(first).exists()
        row = np.asarray(old.name_vectors[0])
        assert old.vectors.nearest(row, 1).similarities[0] > 0.999
        assert old.manifest.id == first

    store.clean()
    assert not store.path(first).exists()
    reader.close()


def test_an_old_generation_is_closed_when_its_last_search_ends(
    store: IndexStore, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    close = Generation.close
    monkeypatch.setattr(
        Generation, "close", lambda self: (closed.append(self.manifest.id), close(self))
    )
    first = publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)
    closed.clear()

    with reader.generation():
        publish(store, catalog)
        closed.clear()
        reader.health()
        assert closed == []
    assert closed == [first]

    reader.close()


def test_a_damaged_generation_leaves_the_old_one_serving_and_says_so(
    store: IndexStore, catalog: Catalog
) -> None:
    first = publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)
    reader.health()
    second = publish(store, catalog)
    (store.path(second) / "names.npy").unlink()

    health = reader.health()

    assert health.generation == first
    assert health.problem is not None
    assert "names.npy" in health.problem
    reader.close()


def test_without_an_index_health_says_why(store: IndexStore, catalog: Catalog) -> None:
    reader = IndexReader(store, EMBEDDER)

    assert reader.health().generation is None
    assert "motcua ingest" in (reader.health().problem or "")
    with pytest.raises(IndexUnavailable), reader.generation():
        pass


def test_a_lost_pointer_keeps_the_open_generation_serving(
    store: IndexStore, catalog: Catalog
) -> None:
    built = publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)
    reader.health()
    store.pointer_file.write_bytes(b"{")

    health = reader.health()

    assert health.generation == built
    assert health.problem
    reader.close()


def test_publishing_under_load_makes_no_error_and_keeps_memory_flat(
    store: IndexStore, catalog: Catalog
) -> None:
    publish(store, catalog)
    reader = IndexReader(store, EMBEDDER)
    errors: list[str] = []
    seen: set[str] = set()
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.02):
            try:
                with reader.generation() as generation:
                    seen.add(generation.manifest.id)
                    row = np.asarray(generation.name_vectors[0])
                    if generation.vectors.nearest(row, 1).similarities[0] < 0.999:
                        errors.append("does not find itself")
            except Exception as error:
                errors.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    process, memory = psutil.Process(), []
    for number in range(15):
        catalog.add([procedure(1, summary=f"Bản {number}.")], Origin.CURATED)
        publish(store, catalog)
        memory.append(process.memory_info().rss)
    done.set()
    for thread in threads:
        thread.join()
    reader.close()

    assert errors == []
    assert len(seen) >= 5
    assert memory[-1] - memory[4] < 100 * 1024 * 1024


def test_an_index_that_is_being_opened_is_waited_for_and_opened_once(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = KnowledgeSettings(data_dir=tmp_path, _env_file=None)
    published = IndexStore(settings.index_dir).build(
        catalog, Phrasebook({}), load_embedder(settings.model_path)
    )
    may_open, opened = threading.Event(), []
    real = IndexStore.open_newest

    def slowly(store: IndexStore, embedder: Embedder) -> tuple[Generation, str | None]:
        assert may_open.wait(10)
        opened.append(threading.current_thread().name)
        return real(store, embedder)

    monkeypatch.setattr(IndexStore, "open_newest", slowly)
    reader = begin_reading(settings)
    assert opened == []  # the caller goes on meanwhile
    may_open.set()

    assert reader.health().generation == published
    assert opened == ["opening the index"]
    reader.close()


def test_an_index_that_does_not_open_is_told_to_who_searches(tmp_path: Path) -> None:
    reader = begin_reading(KnowledgeSettings(data_dir=tmp_path, _env_file=None))

    with pytest.raises(IndexUnavailable), reader.generation():
        pass
    reader.close()
