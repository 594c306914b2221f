"""Generations are built aside, verified, published by one pointer, and swept."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog, Origin
from knowledge.embedding import Vectors
from knowledge.errors import IndexLocked, IndexUnavailable
from knowledge.generation import is_found
from knowledge.index import IndexStore, corpus_hash
from knowledge.phrasebook import Phrasebook
from knowledge.vectors import Nearest, VectorCollection
from tests.fakes import FakeEmbedder, code, procedure

BOOK = Phrasebook({code(1): ("thả diều xin ai",)}, off_topic={"weather": ("mai mưa không",)})
EMBEDDER = FakeEmbedder()
HOLDER = """
import sys
from pathlib import Path
from knowledge.index import IndexStore
with IndexStore(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> IndexStore:
    url = None if request.param == "embedded" else request.getfixturevalue("chroma_server")
    return IndexStore(tmp_path / "index", url)


@pytest.fixture
def local(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


def build(store: IndexStore, catalog: Catalog, *, rebuild: bool = False) -> str | None:
    return store.build(catalog, BOOK, EMBEDDER, rebuild=rebuild)


def generations(store: IndexStore) -> set[str]:
    return {path.name for path in (store.directory / "generations").iterdir()}


def test_a_build_is_published_and_finds_its_procedures(store: IndexStore, catalog: Catalog) -> None:
    built = build(store, catalog)

    generation, problem = store.open_newest(EMBEDDER)
    pointer = store.pointer()
    assert pointer is not None
    assert (pointer.current, pointer.previous) == (built, None)
    assert problem is None
    assert generation.codes == tuple(code(n) for n in range(1, 6))
    for row, name in enumerate(generation.names):
        nearest = generation.vectors.nearest(np.asarray(generation.name_vectors[row]), 1)
        assert nearest.ids == [f"{generation.codes[row]}|name"]
        assert (generation.name_vectors[row] == EMBEDDER.embed_passages([name])[0]).all()
    generation.close()


def test_an_unchanged_corpus_builds_nothing(store: IndexStore, catalog: Catalog) -> None:
    built = build(store, catalog)

    assert build(store, catalog) is None
    assert generations(store) == {built}


def test_a_changed_corpus_builds_and_keeps_the_one_before(
    store: IndexStore, catalog: Catalog
) -> None:
    names = []
    for summary in ("Một.", "Hai.", "Ba."):
        catalog.add([procedure(1, summary=summary)], Origin.CURATED)
        names.append(build(store, catalog))

    pointer = store.pointer()

    assert pointer is not None
    assert (pointer.current, pointer.previous) == (names[2], names[1])
    assert generations(store) == {names[1], names[2]}


def test_a_rebuild_makes_a_new_generation(local: IndexStore, catalog: Catalog) -> None:
    first = build(local, catalog)

    second = build(local, catalog, rebuild=True)

    assert second not in (None, first)


def test_a_new_phrase_builds(local: IndexStore, catalog: Catalog) -> None:
    build(local, catalog)

    built = local.build(catalog, Phrasebook({code(2): ("mới",)}), EMBEDDER)

    assert built is not None


def test_another_model_builds(local: IndexStore, catalog: Catalog) -> None:
    build(local, catalog)

    built = local.build(catalog, BOOK, FakeEmbedder(salt="other"))

    assert built is not None


def test_the_corpus_hash_tells_one_line_from_two(catalog: Catalog) -> None:
    books = [
        {code(1): ("a", "b")},
        {code(1): ("a\nb",)},
        {code(1): ("a",), code(2): ("b",)},
        {code(1): ("ab",)},
    ]

    assert len({corpus_hash(catalog, Phrasebook(book)) for book in books}) == 4


def test_an_empty_catalogue_can_be_indexed(local: IndexStore, tmp_path: Path) -> None:
    empty = Catalog.open(f"sqlite:///{tmp_path / 'empty.db'}")

    built = local.build(empty, Phrasebook({}), EMBEDDER)

    assert built is not None
    local.open(built, EMBEDDER).close()
    empty.close()


def test_progress_reaches_the_number_of_passages(local: IndexStore, catalog: Catalog) -> None:
    told: list[tuple[str, int, int]] = []

    built = local.build(catalog, BOOK, EMBEDDER, progress=lambda *step: told.append(step))

    assert built is not None
    passages = local.manifest(built).passages
    assert told[-1] == ("index", passages, passages)


def test_without_a_build_there_is_no_index(local: IndexStore) -> None:
    assert local.pointer() is None
    with pytest.raises(IndexUnavailable, match="motcua ingest"):
        local.open_newest(EMBEDDER)


@pytest.mark.parametrize(("lost", "sound"), [(0, True), (1, True), (2, False), (5, False)])
def test_a_search_that_misses_more_than_one_of_the_sample_is_refused(
    local: IndexStore, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, lost: int, sound: bool
) -> None:
    """Missed here means: something far away comes back."""
    generation = build(local, catalog)
    assert generation is not None
    nearest, asked = VectorCollection.nearest, iter(range(100))

    def blind(self: VectorCollection, vector: Vectors, count: int) -> Nearest:
        if next(asked) < lost:
            return Nearest(["1.900001|name"], np.array([0.1]))
        return nearest(self, vector, count)

    monkeypatch.setattr(VectorCollection, "nearest", blind)
    if sound:
        local.open(generation, EMBEDDER).close()
    else:
        with pytest.raises(IndexUnavailable, match="does not find itself"):
            local.open(generation, EMBEDDER)


def test_a_near_copy_found_instead_is_no_damage(local: IndexStore, catalog: Catalog) -> None:
    generation = build(local, catalog)
    assert generation is not None
    opened = local.open(generation, EMBEDDER)
    rows = np.array(opened.name_vectors)
    opened.close()
    copy = rows[0] + 0.2 * rows[1]
    rows[1] = copy / np.linalg.norm(copy)
    near = float(rows[0] @ rows[1])

    assert near > 0.95
    assert is_found(rows, rows[0], near)
    assert not is_found(rows, rows[0], near - 0.1)
    assert not is_found(rows, rows[2], 0.5)


def test_a_failed_verification_publishes_nothing(local: IndexStore, catalog: Catalog) -> None:
    class Forgetful(FakeEmbedder):
        """Gives another vector for the same text each time."""

        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            self._salt += "x"
            return super().embed_passages(texts)

    build(local, catalog)
    before = local.pointer()

    with pytest.raises(IndexUnavailable, match="lost vectors"):
        local.build(catalog, BOOK, Forgetful(salt="s"), rebuild=True)

    assert local.pointer() == before


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (FakeEmbedder(name="khác"), "khác"),
        (FakeEmbedder(salt="y"), FakeEmbedder(salt="y").fingerprint),
        (FakeEmbedder(dimension=8, name="ngắn"), "8"),
    ],
)
def test_an_index_of_another_model_is_refused_naming_both(
    local: IndexStore, catalog: Catalog, other: FakeEmbedder, told: str
) -> None:
    build(local, catalog)

    with pytest.raises(IndexUnavailable, match="--rebuild") as caught:
        local.open_newest(other)

    assert told in str(caught.value)
    assert EMBEDDER.name in str(caught.value)
    assert EMBEDDER.fingerprint in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 99}, "99"),
        ({"dimension": 7}, "7 dimensions"),
        ({"model_fingerprint": "feed"}, "feed"),
        ({"procedures": 99}, "99 procedures"),
        ({"passages": 99}, "99 passages"),
        ({"surprise": 1}, "manifest"),
    ],
)
def test_an_edited_manifest_is_refused(
    local: IndexStore, catalog: Catalog, change: dict[str, object], told: str
) -> None:
    built = build(local, catalog)
    assert built is not None
    manifest = dataclasses.asdict(local.manifest(built))
    file = local.path(built) / "manifest.json"
    file.write_text(json.dumps({**manifest, **change}), encoding="utf-8")

    with pytest.raises(IndexUnavailable, match=told):
        local.open_newest(EMBEDDER)


