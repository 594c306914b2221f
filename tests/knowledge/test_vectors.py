"""Vectors in Chroma: the same promises embedded and on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
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
        nearest = vectors.nearest(row, 1)
        assert nearest.ids == [text]
        assert nearest.similarities[0] == pytest.approx(1, abs=1e-5)
    vectors.close()


def test_neighbours_are_exact_cosines_nearest_first(
    name: str, tmp_path: Path, url: str | None
) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)

    found = vectors.nearest(ROWS[3], 10)

    expected = np.sort(ROWS @ ROWS[3])[::-1][:10]
    assert found.similarities.tolist() == pytest.approx(expected.tolist(), abs=1e-4)
    vectors.close()


FORKS = """
import os, sys
from pathlib import Path
import numpy as np
from knowledge.vectors import VectorCollection

vectors = VectorCollection.open(sys.argv[1], Path(sys.argv[2]), sys.argv[3] or None)
row = np.load(sys.argv[4])
before = list(vectors.nearest(row, 10).ids)
for _ in range(15):
    vectors.rest()
    tasks = Path("/proc/self/task").glob("*/comm")
    assert all(task.read_text().startswith("python") for task in tasks)
    child = os.fork()
    assert list(vectors.nearest(row, 10).ids) == before
    if not child:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
vectors.close()
"""
MANY = 1200  # more than Chroma leaves in its log


@pytest.mark.skipif(sys.platform != "linux", reason="nobody forks elsewhere")
def test_what_rests_survives_a_fork_on_both_sides(
    name: str, tmp_path: Path, url: str | None
) -> None:
    """In a process of its own: no thread of another test may be about."""
    texts = [f"đoạn {n}" for n in range(MANY)]
    rows = FakeEmbedder().embed_passages(texts)
    vectors = VectorCollection.create(name, tmp_path, url)
    vectors.add(texts, rows, [{"kind": "name"}] * MANY)
    vectors.close()
    np.save(tmp_path / "row.npy", rows[3])
    told = [name, str(tmp_path), url or "", str(tmp_path / "row.npy")]
    command = [sys.executable, "-c", FORKS, *told]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


def test_one_whose_threads_stay_says_so(name: str, tmp_path: Path) -> None:
    """So small a collection lies in Chroma's log; reading it begins threads that never end."""
    filled(name, tmp_path, None)
    np.save(tmp_path / "row.npy", ROWS[3])
    command = [sys.executable, "-c", FORKS, name, str(tmp_path), "", str(tmp_path / "row.npy")]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert "did not end" in done.stderr.splitlines()[-1]


def cores_of(task: Path) -> frozenset[int] | None:
    """Where a thread may run; None for one that has ended meanwhile, as some of Chroma's do."""
    try:
        return frozenset(os.sched_getaffinity(int(task.name)))
    except ProcessLookupError:
        return None


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core")
def test_chroma_and_who_asks_it_are_on_one_core(name: str, tmp_path: Path) -> None:
    filled(name, tmp_path, None)
    others = set(Path("/proc/self/task").iterdir())
    vectors = VectorCollection.open(name, tmp_path, None)
    before = os.sched_getaffinity(0)
    vectors.nearest(ROWS[0], 3)

    begun = set(Path("/proc/self/task").iterdir()) - others
    assert begun
    cores = {kept for task in begun if (kept := cores_of(task))}
    assert cores == {frozenset(sorted(before)[:1])}
    assert os.sched_getaffinity(0) == before
    vectors.close()


def test_a_closed_collection_is_not_opened_again(
    name: str, tmp_path: Path, url: str | None
) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)
    vectors.close()

    with pytest.raises(IndexUnavailable, match="closed"):
        vectors.nearest(ROWS[3], 10)


def test_more_neighbours_than_vectors_gives_all(name: str, tmp_path: Path, url: str | None) -> None:
    filled(name, tmp_path, url)
    vectors = VectorCollection.open(name, tmp_path, url)

    assert set(vectors.nearest(ROWS[0], 100).ids) == set(TEXTS)
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
            if vectors.nearest(row, 1).ids[0] != text:
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
