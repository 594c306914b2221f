"""Vectors in Chroma: the same promises embedded and on a real server."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from knowledge.embedding import Vectors
from knowledge.errors import IndexUnavailable
from knowledge.vectors import VectorCollection, drop_collections
from tests.fakes import FakeEmbedder

TEXTS = [f"đoạn {n}" for n in range(30)]
ROWS: Vectors = FakeEmbedder().embed_passages(TEXTS)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(params=["embedded", "server"])
def url(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "embedded" else str(request.getfixturevalue("chroma_server"))


@pytest.fixture
def name() -> str:
    return f"motcua-test-{uuid4().hex[:8]}"


def filled(name: str, directory: Path, url: str | None) -> None:
    vectors = VectorCollection.create(name, directory, url)
    vectors.add(TEXTS, ROWS, [{"kind": "name"}] * len(TEXTS))
    vectors.close()


def test_a_closed_collection_opens_with_all_its_vectors(
    name: str, tmp_path: Path, url: str | None
) -> None:
    filled(name, tmp_path, url)

    vectors = VectorCollection.open(name, tmp_path, url)

    assert vectors.count() == len(TEXTS)
    for text, row in zip(TEXTS, ROWS, strict=True):
        (nearest,) = vectors.nearest(row, 1)
        assert nearest.id == text
        assert nearest.similarity == pytest.approx(1, abs=1e-5)
    vectors.close()


def test_neighbours_are_exact_cosines_nearest_first(
    name: str, tmp_path: Path, url: str | None
) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)

    found = vectors.nearest(ROWS[3], 10)

    expected = np.sort(ROWS @ ROWS[3])[::-1][:10]
    assert [n.similarity for n in found] == pytest.approx(expected.tolist(), abs=1e-4)
    vectors.close()


def test_more_neighbours_than_vectors_gives_all(name: str, tmp_path: Path, url: str | None) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)

    assert {n.id for n in vectors.nearest(ROWS[0], 100)} == set(TEXTS)
    vectors.close()


def test_a_collection_that_is_not_there_is_unavailable(
    name: str, tmp_path: Path, url: str | None
) -> None:
    with pytest.raises(IndexUnavailable, match=name):
        VectorCollection.open(name, tmp_path, url)


def test_a_collection_is_made_once(name: str, tmp_path: Path, url: str | None) -> None:
    filled(name, tmp_path, url)

    with pytest.raises(IndexUnavailable, match=name):
        VectorCollection.create(name, tmp_path, url)


def test_threads_search_one_collection(name: str, tmp_path: Path, url: str | None) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)
    wrong: list[str] = []

    def ask() -> None:
        for text, row in zip(TEXTS, ROWS, strict=True):
            if vectors.nearest(row, 1)[0].id != text:
                wrong.append(text)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    vectors.close()

    assert not wrong


def test_only_own_collections_are_dropped(chroma_server: str, tmp_path: Path) -> None:
    mine = f"motcua-{uuid4().hex[:8]}-"
    names = [f"{mine}old", f"{mine}new", f"other-{mine}x"]
    for each in names:
        filled(each, tmp_path, chroma_server)

    drop_collections(chroma_server, mine, {f"{mine}new"})

    with pytest.raises(IndexUnavailable):
        VectorCollection.open(names[0], tmp_path, chroma_server)
    for each in names[1:]:
        VectorCollection.open(each, tmp_path, chroma_server).close()


@pytest.mark.parametrize("open_it", [VectorCollection.create, VectorCollection.open])
def test_a_server_that_does_not_answer_is_unavailable(
    open_it: object, name: str, tmp_path: Path
) -> None:
    with pytest.raises(IndexUnavailable, match="MOTCUA_CHROMA_URL"):
        open_it(name, tmp_path, NOBODY)  # type: ignore[operator]