def test_a_second_builder_is_told_to_wait(local: IndexStore, catalog: Catalog) -> None:
    local.directory.mkdir(parents=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, local.directory],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(IndexLocked, match="Another process"):
        build(local, catalog)

    holder.communicate("\n")
    assert build(local, catalog) is not None


def test_a_second_builder_in_this_process_is_told_to_wait(
    local: IndexStore, catalog: Catalog
) -> None:
    halted, go_on = threading.Event(), threading.Event()

    def halt(*_: object) -> None:
        halted.set()
        go_on.wait(30)

    first = threading.Thread(
        target=local.build, args=(catalog, BOOK, EMBEDDER), kwargs={"progress": halt}
    )
    first.start()
    halted.wait(30)

    with pytest.raises(IndexLocked):
        build(local, catalog)

    go_on.set()
    first.join()
    assert local.pointer() is not None


def test_what_killed_builders_left_is_swept(store: IndexStore, catalog: Catalog) -> None:
    built = build(store, catalog)
    half = store.path("20200101T000000-abcdef")
    half.mkdir()
    (half / "names.npy").write_bytes(b"half")
    (store.directory / "current.20200101T000000-abcdef").write_text("{", encoding="utf-8")

    build(store, catalog)

    assert generations(store) == {built}
    assert [p.name for p in store.directory.glob("current.*")] == ["current.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"current": "x"}', b"\xff\xfe"])
def test_a_damaged_pointer_is_unavailable_and_a_build_mends_it(
    local: IndexStore, catalog: Catalog, content: bytes
) -> None:
    build(local, catalog)
    local.pointer_file.write_bytes(content)

    with pytest.raises(IndexUnavailable):
        local.open_newest(EMBEDDER)

    assert build(local, catalog) is not None
    local.open_newest(EMBEDDER)[0].close()
